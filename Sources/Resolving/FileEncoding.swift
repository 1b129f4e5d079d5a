/// What the bytes of a shared AWS file are as a text.
struct FileEncoding {
    /// Where the text begins: behind a byte order mark.
    let start: Int
    /// The first of each kind of byte that does not belong.
    let findings: [(kind: FileFinding.Kind, line: Int, column: Int)]

    /// Why bytes cannot be a shared AWS file at all, as a clause.
    struct Refusal: Error {
        var what: String
    }

    init(_ bytes: [UInt8]) throws(Refusal) {
        if bytes.count >= 2 {
            switch (bytes[0], bytes[1]) {
            case (0, 0): throw Refusal(what: "the file begins with NUL bytes, as after a crash")
            case (0xFF, 0xFE), (0xFE, 0xFF), (0, _), (_, 0):
                throw Refusal(what: "the file is in UTF-16, and the AWS SDKs read UTF-8 only")
            default: break
            }
        }
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        var findings = hasMark ? [(kind: FileFinding.Kind.byteOrderMark, line: 1, column: 1)] : []
        if let offset = bytes.firstIndex(of: 0) {
            findings.append(Self.place(.nulByte, offset, bytes))
        }
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            findings.append(Self.place(.invalidUTF8, error.byteOffsets.lowerBound, bytes))
        }
        start = hasMark ? 3 : 0
        self.findings = findings
    }

    /// Finds line and column of a byte; the column counts characters, as editors do.
    private static func place(
        _ kind: FileFinding.Kind, _ offset: Int, _ bytes: [UInt8]
    ) -> (kind: FileFinding.Kind, line: Int, column: Int) {
        let before = bytes[..<offset]
        let lineStart = (before.lastIndex(of: 0x0A) ?? -1) + 1
        let column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
        return (kind, before.count { $0 == 0x0A } + 1, column)
    }
}
