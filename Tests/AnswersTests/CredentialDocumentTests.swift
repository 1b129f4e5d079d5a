import Model
import Testing

@testable import Answers

@Suite struct CredentialDocumentTests {
    private func session(_ inner: String) -> SessionDocument? {
        SessionDocument(Array("<R xmlns='x'><C>\(inner)</C></R>".utf8))
    }

    private let keys =
        "<AccessKeyId> ASIA1 </AccessKeyId><SecretAccessKey>a&amp;b</SecretAccessKey>"
        + "<SessionToken><![CDATA[t<k]]>&#x2B;</SessionToken>"

    @Test func readsASession() throws {
        let document = try #require(
            session(
                keys + "<Expiration>2099-01-01T00:00:00Z</Expiration>"
                    + "<U><Arn>arn:aws:sts::123456789012:assumed-role/app/s</Arn></U>"))
        #expect(document.accessKeyID == "ASIA1")
        #expect(document.secretAccessKey.reveal() == "a&b")
        #expect(document.sessionToken.reveal() == "t<k+")
        #expect(document.expiresAt?.rfc3339 == "2099-01-01T00:00:00Z")
        #expect(document.accountID == "123456789012")
    }

    @Test(arguments: [
        "", "<AccessKeyId>A</AccessKeyId><SecretAccessKey>s</SecretAccessKey>",
        "<AccessKeyId>A</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken/>",
        "<AccessKeyId>A B</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>",
    ])
    func readsNoneOfLess(inner: String) {
        #expect(session(inner) == nil)
    }

    @Test(arguments: [
        "", "<Arn>arn:aws:sts::1234:assumed-role/app/s</Arn>", "<Arn>nothing</Arn>", "<Arn/>",
    ])
    func takesNoAccountThatIsNone(arn: String) {
        let document = session(keys + arn)
        #expect(document != nil)
        #expect(document?.accountID == nil)
    }

    @Test func endsWithAValueThatDoesNot() {
        #expect(session("<AccessKeyId>" + String(repeating: "A", count: 200_000)) == nil)
        let cut = "<R>\(keys.prefix(keys.count - 20))"
        #expect(SessionDocument(Array(cut.utf8)) == nil)
        let many = String(repeating: "<SessionToken>", count: 50_000)
        #expect(SessionDocument(Array(many.utf8)) == nil)
    }

    @Test(arguments: [
        (
            #"{"AccessKeyId":"A","SecretAccessKey":"s","Token":"t","Expiration":"2099-01-01T00:00:00Z"}"#,
            nil
        ),
        (
            #"{"code":"Success","accesskeyid":"A","secretAccessKey":"s","TOKEN":"t","expiration":"2099-01-01T00:00:00+00:00"}"#,
            nil
        ),
        (
            #"{"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"2099-01-01T00:00:00Z"}"#,
            "the answer has no Token"
        ),
        (#"{"AccessKeyId":"","SecretAccessKey":"s","Token":"t"}"#, "the answer has no AccessKeyId"),
        (
            #"{"AccessKeyId":"A","SecretAccessKey":"s","Token":"t","Expiration":"soon"}"#,
            "the answer's Expiration is not a time"
        ),
        (
            #"{"AccessKeyId":"A\n","SecretAccessKey":"s","Token":"t","Expiration":"2099-01-01T00:00:00Z"}"#,
            "the answer's AccessKeyId is not a key id"
        ),
        (#"{"AccessKeyId":1}"#, "the answer has no AccessKeyId"),
        ("[1]", "the answer is JSON that is no object, not credentials in JSON"),
        ("", "the answer is an empty answer, not credentials in JSON"),
        ("404: not found", "the answer is text, not credentials in JSON"),
        ("{\"Code\":\"a b\"}", "the answer has a code that is none"),
    ])
    func readsAnAgentsAnswer(body: String, flaw: String?) {
        switch AgentDocument(Array(body.utf8)) {
        case .credentials(let keys):
            #expect(flaw == nil)
            #expect(keys.accessKeyID == "A")
            #expect(keys.sessionToken.reveal() == "t")
        case .malformed(let what): #expect(what == flaw)
        case .error: Issue.record("no error")
        }
    }

    @Test func readsAnAgentsError() {
        let body =
            #"{"code":"AssumeRoleUnauthorizedAccess","message":"EC2 cannot","AccessKeyId":"A"}"#
        #expect(
            AgentDocument(Array(body.utf8))
                == .error(ServiceError(code: "AssumeRoleUnauthorizedAccess", message: "EC2 cannot"))
        )
    }

    @Test(arguments: [
        ("eyJpc3MiOiJodHRwczovL2lkLyIsImF1ZCI6ImEifQ", "https://id/", ["a"]),
        ("eyJpc3MiOiJodHRwczovL2lkLyIsImF1ZCI6ImEifQ==", "https://id/", ["a"]),
        ("e30", nil, []),
        // An issuer with a line break, and an audience that is no text.
        ("eyJpc3MiOiJhXG5iIiwiYXVkIjpbMSwiYiJdfQ", nil, ["b"]),
    ])
    func readsClaims(payload: String, issuer: String?, audiences: [String]) throws {
        let claims = try #require(TokenClaims(Secret("h.\(payload).s")))
        #expect(claims.issuer == issuer)
        #expect(claims.audiences == audiences)
        #expect(claims.expiresAt == nil)
    }

    @Test(arguments: [
        "", "opaque", "a.b", "a.b.c", "a.e30.c.d", "a.W10.c", "a.!!.c",
        "a." + String(repeating: "A", count: 40_000) + ".c",
    ])
    func readsNoClaimsOfWhatIsNoToken(token: String) {
        #expect(TokenClaims(Secret(token)) == nil)
    }
}
