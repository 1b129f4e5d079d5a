/// A problem that the reading of YAML found, before it is known what the text means.
struct YAMLProblem: Error {
    var mark: Mark
    var rule: String
    var message: String
}

/// What some editors put at the beginning of a UTF-8 file.
let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

/// Checks what the parser takes for granted: UTF-8 without control characters.
///
/// libyaml finds these too, but tells the place only as an offset.
func checkText(_ bytes: UnsafeBufferPointer<UInt8>) throws(YAMLProblem) {
    var mark = Mark(line: 1, column: 1)
    var index = 0
    while index < bytes.count {
        let byte = bytes[index]
        switch byte {
        case 0x0A:
            mark = Mark(line: mark.line + 1, column: 1)
            index += 1
            continue
        case 0x0D:
            // CR alone ends a line too.
            let isPair = index + 1 < bytes.count && bytes[index + 1] == 0x0A
            mark = Mark(line: mark.line + 1, column: 1)
            index += isPair ? 2 : 1
            continue
        case 0x20...0x7E, 0x09:
            index += 1
        case 0..<0x20, 0x7F:
            let code = String(byte, radix: 16, uppercase: true)
            throw YAMLProblem(
                mark: mark, rule: "control-character",
                message: "the control character 0x\(byte < 16 ? "0" : "")\(code) is not allowed")
        default:
            guard let length = sequenceLength(bytes, at: index) else {
                let code = String(byte, radix: 16, uppercase: true)
                throw YAMLProblem(
                    mark: mark, rule: "not-utf8",
                    message: "the byte 0x\(code) is not UTF-8; save the file as UTF-8")
            }
            index += length
        }
        mark.column += 1
    }
}

/// Returns the length of the well-formed UTF-8 sequence of two to four bytes at an index.
private func sequenceLength(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
    let lead = bytes[index]
    let length: Int
    let second: ClosedRange<UInt8>
    switch lead {
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return nil
    }
    guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { return nil }
    for next in (index + 2)..<max(index + 2, index + length)
    where !(0x80...0xBF).contains(bytes[next]) {
        return nil
    }
    return length
}

/// Whether the indentation of a line, counted from 1, holds a tab.
func hasTabInIndentation(_ bytes: UnsafeBufferPointer<UInt8>, line: Int) -> Bool {
    var current = 1
    var index = 0
    while index < bytes.count, current < line {
        if bytes[index] == 0x0A { current += 1 }
        index += 1
    }
    while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 {
        if bytes[index] == 0x09 { return true }
        index += 1
    }
    return false
}
