/// The rules of the shared AWS files that concern one line, on ranges of a file's bytes.
extension [UInt8] {
    /// Drops a carriage return at the end of a line.
    func endOfLine(_ line: Range<Int>) -> Int {
        !line.isEmpty && self[line.upperBound - 1] == 0x0D ? line.upperBound - 1 : line.upperBound
    }

    /// Drops spaces and tabs at both ends.
    func trim(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        // The end first: of a blank range the beginning is kept, where a value would begin.
        while end > start, isBlank(self[end - 1]) { end -= 1 }
        while start < end, isBlank(self[start]) { start += 1 }
        return start..<end
    }

    /// Where a line ends before a comment: `#` or `;` after white space.
    func endWithoutComment(_ line: Range<Int>) -> Int {
        var follows = false
        for index in line {
            let byte = self[index]
            if follows, byte == 0x23 || byte == 0x3B { return index }
            follows = isBlank(byte)
        }
        return line.upperBound
    }

    /// Takes `name = value` apart, trimmed and without a comment.
    ///
    /// Nil without `=` or without a name.
    func splitProperty(_ line: Range<Int>) -> (name: Range<Int>, value: Range<Int>)? {
        let content = line.lowerBound..<endWithoutComment(line)
        guard let equals = self[content].firstIndex(of: 0x3D) else { return nil }
        let name = trim(content.lowerBound..<equals)
        return name.isEmpty ? nil : (name, trim(equals + 1..<content.upperBound))
    }

    /// Says whether a line in the middle of a value adds to it: no blank line, no comment.
    func continues(_ line: Range<Int>) -> Bool {
        let text = trim(line)
        return !text.isEmpty && !isCommentMark(self[text.lowerBound])
    }

    /// Says whether all bytes may stand in the name of a section or property.
    func isName(_ range: Range<Int>) -> Bool {
        !range.isEmpty
            && self[range].allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                case 0x5F, 0x2D, 0x2F, 0x2E, 0x25, 0x40, 0x3A, 0x2B: true
                default: false
                }
            }
    }

    /// Says whether a name begins with the word of shells, `export `.
    func beginsWithExport(_ range: Range<Int>) -> Bool {
        let word = Array("export".utf8)
        return range.count > word.count && self[range].starts(with: word)
            && isBlank(self[range.lowerBound + word.count])
    }

    /// Says whether a name stands in quotes of one kind.
    func isQuotedName(_ range: Range<Int>) -> Bool {
        guard range.count > 2, let quote = self[range].first, quote == self[range].last else {
            return false
        }
        return (quote == 0x22 || quote == 0x27)
            && isName(range.lowerBound + 1..<range.upperBound - 1)
    }
}

/// Says whether a byte is a space or a tab.
func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09
}

/// Says whether a byte begins a comment: `#` or `;`.
func isCommentMark(_ byte: UInt8) -> Bool {
    byte == 0x23 || byte == 0x3B
}
