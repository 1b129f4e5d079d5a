import Model
import Testing

@testable import Reporting

@Suite struct RedactionTests {
    /// Made up: the form of a secret access key, and of the beginning and body of a session token.
    static let secret = "qT7/x0pLm9+VbNc2RzKwYdHe5sUaJf1Go8iXtE4B"
    static let token =
        "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQDx"
        + String(repeating: "k9Z+", count: 60)
        + "=="
    static let olderToken = String(repeating: "Zx81Qw/0", count: 30)

    @Test(arguments: [
        "aws_secret_access_key = \(secret)",
        "aws_secret_access_key=\(secret)",
        "AWS_SECRET_ACCESS_KEY='\(secret)'",
        "{\"SecretAccessKey\": \"\(secret)\"}",
        "<SecretAccessKey>\(secret)</SecretAccessKey>",
        "the secret of profile app, line 4, was \(secret) before",
        "Secret access key: \(secret).",
        // The form alone is enough, wherever it stands.
        "there is no profile \(secret)",
    ])
    func removesASecretAccessKey(text: String) {
        let result = redacted(text)
        #expect(!result.contains(Self.secret))
        #expect(result.contains("<redacted>"))
        #expect(result == text.replacing(Self.secret, with: "<redacted>"))
    }

    @Test(arguments: [
        "aws_session_token = \(token)", "\(token)", "X-Amz-Security-Token: \(token)",
        "x-amz-security-token=\(olderToken)&x=1", "answer: \(olderToken)",
        "GET /?X-Amz-Security-Token=IQoJb3JpZ2luX2VjEJr%2F%2F%2FwEaCXVzLWVhc3Qtk9Z%2Bk9Z",
        "token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhcHAifQ9Zx81Q.dGhpc0lzTm90QVNpZ25hdHVyZQ",
    ])
    func removesATokenEntirely(text: String) {
        let result = redacted(text)
        #expect(result.contains("<redacted>"))
        #expect(!result.contains("IQoJ"))
        #expect(!result.contains("Zx81"))
        #expect(!result.contains("k9Z"))
        #expect(!result.contains("dGhpc0"))
        #expect(!result.contains("=="))
    }

    @Test func removesASignature() {
        let signature = String(repeating: "0af3", count: 16)
        let text =
            "Credential=AKIAQNCLJGYSAZAAN74C/20261122/us-east-1/sts/aws4_request, Signature=\(signature)"
        #expect(redacted(text) == text.replacing(signature, with: "<redacted>"))
    }

    @Test(arguments: [
        "",
        "app is failing: AWS does not recognise the access key. Create a new key.",
        "InvalidClientTokenId: The security token included in the request is invalid.",
        "SignatureDoesNotMatch: The request signature we calculated does not match the signature you"
            + " provided. Check your AWS Secret Access Key and signing method.",
        "Signature expired: 20261122T140310Z is now earlier than 20261122T141000Z (20261122T142500Z - 15 min.)",
        "access key AKIAQNCLJGYSAZAAN74C from [app] in /home/app/.aws/credentials:4",
        "secret key of AKIAQNCLJGYSAZAAN74C",
        "aws_secret_access_key: AKIAQNCLJGYSAZAAN74C",
        "arn:aws:iam::123456789012:user/division_abc/subdivision_xyz/JaneDoe2",
        "token of arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_AdministratorAccess_0a1b2c3d4e5f6071/"
            + "FirstnameLastname1@example.com/AndSomeVeryLongSessionNameWithDigits0123456789WhichGoesOnAndOn0123456789",
        "request id 8a7b6c5d-0000-4000-8000-1234567890ab",
        "token file /var/run/secrets/eks.amazonaws.com/serviceaccount/token",
        "secret at /home/Application1/Releases/20261122/Secrets/Aws2/credentials",
        "key sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "config digest e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "aws_session_token is missing; the key ASIAY34FZKBOKMUTVV7A needs one",
        "https://sts.eu-central-1.amazonaws.com",
        "arn:aws:iam::123456789012:role/Abcdefghijklmnopqrstuvwxyz0123456789ABCD",
        "stack App-Prod-DeployRole-1A2B3C4D5E6F7G8H9I0J",
    ])
    func leavesTheRestAsItIs(text: String) {
        #expect(redacted(text) == text)
    }

    @Test func redactsAllOfAnEntry() {
        let entry = JournalEntry(
            .hookOutput, .info, "SecretAccessKey=\(Self.secret)",
            [
                JournalEntry.Field("CREDWATCH_EVIDENCE", "secret \(Self.secret)"),
                JournalEntry.Field("CREDWATCH_ACCESS_KEY_ID", "AKIAQNCLJGYSAZAAN74C"),
            ])
        let result = redacted(entry)
        #expect(result.message == "SecretAccessKey=<redacted>")
        #expect(result.fields.map(\.value) == ["secret <redacted>", "AKIAQNCLJGYSAZAAN74C"])
    }

    @Test func holdsOnAnyBytes() {
        var generator = Xorshift(state: 7)
        for length in 0..<400 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(redacted(text).utf8.count <= text.utf8.count + 10 * length)
        }
    }
}

/// A generator whose numbers are the same in every run.
struct Xorshift: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
