/// Rules of text that all files have in common, on ranges of their bytes.
extension [UInt8] {
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Where the text begins: behind a byte order mark.
    var startOfText: Int { starts(with: Self.byteOrderMark) ? 3 : 0 }

    /// The line that begins at an offset: its text, and with its end.
    func line(at start: Int) -> (text: Range<Int>, whole: Range<Int>) {
        let feed = self[start...].firstIndex(of: 0x0A) ?? count
        let end = feed > start && self[feed - 1] == 0x0D ? feed - 1 : feed
        return (start..<end, start..<Swift.min(feed + 1, count))
    }

    /// Drops spaces and tabs at both ends; of a blank range the beginning is kept.
    func trim(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while end > start, isBlank(self[end - 1]) { end -= 1 }
        while start < end, isBlank(self[start]) { start += 1 }
        return start..<end
    }

    /// How a line ends; nil when it is the last one, and does not.
    func lineEnd(of whole: Range<Int>) -> [UInt8]? {
        guard let last = self[whole].last, last == 0x0A || last == 0x0D else { return nil }
        let isPair =
            last == 0x0A && whole.count > 1 && self[whole.upperBound - 2] == 0x0D
        return isPair ? [0x0D, 0x0A] : [last]
    }

    /// How the file's first line ends; a line feed when there is none.
    var lineEnd: [UInt8] {
        isEmpty ? [0x0A] : lineEnd(of: line(at: 0).whole) ?? [0x0A]
    }

    /// The number of the line in which an offset lies, from 1.
    func lineNumber(of offset: Int) -> Int {
        self[..<offset].count { $0 == 0x0A } + 1
    }

    /// Refuses what no reader, or not each of them, takes for text.
    func checkText() throws(EditRefusal) {
        if starts(with: [0xFF, 0xFE]) || starts(with: [0xFE, 0xFF]) {
            throw EditRefusal("it is in UTF-16, which nothing reads as keys")
        }
        if let offset = firstIndex(of: 0) {
            throw EditRefusal("there is a NUL byte in line \(lineNumber(of: offset))")
        }
        do {
            _ = try UTF8Span(validating: span)
        } catch {
            let offset = error.byteOffsets.lowerBound
            throw EditRefusal("line \(lineNumber(of: offset)) is not in UTF-8")
        }
        var isReturn = false
        for (offset, byte) in enumerated() {
            if isReturn, byte != 0x0A {
                throw EditRefusal(
                    "line \(lineNumber(of: offset)) holds a carriage return, which only some "
                        + "readers take for the end of a line")
            }
            isReturn = byte == 0x0D
        }
        if isReturn { throw EditRefusal("its last line ends with a carriage return alone") }
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

/// The small letter of an ASCII letter.
func lowercase(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
}
