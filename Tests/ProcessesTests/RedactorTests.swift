import Testing

@testable import Processes

/// The secret of AWS's own documents.
private let example = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

@Suite struct RedactorTests {
    private func presentable(_ line: String, isCut: Bool = false) -> String {
        var redactor = Redactor()
        return redactor.presentable(line, isCut: isCut)
    }

    @Test(arguments: [
        ("key is \(example).", "key is <redacted>."),
        ("+ export AWS_SECRET_ACCESS_KEY=\(example)", "+ export AWS_SECRET_ACCESS_KEY=<redacted>"),
        ("aws_secret_access_key = short", "aws_secret_access_key = <redacted>"),
        (
            #"{"SecretAccessKey": "a b", "Expiration": "x"}"#,
            #"{"SecretAccessKey": "<redacted>", "Expiration": "x"}"#
        ),
        ("password: 'hunter2', user: me", "password: '<redacted>', user: me"),
        ("mysql --password hunter2 -u me", "mysql --password <redacted> -u me"),
        ("mysql --password=hunter2 -u me", "mysql --password=<redacted> -u me"),
        ("Authorization: AWS4-HMAC-SHA256 Credential=AKIA", "Authorization: <redacted>"),
        ("curl https://me:hunter2@example.com/path", "curl https://<redacted>@example.com/path"),
        ("token=IQoJb3JpZ2luX2VjEHgaCXVz==&x=1", "token=<redacted>&x=1"),
        ("IQoJb3JpZ2luX2VjEHgaCXVzLWVhc3QtMSJHMEUCIQDx+7abcde=== end", "<redacted> end"),
        ("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.x", "<redacted>.x"),
    ])
    func secretsAreRemoved(line: String, shown: String) {
        #expect(presentable(line) == shown)
    }

    @Test(arguments: [
        "moved app to app-backup",
        "access key AKIAQNCLJGYSAZAAN74C is in use",
        "incident 3f1c2d4e-5a6b-7c8d-9e0f-112233445566",
        "commit 8ba5b5c0d1e2f3a4b5c6d7e8f90112233445566a",
        "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "arn:aws:iam::123456789012:user/Team/Application-Backup1",
        "/usr/local/lib/credwatch/Hooks2/switch-to-backup.sh: line 5: x: command not found",
        "the token was refreshed", "secret found in place", "https://example.com/a@b",
    ])
    func harmlessLinesStay(line: String) {
        #expect(presentable(line) == line)
    }

    @Test func aPrivateKeyIsRemovedOverAllItsLines() {
        var redactor = Redactor()
        let lines = ["before", "-----BEGIN RSA PRIVATE KEY-----", "abc", "-----END RSA", "after"]
        let shown = lines.map { redactor.presentable($0) }
        #expect(shown == ["before", "<redacted>", "<redacted>", "<redacted>", "after"])
    }

    @Test func aSecretThatWasCutInTwoIsRemoved() {
        #expect(presentable("key wJalrXUtnFEMI/K7MDENG/bPx", isCut: true) == "key …")
    }

    @Test(arguments: [
        ("\u{1B}[31mred\u{1B}[0m", "\\u{1B}[31mred\\u{1B}[0m"), ("a\tb", "a b"),
        ("a\u{0}b\u{7F}", "a\\0b\\u{7F}"), ("\u{202E}gnp", "\\u{202E}gnp"),
        ("Zürich – 日本", "Zürich – 日本"),
    ])
    func controlCharactersAreVisible(line: String, shown: String) {
        #expect(presentable(line) == shown)
        #expect(!presentable(line).unicodeScalars.contains { $0.value < 0x20 })
    }

    @Test func aLongLineIsCut() {
        let shown = presentable(String(repeating: "ab ", count: 2_000))
        #expect(shown.count == 1_001)
        #expect(shown.hasSuffix("…"))
    }

    @Test func anyBytesHaveAnOutcome() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("aA1/=:\"' @-_+.token://password--\u{1B}é\r\t".unicodeScalars)
        for _ in 0..<2_000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...80, using: &generator) {
                if let scalar = alphabet.randomElement(using: &generator) { text.append(scalar) }
            }
            let shown = presentable(String(text), isCut: Bool.random(using: &generator))
            #expect(!shown.unicodeScalars.contains { $0.value < 0x20 })
        }
    }
}
