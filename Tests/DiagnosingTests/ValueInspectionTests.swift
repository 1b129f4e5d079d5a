import Linting
import Model
import Support
import Testing

@Suite struct ValueInspectionTests {
    /// Puts a character into the middle of a text, at a position counted from 1.
    private func with(_ scalar: Unicode.Scalar, in text: String, at position: Int = 11) -> String {
        var scalars = Array(text.unicodeScalars)
        scalars.insert(scalar, at: position - 1)
        return String(String.UnicodeScalarView(scalars))
    }

    private func diagnose(_ credentials: Credentials) throws -> Diagnosis {
        let interrogation = Interrogation(Sample.subject(credentials), [:])
        #expect(interrogation.asked.isEmpty)
        return try #require(interrogation.diagnosis)
    }

    static let foreign: [(Unicode.Scalar, String)] = [
        ("\u{00}", "U+0000 NULL"), ("\t", "U+0009 TAB"), ("\n", "U+000A LINE FEED"),
        ("\r", "U+000D CARRIAGE RETURN"), ("\u{1B}", "U+001B ESCAPE"), (" ", "U+0020 SPACE"),
        ("\"", "U+0022 QUOTATION MARK"), ("'", "U+0027 APOSTROPHE"), (",", "U+002C COMMA"),
        (";", "U+003B SEMICOLON"), ("\\", "U+005C REVERSE SOLIDUS"),
        ("`", "U+0060 GRAVE ACCENT"), ("\u{7F}", "U+007F DELETE"),
        ("\u{A0}", "U+00A0 NO-BREAK SPACE"), ("\u{AD}", "U+00AD SOFT HYPHEN"),
        ("\u{200B}", "U+200B ZERO WIDTH SPACE"), ("\u{200D}", "U+200D ZERO WIDTH JOINER"),
        ("\u{2011}", "U+2011 NON-BREAKING HYPHEN"),
        ("\u{2018}", "U+2018 LEFT SINGLE QUOTATION MARK"),
        ("\u{201C}", "U+201C LEFT DOUBLE QUOTATION MARK"),
        ("\u{201D}", "U+201D RIGHT DOUBLE QUOTATION MARK"),
        ("\u{202E}", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("\u{2060}", "U+2060 WORD JOINER"), ("\u{FEFF}", "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
        ("\u{FF21}", "U+FF21 FULLWIDTH LATIN CAPITAL LETTER A"),
        ("\u{0410}", "U+0410 CYRILLIC CAPITAL LETTER A"), ("\u{1F511}", "U+1F511 KEY"),
    ]

    @Test(arguments: foreign)
    func `a mangled value is named by character and position`(
        scalar: Unicode.Scalar, name: String
    ) throws {
        let values = [
            ("access key id", Sample.credentials(keyID: with(scalar, in: Sample.keyID))),
            ("secret access key", Sample.credentials(secret: with(scalar, in: Sample.secret))),
            (
                "session token",
                Sample.credentials(
                    keyID: Sample.temporaryKeyID, token: with(scalar, in: Sample.token))
            ),
        ]
        for (field, credentials) in values {
            let diagnosis = try diagnose(credentials)
            #expect(diagnosis.cause == .malformedValue)
            #expect(diagnosis.verdict == .bad)
            #expect(
                diagnosis.evidence.contains(.character(field: field, name: name, position: 11)))
            #expect(diagnosis.summary.contains("\(name) at position 11"))
        }
    }

    @Test(arguments: [1, 20, 21])
    func `also at the ends`(position: Int) throws {
        let diagnosis = try diagnose(
            Sample.credentials(keyID: with("\u{A0}", in: Sample.keyID, at: position)))
        #expect(
            diagnosis.evidence.contains(
                .character(
                    field: "access key id", name: "U+00A0 NO-BREAK SPACE", position: position)))
    }

