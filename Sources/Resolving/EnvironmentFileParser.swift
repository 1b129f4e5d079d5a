import Model

/// The parser of systemd's `EnvironmentFile=` syntax: one pass, without a step back.
///
/// The rules are those of systemd.exec(5), and where that is silent, of what systemd does: CR ends a
/// line as LF does; a value may go on behind a closing quote; a comment does not go on in the next line.
struct EnvironmentFileParser {
    private let bytes: [UInt8]
    private let path: String
    private var index = 0
    private var place = TextPlace()

    var variables: [String: String] = [:]
    var locations: [String: SourceLocation] = [:]
    /// Where the value of each variable begins in the bytes, quotes included.
    var valueStarts: [String: Int] = [:]
    var findings: [FileFinding] = []

    init(_ bytes: [UInt8], path: String) {
        self.bytes = bytes
        self.path = path
    }

    mutating func parse() throws(ResolveProblem) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { report(.byteOrderMarkInLine, at: 0) }
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            case 0x23, 0x3B: skipComment()
            default: try readLine()
            }
        }
    }

    private mutating func skipComment() {
        let start = index
        while index < bytes.count, !isLineEnd(bytes[index]) { index += 1 }
        if bytes[index - 1] == 0x5C { report(.continuedComment, at: start) }
    }

    private mutating func readLine() throws(ResolveProblem) {
        let start = index
        // What comes first belongs to the name, even when it is the = sign.
        index += 1
        while index < bytes.count, bytes[index] != 0x3D, !isLineEnd(bytes[index]) { index += 1 }
        guard index < bytes.count, bytes[index] == 0x3D else {
            if start > 0 || !bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
                report(.noAssignment, at: start)
            }
            return
        }
        var end = index
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        let name = bytes[start..<end]
        index += 1
        let location = location(of: start)
        var valueStart = index
        while valueStart < bytes.count, isBlank(bytes[valueStart]) { valueStart += 1 }
        let value = readValue()
        guard let text = String(validating: value, as: UTF8.self),
            String(validating: name, as: UTF8.self) != nil
        else {
            throw .fileMalformed(
                location,
                what: "the variable is not in UTF-8, for which systemd refuses the whole file")
        }
        guard isName(name) else {
            if name.starts(with: Array("export ".utf8)) || name.starts(with: Array("export\t".utf8))
            {
                report(.exportPrefix, at: location)
            } else if !name.starts(with: [0xEF, 0xBB, 0xBF]) {
                report(.invalidVariableName, at: location)
            }
            return
        }
        let key = String(decoding: name, as: UTF8.self)
        if let earlier = locations.updateValue(location, forKey: key) {
            report(.overwrittenVariable, at: earlier)
        }
        variables[key] = text
        valueStarts[key] = valueStart
    }

    // MARK: Values

    /// Reads a value and the end of its line.
    private mutating func readValue() -> [UInt8] {
        var value: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case 0x0A, 0x0D:
                index += 1
                return value
            case 0x20, 0x09: index += 1
            case 0x27: readQuoted(&value, byte)
            case 0x22: readQuoted(&value, byte)
            default:
                readUnquoted(&value)
                return value
            }
        }
        return value
    }

    /// Reads from a quote to its end, over any number of lines.
    private mutating func readQuoted(_ value: inout [UInt8], _ quote: UInt8) {
        let start = index
        index += 1
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == quote { return }
            guard quote == 0x22, byte == 0x5C else {
                value.append(byte)
                continue
            }
            guard index < bytes.count else { break }
            let escaped = bytes[index]
            index += 1
            switch escaped {
            case 0x0A: continue
            case 0x22, 0x5C, 0x60, 0x24: value.append(escaped)
            default:
                value.append(byte)
                value.append(escaped)
            }
        }
        report(.unclosedQuote, at: start)
    }

    /// Reads to the end of the line, from which a backslash may take the meaning.
    private mutating func readUnquoted(_ value: inout [UInt8]) {
        var end = value.count
        var hasComment = false
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if isLineEnd(byte) { break }
            if byte == 0x5C {
                if index < bytes.count {
                    if !isLineEnd(bytes[index]) { value.append(bytes[index]) }
                    index += 1
                }
                end = value.count
            } else {
                // Told once; the place of each would make long lines slow.
                if byte == 0x23, !hasComment, let last = value.last, isBlank(last) {
                    hasComment = true
                    report(.commentInValue, at: index - 1)
                }
                value.append(byte)
                if !isBlank(byte) { end = value.count }
            }
        }
        value.removeLast(value.count - end)
    }

    // MARK: Places

    private mutating func location(of offset: Int) -> SourceLocation {
        place.move(to: offset, in: bytes)
        return SourceLocation(file: path, line: place.line, column: place.column)
    }

    private mutating func report(_ kind: FileFinding.Kind, at offset: Int) {
        guard findings.count < EnvironmentFile.maxFindings else { return }
        findings.append(FileFinding(kind, at: location(of: offset)))
    }

    private mutating func report(_ kind: FileFinding.Kind, at location: SourceLocation) {
        guard findings.count < EnvironmentFile.maxFindings else { return }
        findings.append(FileFinding(kind, at: location))
    }
}

private func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

private func isName(_ name: ArraySlice<UInt8>) -> Bool {
    guard let first = name.first, !(0x30...0x39).contains(first) else { return false }
    return name.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
        default: false
        }
    }
}
