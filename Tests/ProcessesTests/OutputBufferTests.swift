import Testing

@testable import Processes

@Suite struct OutputBufferTests {
    private func lines(_ chunks: [String], limit: Int = 1_000_000) -> [OutputLine] {
        var buffer = OutputBuffer(.standardOutput, limit: limit)
        var lines: [OutputLine] = []
        for chunk in chunks {
            lines += Array(chunk.utf8).withUnsafeBytes { buffer.append($0) }
        }
        return lines + buffer.finish()
    }

    @Test(
        arguments: [
            ([], []),
            ([""], []),
            (["a\nb\n"], ["a", "b"]),
            (["a\n\nb"], ["a", "", "b"]),
            (["a", "b", "\n", "c\nd"], ["ab", "c", "d"]),
            (["dos\r\nunix\n"], ["dos", "unix"]),
            (["\n"], [""]),
        ] as [([String], [String])])
    func linesAreCutOutWhereverTheChunksEnd(chunks: [String], expected: [String]) {
        #expect(lines(chunks).map(\.text) == expected)
        #expect(lines(chunks).allSatisfy { !$0.isCut })
    }

    @Test func aLongLineIsCutAndTheNextOneIsWhole() {
        let long = String(repeating: "x", count: 3 * OutputBuffer.longestLine)
        let found = lines([long, "tail\nnext\n"])
        #expect(found.map(\.text.utf8.count) == [OutputBuffer.longestLine, 4])
        #expect(found.map(\.isCut) == [true, false])
    }

    @Test func bytesThatAreNoTextAreReplaced() {
        var buffer = OutputBuffer(.standardOutput, limit: 100)
        let bytes: [UInt8] = [0x61, 0xFF, 0x0A]
        let found = bytes.withUnsafeBytes { buffer.append($0) }
        #expect(found.map(\.text) == ["a\u{FFFD}"])
        #expect(buffer.captured.bytes == bytes)
    }
}