    @Test(arguments: ["+", "/", "=", "-", ".", ":", "$", "(", "#"] as [Unicode.Scalar])
    func `a key id has letters, digits and underscores only`(scalar: Unicode.Scalar) throws {
        #expect(
            try diagnose(Sample.credentials(keyID: with(scalar, in: Sample.keyID))).cause
                == .malformedValue)
    }

    @Test(arguments: [
        "${AWS_ACCESS_KEY_ID}", "$AWS_ACCESS_KEY_ID", "$(cat key)", "{{ key_id }}", "%KEY_ID%",
        "<your-access-key-id>", "YOUR_ACCESS_KEY", "your-access-key", "YOUR ACCESS KEY",
        "REPLACE_ME", "changeme", "CHANGE-ME", "xxxxxxxxxxxxxxxxxxxx", "XXXX-XXXX", "****",
        "....", "--------", "ACCESS_KEY", "aws_access_key_id", "AWS_SECRET_ACCESS_KEY",
        "insert key here", "placeholder", "EXAMPLEKEY", "TODO", "AKIAIOSFODNN7EXAMPLE",
        "AKIAI44QH8DHBEXAMPLE", "ASIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
    ])
    func `a placeholder was never filled in`(text: String) throws {
        let fields = [
            Sample.credentials(keyID: text), Sample.credentials(secret: text),
            Sample.credentials(keyID: Sample.temporaryKeyID, token: text),
        ]
        for credentials in fields {
            let diagnosis = try diagnose(credentials)
            #expect(diagnosis.cause == .placeholderCredentials)
            #expect(diagnosis.verdict == .bad)
        }
    }

    @Test func `an empty value is none`() throws {
        for credentials in [
            Sample.credentials(keyID: ""), Sample.credentials(secret: ""),
            Sample.credentials(token: ""),
        ] {
            let diagnosis = try diagnose(credentials)
            #expect(diagnosis.cause == .malformedValue)
            #expect(diagnosis.summary.contains("empty"))
        }
    }

    @Test func `a temporary key needs its token`() throws {
        for secret in [Sample.secret, "an-emulator's-secret".filter { $0 != "'" }] {
            let diagnosis = try diagnose(
                Sample.credentials(keyID: Sample.temporaryKeyID, secret: secret))
            #expect(diagnosis.cause == .sessionTokenMissing)
            #expect(diagnosis.verdict == .bad)
            #expect(diagnosis.summary.contains(Sample.temporaryKeyID))
        }
    }

    @Test func `bytes that are no text are named, too`() throws {
        var credentials = Sample.credentials()
        credentials.secretAccessKey.value = Secret(
            bytes: Array(Sample.secret.utf8.prefix(10)) + [0xFF] + Array("abc".utf8))
        let diagnosis = try diagnose(credentials)
        #expect(
            diagnosis.evidence.contains(
                .character(
                    field: "secret access key", name: "U+FFFD REPLACEMENT CHARACTER",
                    position: 11)))
    }

    @Test(arguments: [
        Sample.credentials(), Sample.temporary, Sample.withLeftover,
        // Layout is a hint and never a reason: other prefixes, lengths and letters are AWS's to judge.
        Sample.credentials(keyID: "AKIA0189NOTBASE32XYZ"), Sample.credentials(keyID: "test_key_1"),
        Sample.credentials(keyID: "AIDAQNCLJGYSAZAAN74CA"), Sample.credentials(keyID: "local"),
        Sample.credentials(secret: "short"), Sample.credentials(secret: "p@ss:word#1!"),
        Sample.credentials(secret: "yourself9/abcdefghijklmnopqrstuvwxyzABC"),
        Sample.credentials(secret: String(repeating: "aB3/", count: 30)),
        Sample.credentials(keyID: "AKIA" + String(repeating: "A", count: 124)),
    ])
    func `what may be a credential is sent`(credentials: Credentials) {
        #expect(firstFault(in: credentials) == nil)
        let interrogation = Interrogation(Sample.subject(credentials), [:])
        #expect(interrogation.asked == [.asConfigured])
    }

    @Test func `the short way finds the same as the long one`() {
        // Random faults in values of AWS's form: the inspection must see each, whichever way it goes.
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<2_000 {
            guard let (scalar, _) = Self.foreign.randomElement(using: &generator) else { continue }
            let position = Int.random(in: 1...20, using: &generator)
            let inID = Bool.random(using: &generator)
            let credentials = Sample.credentials(
                keyID: inID ? with(scalar, in: Sample.keyID, at: position) : Sample.keyID,
                secret: inID ? Sample.secret : with(scalar, in: Sample.secret, at: position))
            guard case .character(_, let found, _) = firstFault(in: credentials) else {
                Issue.record("\(scalar.value) at \(position) is not found")
                continue
            }
            #expect(found.position == position)
        }
    }
}
