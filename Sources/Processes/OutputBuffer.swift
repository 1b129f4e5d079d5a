/// The bytes of one stream as they arrive: the first are kept, the others counted, lines cut out.
struct OutputBuffer {
    /// A longer line is cut here, so that a stream without line feeds stays bounded.
    static let longestLine = 4_096

    let stream: OutputStream
    private let limit: Int
    private(set) var captured = CapturedOutput()
    private var lineStart = 0
    private var searched = 0
    /// True until the next line feed, after a line was cut.
    private var skipping = false

    init(_ stream: OutputStream, limit: Int) {
        self.stream = stream
        self.limit = max(0, limit)
    }

    /// Takes more bytes in and returns the lines that they complete.
    mutating func append(_ bytes: UnsafeRawBufferPointer) -> [OutputLine] {
        captured.total += bytes.count
        let room = limit - captured.bytes.count
        guard room > 0 else { return [] }
        captured.bytes.append(contentsOf: bytes.prefix(room))
        return takeLines()
    }

    /// Returns what stands after the last line feed, when the stream ends.
    mutating func finish() -> [OutputLine] {
        guard !skipping, lineStart < captured.bytes.count else { return [] }
        let line = line(upTo: captured.bytes.count, isCut: captured.isTruncated)
        lineStart = captured.bytes.count
        return [line]
    }

    private mutating func takeLines() -> [OutputLine] {
        var lines: [OutputLine] = []
        while searched < captured.bytes.count {
            if captured.bytes[searched] == 0x0A {
                if !skipping { lines.append(line(upTo: searched, isCut: false)) }
                skipping = false
                lineStart = searched + 1
            } else if !skipping, searched - lineStart == Self.longestLine {
                lines.append(line(upTo: searched, isCut: true))
                skipping = true
            }
            searched += 1
        }
        return lines
    }

    private func line(upTo end: Int, isCut: Bool) -> OutputLine {
        var end = end
        if !isCut, end > lineStart, captured.bytes[end - 1] == 0x0D { end -= 1 }
        let text = String(decoding: captured.bytes[lineStart..<end], as: UTF8.self)
        return OutputLine(stream, text, isCut: isCut)
    }
}
