import Linting
import Model
import Support
import Testing

@Suite struct CredentialFindingsTests {
    /// Characters of all kinds that do not belong into a value, with their names.
    static let foreign: [(Unicode.Scalar, String)] = [
        ("\u{00}", "U+0000 NULL"), ("\t", "U+0009 TAB"), ("\n", "U+000A LINE FEED"),
        ("\r", "U+000D CARRIAGE RETURN"), ("\u{1B}", "U+001B ESCAPE"), (" ", "U+0020 SPACE"),
        ("`", "U+0060 GRAVE ACCENT"), (";", "U+003B SEMICOLON"), (",", "U+002C COMMA"),
        ("\\", "U+005C REVERSE SOLIDUS"), ("-", "U+002D HYPHEN-MINUS"), ("#", "U+0023 NUMBER SIGN"),
        ("%", "U+0025 PERCENT SIGN"), ("\u{7F}", "U+007F DELETE"),
        ("\u{A0}", "U+00A0 NO-BREAK SPACE"), ("\u{AD}", "U+00AD SOFT HYPHEN"),
        ("\u{200B}", "U+200B ZERO WIDTH SPACE"), ("\u{200D}", "U+200D ZERO WIDTH JOINER"),
        ("\u{2011}", "U+2011 NON-BREAKING HYPHEN"), ("\u{2800}", "U+2800 BRAILLE PATTERN BLANK"),
        ("\u{3164}", "U+3164 HANGUL FILLER"), ("\u{FE0F}", "U+FE0F VARIATION SELECTOR-16"),
        ("\u{2018}", "U+2018 LEFT SINGLE QUOTATION MARK"),
        ("\u{201D}", "U+201D RIGHT DOUBLE QUOTATION MARK"),
        ("\u{202E}", "U+202E RIGHT-TO-LEFT OVERRIDE"), ("\u{2060}", "U+2060 WORD JOINER"),
        ("\u{FEFF}", "U+FEFF ZERO WIDTH NO-BREAK SPACE"), ("\u{3000}", "U+3000 IDEOGRAPHIC SPACE"),
        ("\u{FF21}", "U+FF21 FULLWIDTH LATIN CAPITAL LETTER A"),
        ("\u{0410}", "U+0410 CYRILLIC CAPITAL LETTER A"), ("\u{1F511}", "U+1F511 KEY"),
    ]

    private func values(
        id: String? = Sample.keyID, secret: String? = Sample.secret, token: String? = nil
    )
        -> WrittenCredentials
    {
        func written(_ name: String, _ text: String?, _ line: Int) -> WrittenValue? {
            text.map {
                WrittenValue(
                    name, Secret($0),
                    at: .text(SourceLocation(file: "/f", line: line, column: 21)))
            }
        }
        return WrittenCredentials(
            accessKeyID: written("aws_access_key_id", id, 2),
            secretAccessKey: written("aws_secret_access_key", secret, 3),
            sessionToken: written("aws_session_token", token, 4))
    }

    /// Any valid value, mutated by one character that does not belong: found, named, placed; never shown.
    @Test func `any foreign character is found wherever it stands`() throws {
        var generator = SeededGenerator(seed: 4)
        for round in 0..<6_000 {
            let (scalar, name) = try #require(Self.foreign.randomElement(using: &generator))
            var texts = [
                randomText("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16, "AKIA", &generator),
                randomText(base64, 40, "", &generator), randomText(base64, 200, "", &generator),
            ]
            let field = Int.random(in: 0..<3, using: &generator)
            if field == 2 { texts[0] = "ASIA" + texts[0].dropFirst(4) }
            var scalars = Array(texts[field].unicodeScalars)
            let replaces = Bool.random(using: &generator)
            let position = Int.random(
                in: 1...scalars.count + (replaces ? 0 : 1), using: &generator)
            if replaces {
                scalars[position - 1] = scalar
            } else {
                scalars.insert(scalar, at: position - 1)
            }
            let mutated = String(String.UnicodeScalarView(scalars))
            texts[field] = mutated
            let found = findings(
                in: values(id: texts[0], secret: texts[1], token: field == 2 ? texts[2] : nil))
            let place = Provenance.file(
                SourceLocation(file: "/f", line: field + 2, column: 20 + position))
            let about = Comment(
                rawValue: "round \(round): \(name) at \(position) of field \(field): \(found)")
            #expect(
                found.contains {
                    $0.place == place && $0.message.contains("\(name) at position \(position)")
                }, about)
            for text in texts + [mutated] {
                // Pieces of it as well: six characters of a value are no coincidence.
                for start in stride(from: 0, to: text.unicodeScalars.count - 6, by: 3) {
                    let piece = String(
                        String.UnicodeScalarView(text.unicodeScalars.dropFirst(start).prefix(6)))
                    #expect(!found.contains { $0.message.contains(piece) }, about)
                }
            }
        }
    }

