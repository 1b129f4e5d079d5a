import Diagnosing
import Model
import Support
import Testing

@Suite struct RedactionTests {
    @Test(arguments: [
        (
            "The security token included in the request is invalid.",
            "The security token included in the request is invalid."
        ),
        (
            "'AB' not a valid key=value pair in Authorization header: 'AWS4-HMAC-SHA256 Credential=AKIAQNCLJGYSAZAAN74C, Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'.",
            "'AB' not a valid key=value pair in Authorization header: 'AWS4-HMAC-SHA256 Credential=AKIAQNCLJGYSAZAAN74C, Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'."
                .split(separator: "Signature=").first.map { "\($0)<redacted>'." } ?? ""
        ),
        (
            "User: arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/jo is not authorized",
            "User: arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/jo is not authorized"
        ),
        (
            "there is no /home/app/.aws/sso/cache/0123456789abcdef0123456789abcdef01234567.json",
            "there is no /home/app/.aws/sso/cache/0123456789abcdef0123456789abcdef01234567.json"
        ),
        ("a\nb\tc\u{1B}[31m\u{7F}\u{85}d\u{202E}e", "a b c [31m  d e"),
        (Sample.secret, "<redacted>"), ("(\(Sample.secret))", "(<redacted>)"),
        (Sample.token, "<redacted>"), ("", ""),
    ])
    func `what a log may show`(text: String, shown: String) {
        #expect(redacted(text) == shown)
    }

    @Test func `a long text is cut`() {
        let words = String(repeating: "word ", count: 1_000)
        let shown = redacted(words)
        #expect(shown.unicodeScalars.count == 401)
        #expect(shown.hasSuffix("…"))
        #expect(redacted(String(repeating: "word ", count: 80)).unicodeScalars.count == 400)
        #expect(
            redacted("role/" + String(repeating: "r", count: 1_000)).unicodeScalars.count == 401)
    }

    @Test func `known secrets go, in whatever form`() {
        let secrets = [Secret("p@ss-word:1"), Secret("tok en"), Secret("short")]
        #expect(
            redacted("it was p@ss-word:1, p@ss-word:1p@ss-word:1.", hiding: secrets)
                == "it was <redacted>, <redacted><redacted>.")
        // Too short to tell it from a word by chance.
        #expect(redacted("a short word", hiding: secrets) == "a short word")
        #expect(redacted("p@ss", hiding: [Secret("p@ss-word:1")]) == "p@ss")
    }

    @Test func `a megabyte of marks on one letter is no burden`() {
        let text = "e" + String(repeating: "\u{301}", count: 500_000)
        #expect(redacted(text).unicodeScalars.count == 401)
    }
}
