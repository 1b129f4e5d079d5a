import Glibc
import Model
import Testing

@testable import Diagnosing

@Suite struct CausesDocumentTests {
    private static let path =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/") + "/docs/causes.md"

    @Test func `the document says what the code does`() throws {
        let text = CausesDocument.text
        if getenv("CREDWATCH_WRITE_DOCS") != nil { try write(text) }
        let isSame = read() == text
        #expect(
            isSame,
            "docs/causes.md is not what the code does; write it anew: CREDWATCH_WRITE_DOCS=1 swift test --filter CausesDocumentTests"
        )
    }

    @Test func `every cause has a diagnosis that the code made`() {
        #expect(Set(Representatives.all.map(\.diagnosis.cause)) == Set(Cause.allCases))
        for cause in Cause.allCases {
            #expect(CausesDocument.text.contains("| `\(cause.rawValue)` |"))
        }
    }

    @Test func `every row has all its cells, and no sample's own name`() {
        let rows = CausesDocument.text.split(separator: "\n").filter { $0.hasPrefix("| `") }
        #expect(rows.count == Cause.allCases.count)
        for row in rows {
            let cells = row.replacing("\\|", with: "/").split(
                separator: "|", omittingEmptySubsequences: false)
            #expect(cells.count == 9, "\(row)")
            #expect(!row.contains("/home/app") && !row.contains("eu-central-1"), "\(row)")
            #expect(!row.contains("AKIA") && !row.contains("028075177508"), "\(row)")
            #expect(!row.contains("--profile ops") && !row.contains("user app"), "\(row)")
        }
    }

    private func read() -> String {
        guard let file = fopen(Self.path, "re") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(_ text: String) throws {
        let file = try #require(fopen(Self.path, "we"))
        defer { fclose(file) }
        #expect(fwrite(text, 1, text.utf8.count, file) == text.utf8.count)
    }
}
