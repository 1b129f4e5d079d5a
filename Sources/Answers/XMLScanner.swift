/// A reader of XML that takes what it is given: tags and text in their order, without a tree.
///
/// Made for answers that may be anything. It neither checks nesting nor reads declarations, looks at
/// each byte once, and ends where the bytes end.
struct XMLScanner {
    /// A piece of a document; ranges are of the bytes.
    enum Token: Hashable {
        /// A start tag, with the name behind any namespace prefix.
        case start(Range<Int>, isEmpty: Bool)
        case end
        /// Text, with its references not resolved yet.
        case text(Range<Int>)
        /// The text of a CDATA section.
        case literal(Range<Int>)
    }

    let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads on to the next piece; nil at the end, or where a tag is cut off.
    mutating func next() -> Token? {
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "<"), beginsMarkup(position + 1) else {
                return text()
            }
            let after = bytes[position + 1]
            if after == UInt8(ascii: "!") {
                if starts(with: "<![CDATA[") { return literal() }
                guard skip(past: starts(with: "<!--") ? "-->" : ">") else { return nil }
            } else if after == UInt8(ascii: "?") {
                guard skip(past: "?>") else { return nil }
            } else {
                return tag(isEnd: after == UInt8(ascii: "/"))
            }
        }
        return nil
    }

    /// Whether a `<` before this place begins markup; otherwise it is text, as in bad HTML.
    private func beginsMarkup(_ place: Int) -> Bool {
        guard place < bytes.count else { return false }
        switch bytes[place] {
        case UInt8(ascii: "/"), UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: "_"),
            0x41...0x5A, 0x61...0x7A, 0x80...0xFF:
            return true
        default: return false
        }
    }

    private mutating func text() -> Token {
        let start = position
        repeat {
            position = find(UInt8(ascii: "<"), from: position + 1)
        } while position < bytes.count && !beginsMarkup(position + 1)
        return .text(start..<position)
    }

    /// Where a byte stands next; the end when it does not.
    private func find(_ byte: UInt8, from start: Int) -> Int {
        bytes.withUnsafeBufferPointer { bytes in
            var place = start
            while place < bytes.count, bytes[place] != byte { place += 1 }
            return min(place, bytes.count)
        }
    }

    private mutating func literal() -> Token? {
        position += 9
        let start = position
        guard skip(past: "]]>") else { return nil }
        return .literal(start..<(position - 3))
    }

    private mutating func tag(isEnd: Bool) -> Token? {
        position += isEnd ? 2 : 1
        let name = readName()
        // Most tags have no attributes.
        if position < bytes.count, bytes[position] == UInt8(ascii: ">") {
            position += 1
            return isEnd ? .end : .start(name, isEmpty: bytes[position - 2] == UInt8(ascii: "/"))
        }
        // A > within quotes belongs to an attribute's value.
        var quote: UInt8?
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                if isEnd { return .end }
                return .start(name, isEmpty: bytes[position - 2] == UInt8(ascii: "/"))
            }
        }
        return nil
    }

    /// Moves behind a tag's name, and returns it without its prefix.
    private mutating func readName() -> Range<Int> {
        let first = position
        let (start, end) = bytes.withUnsafeBufferPointer { bytes in
            var start = first
            var end = first
            while end < bytes.count, bytes[end] > 0x20, bytes[end] != UInt8(ascii: ">"),
                bytes[end] != UInt8(ascii: "/")
            {
                if bytes[end] == UInt8(ascii: ":") { start = end + 1 }
                end += 1
            }
            return (start, end)
        }
        position = end
        return start..<end
    }

    private func starts(with mark: StaticString) -> Bool {
        let count = mark.utf8CodeUnitCount
        guard bytes.count - position >= count else { return false }
        return mark.withUTF8Buffer { mark in
            (0..<count).allSatisfy { bytes[position + $0] == mark[$0] }
        }
    }

    /// Moves behind the next occurrence of a mark; to the end, and false, without one.
    private mutating func skip(past mark: StaticString) -> Bool {
        while position < bytes.count {
            if starts(with: mark) {
                position += mark.utf8CodeUnitCount
                return true
            }
            position += 1
        }
        return false
    }
}

extension XMLScanner {
    /// Whether the bytes of a range are a given text.
    func range(_ range: Range<Int>, is text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { text in
            bytes.withUnsafeBytes { bytes in
                bytes[range].elementsEqual(UnsafeRawBufferPointer(text))
            }
        }
    }

    /// Appends the text of a range with its references resolved; an unknown one stays as it stands.
    func appendText(_ range: Range<Int>, to output: inout [UInt8]) {
        guard bytes[range].contains(UInt8(ascii: "&")) else {
            output.append(contentsOf: bytes[range])
            return
        }
        var rest = bytes[range]
        while let byte = rest.popFirst() {
            // The longest reference there is, that of a character by its number, has 8 bytes.
            if byte == UInt8(ascii: "&"),
                let end = rest.prefix(10).firstIndex(of: UInt8(ascii: ";")),
                let scalar = Self.resolve(rest[..<end])
            {
                output.append(contentsOf: String(scalar).utf8)
                rest = rest[(end + 1)...]
            } else {
                output.append(byte)
            }
        }
    }

    private static func resolve(_ reference: ArraySlice<UInt8>) -> Unicode.Scalar? {
        let name = String(decoding: reference, as: UTF8.self)
        switch name {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default: break
        }
        guard name.hasPrefix("#") else { return nil }
        let isHexadecimal = name.hasPrefix("#x") || name.hasPrefix("#X")
        return UInt32(name.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10)
            .flatMap(Unicode.Scalar.init)
    }
}