    private let base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    private func randomText(
        _ alphabet: String, _ count: Int, _ prefix: String, _ generator: inout SeededGenerator
    ) -> String {
        let letters = Array(alphabet)
        return prefix
            + String(
                (0..<count).map { _ in letters[Int.random(in: letters.indices, using: &generator)] }
            )
    }

    @Test func `values of AWS's own form have no findings`() {
        #expect(findings(in: values()) == [])
        #expect(findings(in: values(id: Sample.temporaryKeyID, token: Sample.token)) == [])
        #expect(findings(in: WrittenCredentials()) == [])
    }

    @Test(
        arguments: [
            (id: "", secret: Sample.secret, nil, [LintCode.emptyValue]),
            (Sample.keyID, "", nil, [.emptyValue]),
            ("YOUR_KEY", Sample.secret, nil, [.placeholder]),
            ("\"YOUR_KEY\"", Sample.secret, nil, [.placeholder]),
            (Sample.keyID, nil, nil, [.halfKey]), (nil, Sample.secret, nil, [.halfKey]),
            (Sample.temporaryKeyID, Sample.secret, nil, [.tokenMissing]),
            (Sample.temporaryKeyID, Sample.secret, "", [.emptyValue, .tokenMissing]),
            (Sample.keyID, Sample.secret, Sample.token, [.tokenLeftover]),
            (Sample.secret, Sample.keyID, nil, [.swapped]),
            (Sample.keyID, Sample.keyID, nil, [.swapped]),
            (Sample.secret, Sample.secret, nil, [.swapped]),
            ("AIDAQNCLJGYSAZAAN74CA", Sample.secret, nil, [.resourceID]),
            ("AKIAQNCLJGYSAZAAN74", Sample.secret, nil, [.wrongLength]),
            (Sample.keyID, "short", nil, [.wrongLength]),
            ("test", "test", nil, [.mistakenValue, .wrongLength]),
            ("AKIAQNCLJGYSAZAAN740", Sample.secret, nil, [.outsideAlphabet]),
            ("akiaqncljgysazaan74c", Sample.secret, nil, [.outsideAlphabet]),
            ("\u{201C}\(Sample.keyID)\u{201D}", Sample.secret, nil, [.smartQuote, .smartQuote]),
            ("'\(Sample.keyID)'", Sample.secret, nil, [.quotesKept]),
            ("\"\(Sample.keyID)", Sample.secret, nil, [.quotesKept]),
        ] as [(id: String?, secret: String?, token: String?, codes: [LintCode])])
    func `each fault has its code`(id: String?, secret: String?, token: String?, codes: [LintCode])
    {
        let found = findings(in: values(id: id, secret: secret, token: token))
        #expect(found.map(\.code) == codes, "\(found)")
    }

    @Test func `errors are what certainly fails, and hints are warnings unless AWS's form is hurt`()
    {
        #expect(
            findings(in: values(id: "test", secret: "test")).allSatisfy { $0.severity == .warning })
        #expect(findings(in: values(secret: "short")).map(\.severity) == [.error])
        #expect(
            findings(in: values(id: "AKIA0NCLJGYSAZAAN74C")).map(\.severity) == [.warning])
    }

    @Test func `what is not known is not judged`() {
        var unknown = values(id: "$ID", secret: "x", token: "$T")
        for field in CredentialField.allCases { unknown[field]?.isKnown = false }
        #expect(findings(in: unknown) == [])
    }

    @Test func `an endless value is looked at as far as any credential goes`() {
        let found = findings(in: values(secret: String(repeating: "\u{200B}", count: 1_000_000)))
        #expect(found.count < 20)
    }

    @Test(
        arguments: [
            ("2026-11-22T13:59:59Z", LintCode.expired), ("2026-11-22T14:00:00Z", nil),
            ("soon", .unreadableExpiry),
            ("", nil), ("2027-01-01T00:00:00+01:00", nil),
        ] as [(String, LintCode?)])
    func `the end of a session is compared with now`(text: String, code: LintCode?) {
        let value = WrittenValue(
            "aws_session_expiration", Secret(text), at: .whole(.environment(variable: "X")))
        #expect(expiryFinding(of: value, now: Sample.start.wall)?.code == code)
    }
}
