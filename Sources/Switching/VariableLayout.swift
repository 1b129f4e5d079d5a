/// Where keys stand in a file of variables, for systemd, docker or a shell.
///
/// The rules are systemd's; where docker, which reads line by line and takes quotes for what they are, would
/// see a key that systemd does not see, the file is refused.
struct VariableLayout {
    /// An assignment that belongs to the keys.
    struct Assignment {
        var field: KeyField
        /// Behind white space and `export`.
        var name: Range<Int>
        /// The value with its quotes, without white space around it.
        var value: Range<Int>
        /// The value as systemd takes it.
        var text: [UInt8]
        /// The quote that it begins with.
        var quote: UInt8?
        /// All of its lines, with their end.
        var lines: Range<Int>
        var isExported: Bool
    }

    private(set) var assignments: [Assignment] = []
    /// Whether variables are assigned, and all of them with `export`.
    var isShell: Bool { exported > 0 && plain == 0 }

    private let bytes: [UInt8]
    private var exported = 0
    private var plain = 0
    private var index: Int
    /// Where lines begin that assign something.
    private var starts: Set<Int> = []
    private var followsContinuedComment = false

    init(_ bytes: [UInt8]) throws(EditRefusal) {
        self.bytes = bytes
        index = bytes.startOfText
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            case 0x23, 0x3B: skipComment()
            default: try readLine()
            }
        }
        try checkLines()
    }

    private mutating func skipComment() {
        let line = bytes.line(at: index)
        followsContinuedComment = bytes[line.text].last == 0x5C
        index = line.whole.upperBound
    }

    private mutating func readLine() throws(EditRefusal) {
        let isDoubtful = followsContinuedComment
        followsContinuedComment = false
        let lineStart = bytes[..<index].lastIndex(of: 0x0A).map { $0 + 1 } ?? bytes.startOfText
        let start = index
        while index < bytes.count, bytes[index] != 0x3D || index == start,
            !isLineEnd(bytes[index])
        { index += 1 }
        guard index < bytes.count, bytes[index] == 0x3D else { return }
        var name = bytes.trim(start..<index)
        let isExported = bytes.removeExport(from: &name)
        if isExported { exported += 1 } else { plain += 1 }
        index += 1
        while index < bytes.count, isBlank(bytes[index]) { index += 1 }
        let valueStart = index
        let field = KeyField(variable: bytes[name])
        let (text, valueEnd) = try readValue(isShell: isExported)
        // The end of the line may be a pair.
        if index < bytes.count, bytes[index - 1] == 0x0D, bytes[index] == 0x0A { index += 1 }
        guard let field else { return }
        if isDoubtful {
            throw EditRefusal(
                "the comment before line \(bytes.lineNumber(of: start)) ends with a backslash, and "
                    + "older systemd takes that line for a part of it")
        }
        starts.insert(lineStart)
        let first = valueStart < valueEnd ? bytes[valueStart] : 0
        assignments.append(
            Assignment(
                field: field, name: name, value: valueStart..<valueEnd, text: text,
                quote: first == 0x22 || first == 0x27 ? first : nil,
                lines: lineStart..<index, isExported: isExported))
    }

    // MARK: Values

    /// Reads a value and the end of its line; says where the value ends.
    private mutating func readValue(
        isShell: Bool
    ) throws(EditRefusal) -> (text: [UInt8], end: Int) {
        var text: [UInt8] = []
        var end = index
        while index < bytes.count {
            let byte = bytes[index]
            if isLineEnd(byte) {
                index += 1
                return (text, end)
            }
            if isBlank(byte) {
                index += 1
            } else if byte == 0x27 || byte == 0x22 {
                try readQuoted(&text, byte)
                end = index
            } else if isShell, byte == 0x23, isBlank(bytes[index - 1]) {
                index = bytes.line(at: index).whole.upperBound
                return (text, end)
            } else {
                end = readUnquoted(&text, isShell: isShell)
                return (text, end)
            }
        }
        return (text, end)
    }

    private mutating func readQuoted(
        _ text: inout [UInt8], _ quote: UInt8
    ) throws(EditRefusal) {
        let start = index
        index += 1
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == quote { return }
            guard quote == 0x22, byte == 0x5C, index < bytes.count else {
                text.append(byte)
                continue
            }
            let escaped = bytes[index]
            index += 1
            switch escaped {
            case 0x0A: continue
            case 0x22, 0x5C, 0x60, 0x24: text.append(escaped)
            default: text += [byte, escaped]
            }
        }
        throw EditRefusal("the quote in line \(bytes.lineNumber(of: start)) is not closed")
    }

    /// Reads to the end of the line, from which a backslash may take the meaning.
    private mutating func readUnquoted(_ text: inout [UInt8], isShell: Bool) -> Int {
        var end = index
        var count = text.count
        while index < bytes.count {
            let byte = bytes[index]
            if isShell, byte == 0x23, isBlank(bytes[index - 1]) {
                index = bytes.line(at: index).whole.upperBound
                break
            }
            index += 1
            if isLineEnd(byte) { break }
            if byte == 0x5C, index < bytes.count {
                let escaped = bytes[index]
                index += 1
                if escaped == 0x0D, index < bytes.count, bytes[index] == 0x0A { index += 1 }
                if !isLineEnd(escaped) { text.append(escaped) }
                count = text.count
                end = index
            } else {
                text.append(byte)
                if !isBlank(byte) { (count, end) = (text.count, index) }
            }
        }
        text.removeLast(text.count - count)
        return end
    }

    // MARK: What docker sees

    /// Refuses a line that is a key for a reader of lines only.
    private func checkLines() throws(EditRefusal) {
        var start = bytes.startOfText
        while start < bytes.count {
            let line = bytes.line(at: start)
            start = line.whole.upperBound
            var name = bytes.trim(line.text)
            if let equals = bytes[name].firstIndex(of: 0x3D) {
                name = bytes.trim(name.lowerBound..<equals)
            }
            _ = bytes.removeExport(from: &name)
            guard KeyField(variable: bytes[name]) != nil, !starts.contains(line.text.lowerBound)
            else { continue }
            throw EditRefusal(
                "line \(bytes.lineNumber(of: line.text.lowerBound)) begins with the name of a key, "
                    + "but systemd takes it for none")
        }
    }
}

extension [UInt8] {
    /// Leaves out the word of shells, `export `, and says whether it was there.
    fileprivate func removeExport(from name: inout Range<Int>) -> Bool {
        let word = "export".utf8
        guard name.count > word.count, self[name].starts(with: word),
            isBlank(self[name.lowerBound + word.count])
        else { return false }
        name = trim(name.lowerBound + word.count..<name.upperBound)
        return true
    }
}

private func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
