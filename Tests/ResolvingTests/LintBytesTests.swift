import Model
import Support
import Testing

@testable import Resolving

@Suite(.timeLimit(.minutes(2))) struct LintBytesTests {
    private func findings(_ bytes: [UInt8], _ dialect: LintDialect) -> [LintFinding] {
        lint(bytes, path: "/f", as: dialect, now: Sample.start.wall)
    }

    /// What costs most: all of a kind, a mebibyte of it. Were any of it quadratic, it would take hours.
    static let hostile: [(String, LintDialect)] = [
        ("one endless line", .credentials), ("one endless line", .shellEnvironment),
        ("headers", .config), ("quotes", .systemdEnvironment), ("quotes", .dockerEnvironment),
        ("quotes", .shellEnvironment), ("slips", .credentials), ("slips", .dockerEnvironment),
        ("continuations", .credentials), ("blanks", .config), ("blanks", .dockerEnvironment),
        ("brackets", .config), ("marks", .credentials), ("marks", .systemdEnvironment),
    ]

    private static func bytes(_ name: String) -> [UInt8] {
        func many(_ text: String) -> [UInt8] {
            let piece = Array(text.utf8)
            return (0..<(1 << 20) / piece.count).flatMap { _ in piece }
        }
        return switch name {
        case "one endless line": Array("[a]\naws_secret_access_key = ".utf8) + many("aws_")
        case "headers": many("[a]\n")
        case "quotes": Array("A=".utf8) + many("\"'")
        case "slips": Array("[a]\n".utf8) + many("aws_acces_key_ix = 1\n")
        case "continuations": Array("[a]\naws_session_token = a\n".utf8) + many(" a\n")
        case "blanks": Array("[a]\nregion = ".utf8) + many(" #")
        case "brackets": Array("[a]\nregion = ".utf8) + many("[") + Array("]".utf8)
        default: Array("[a]\naws_secret_access_key = ".utf8) + many("\u{200B}")
        }
    }

    @Test(arguments: hostile)
    func `a mebibyte of anything ends soon, with a bounded number of findings`(
        name: String, dialect: LintDialect
    ) {
        let found = findings(Self.bytes(name), dialect)
        #expect(found.count <= LintCollector.limit + 1)
    }

    @Test func `errors behind the last finding that is told are not hidden`() {
        let text = "[a]\n" + String(repeating: "  # c\n", count: 300) + "no equals\n"
        let found = findings(Array(text.utf8), .credentials)
        #expect(found.count == LintCollector.limit + 1)
        #expect(found.last?.code == .moreFindings && found.last?.severity == .error)
    }

    /// Of a whole file: whatever character gets into a value is found at its own line and column.
    @Test func `a character in a value has its place in the file`() throws {
        var generator = SeededGenerator(seed: 5)
        let marks: [Unicode.Scalar] = ["\u{200B}", "\u{A0}", "\u{FEFF}", "\u{201C}", "\u{410}"]
        for _ in 0..<2_000 {
            let mark = try #require(marks.randomElement(using: &generator))
            let isID = Bool.random(using: &generator)
            let value = Array((isID ? Sample.keyID : Sample.secret).unicodeScalars)
            let position = Int.random(in: 0...value.count, using: &generator)
            var scalars = value
            scalars.insert(mark, at: position)
            let text = String(String.UnicodeScalarView(scalars))
            let (id, secret) = isID ? (text, Sample.secret) : (Sample.keyID, text)
            let dialect = try #require(LintDialect.allCases.randomElement(using: &generator))
            let isFile = dialect == .credentials || dialect == .config
            let file =
                isFile
                ? "[default]\naws_access_key_id = \(id)\naws_secret_access_key = \(secret)\n"
                : "AWS_REGION=eu-west-1\nAWS_ACCESS_KEY_ID=\(id)\nAWS_SECRET_ACCESS_KEY=\(secret)\n"
            let name = (isID ? "aws_access_key_id" : "aws_secret_access_key").utf8.count
            let place = SourceLocation(
                file: "/f", line: isID ? 2 : 3, column: name + (isFile ? 4 : 2) + position)
            let found = findings(Array(file.utf8), dialect)
            #expect(
                found.contains {
                    $0.place == .file(place)
                        && $0.message.contains(" at position \(position + 1) of \(scalars.count)")
                }, "\(dialect): \(found)")
            #expect(found.count == 1, "\(dialect): \(found)")
        }
    }

    @Test func `nothing is said of what concerns other profiles alone`() {
        let text = "[a]\naws_access_key_id = x\n[b]\naws_access_key_id = x\n"
        let found = lint(
            Array(text.utf8), path: "/f", as: .credentials, only: ["b"], now: Sample.start.wall)
        #expect(!found.isEmpty)
        for finding in found { #expect(finding.place.description.hasPrefix("/f:4")) }
    }
}
