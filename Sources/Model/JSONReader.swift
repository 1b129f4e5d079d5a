/// A reader of JSON as RFC 8259 has it, in UTF-8, and of nothing else.
///
/// Of a member that stands twice in an object the first counts. A number beyond the range of `Double`
/// is infinite.
struct JSONReader {
    private static let deepest = 512

    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // The mark that some programs put before UTF-8.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    }

    /// Reads the only value of the text; nil when it is not JSON.
    mutating func document() -> JSONValue? {
        guard let value = value() else { return nil }
        skipSpace()
        return index == bytes.count ? value : nil
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            index += 1
        }
    }

    /// Takes a sign when it is the next one.
    private mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: sign) else { return false }
        index += 1
        return true
    }

    /// Takes a sign when it is the next one after space.
    private mutating func takeSign(_ sign: Unicode.Scalar) -> Bool {
        skipSpace()
        return take(sign)
    }

    private mutating func take(word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard bytes.count - index >= length,
            word.withUTF8Buffer({ bytes[index..<index + length].elementsEqual($0) })
        else { return false }
        index += length
        return true
    }

    private mutating func value() -> JSONValue? {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return nested { reader in reader.object() }
        case UInt8(ascii: "["): return nested { reader in reader.array() }
        case UInt8(ascii: "\""): return string().map { .text($0) }
        case UInt8(ascii: "t"): return take(word: "true") ? .bool(true) : nil
        case UInt8(ascii: "f"): return take(word: "false") ? .bool(false) : nil
        case UInt8(ascii: "n"): return take(word: "null") ? .null : nil
        default: return number()
        }
    }

    private mutating func nested(_ read: (inout JSONReader) -> JSONValue?) -> JSONValue? {
        guard depth < Self.deepest else { return nil }
        depth += 1
        defer { depth -= 1 }
        index += 1
        return read(&self)
    }

    private mutating func object() -> JSONValue? {
        var members: [String: JSONValue] = [:]
        if takeSign("}") { return .object(members) }
        repeat {
            skipSpace()
            guard let name = string(), takeSign(":"), let value = value() else { return nil }
            if members[name] == nil { members[name] = value }
        } while takeSign(",")
        return takeSign("}") ? .object(members) : nil
    }

    private mutating func array() -> JSONValue? {
        var elements: [JSONValue] = []
        if takeSign("]") { return .array(elements) }
        repeat {
            guard let element = value() else { return nil }
            elements.append(element)
        } while takeSign(",")
        return takeSign("]") ? .array(elements) : nil
    }

    private mutating func number() -> JSONValue? {
        let start = index
        _ = take("-")
        // No zeros before other digits.
        guard take("0") || takeDigits() else { return nil }
        var isWhole = true
        if take(".") {
            isWhole = false
            guard takeDigits() else { return nil }
        }
        if take("e") || take("E") {
            isWhole = false
            if !take("+") { _ = take("-") }
            guard takeDigits() else { return nil }
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if isWhole, let number = Int64(text) { return .integer(number) }
        guard let number = Double(text) else { return nil }
        return Int64(exactly: number).map { .integer($0) } ?? .number(number)
    }

    private mutating func takeDigits() -> Bool {
        let start = index
        while let byte = next, (0x30...0x39).contains(byte) { index += 1 }
        return index > start
    }

    private mutating func string() -> String? {
        guard take("\"") else { return nil }
        let start = index
        while let byte = next, byte != 0x22, byte != 0x5C, byte >= 0x20 { index += 1 }
        let plain = bytes[start..<index]
        if take("\"") { return String(validating: plain, as: UTF8.self) }
        return string(after: Array(plain))
    }

    /// Reads the rest of a string whose beginning is read, and which has an escape.
    private mutating func string(after beginning: [UInt8]) -> String? {
        var text = beginning
        while let byte = next, byte >= 0x20 {
            index += 1
            switch byte {
            case 0x22: return String(validating: text, as: UTF8.self)
            case 0x5C: guard takeEscape(into: &text) else { return nil }
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func takeEscape(into text: inout [UInt8]) -> Bool {
        guard let byte = next else { return false }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            guard let scalar = escapedScalar() else { return false }
            text.append(contentsOf: String(Character(scalar)).utf8)
        default: return false
        }
        return true
    }

    /// Reads four hexadecimal digits, and the other half of a pair when they are its first.
    private mutating func escapedScalar() -> Unicode.Scalar? {
        guard let first = hexadecimals() else { return nil }
        guard (0xD800...0xDBFF).contains(first) else { return Unicode.Scalar(first) }
        guard take("\\"), take("u"), let second = hexadecimals(),
            (0xDC00...0xDFFF).contains(second)
        else { return nil }
        return Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    }

    private mutating func hexadecimals() -> UInt32? {
        guard bytes.count - index >= 4 else { return nil }
        var number: UInt32 = 0
        for byte in bytes[index..<index + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                return nil
            }
            number = number << 4 | UInt32(digit)
        }
        index += 4
        return number
    }
}
