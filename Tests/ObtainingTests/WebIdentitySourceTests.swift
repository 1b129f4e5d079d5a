import HTTP
import Model
import Support
import Testing

@testable import Obtaining

@Suite(.timeLimit(.minutes(1))) struct WebIdentitySourceTests {
    /// `{"iss":"https://oidc.example/id","aud":["sts.amazonaws.com"],"exp":4070908800}`
    private let token =
        "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL29pZGMuZXhhbXBsZS9pZCIsImF1ZCI6WyJzdHMuYW1hem9uYXdzLmNvbSJd"
        + "LCJleHAiOjQwNzA5MDg4MDB9.c2lnbmF0dXJl"
    private let note =
        "the token is from https://oidc.example/id, for sts.amazonaws.com, valid until "
        + "2099-01-01T00:00:00Z"

    private func step(_ url: String, _ path: String) -> PlanStep {
        .webIdentity(
            WebIdentity(
                roleARN: Sourced("arn:aws:iam::123456789012:role/pod", from: testPlace),
                sessionName: "pod", tokenFile: Sourced(path, from: testPlace),
                endpoint: Endpoint(url: url, signingRegion: "eu-central-1", partition: "aws")))
    }

    private static func refusal(_ code: String) -> ScriptedServer.Reply {
        .http(
            400,
            "<ErrorResponse><Error><Code>\(code)</Code><Message>No provider</Message></Error></ErrorResponse>",
            headers: ["x-amzn-RequestId: 5045ca91"])
    }

    @Test func sendsTheTokenUnsignedAndSaysWhoseItIs() async throws {
        let file = try TemporaryFile(token + "\n")
        let server = try ScriptedServer { _, _ in .http(200, sessionXML) }
        let obtained = try await makeObtainer(proxy: .none).obtain(
            [step(server.url, file.path)], within: .seconds(10))
        let request = try #require(server.requests.first)
        #expect(
            request.body
                == "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A"
                + "123456789012%3Arole%2Fpod&RoleSessionName=pod&WebIdentityToken=\(token)")
        #expect(request.header("authorization") == nil)
        #expect(obtained.credentials.accountID == "123456789012")
        #expect(obtained.evidence.contains(.note(note)))
        #expect(!dumped(obtained).contains(token))
    }

    @Test func readsTheFileAgainAfterARefusal() async throws {
        let file = try TemporaryFile("old-token-of-no-form")
        let server = try ScriptedServer { [token] request, _ in
            if request.body.contains("old-token") {
                file.write(token)
                return Self.refusal("ExpiredTokenException")
            }
            return .http(200, sessionXML)
        }
        let obtained = try await makeObtainer(proxy: .none).obtain(
            [step(server.url, file.path)], within: .seconds(10))
        #expect(server.requests.count == 2)
        #expect(obtained.evidence.contains(.note(note)))
    }

    @Test func keepsTheCodeOfARefusalThatLasts() async throws {
        let file = try TemporaryFile(token)
        let server = try ScriptedServer { _, _ in Self.refusal("InvalidIdentityToken") }
        let result = await obtain(
            try makeObtainer(proxy: .none), [step(server.url, file.path)])
        let problem = try #require(result.problem)
        #expect(kind(problem) == "refused InvalidIdentityToken")
        guard case .refused(_, let details) = problem.reason else { return }
        #expect(details.requestID == "5045ca91")
        #expect(problem.base == nil)
        #expect(problem.endpoint?.url == server.url)
        #expect(problem.evidence.contains(.note(note)))
        #expect(
            problem.evidence.contains(
                .note("STS was asked twice, and first answered InvalidIdentityToken")))
        #expect(server.requests.count == 2)
        #expect(!dumped(problem).contains(token))
    }

    @Test func asksTwiceWhenTheProviderIsUnreachable() async throws {
        let file = try TemporaryFile(token)
        let server = try ScriptedServer { _, _ in Self.refusal("IDPCommunicationError") }
        let result = await obtain(
            try makeObtainer(proxy: .none), [step(server.url, file.path)])
        #expect(kind(result.problem) == "refused IDPCommunicationError")
        #expect(server.requests.count == 2)
    }

    @Test func sendsATokenOfAnotherForm() async throws {
        let file = try TemporaryFile("an.opaque-token")
        let server = try ScriptedServer { _, _ in .http(200, sessionXML) }
        let obtained = try await makeObtainer(proxy: .none).obtain(
            [step(server.url, file.path)], within: .seconds(10))
        #expect(server.requests.first?.body.hasSuffix("&WebIdentityToken=an.opaque-token") == true)
        #expect(
            obtained.evidence.contains(
                .note("the token is no JSON web token, which is what AWS expects")))
    }

    @Test(arguments: [
        ("", "badSetting", "is empty"), (" \n\r\n", "badSetting", "is empty"),
        ("two\nlines-of-secrets", "badSetting", "holds a character that no token has"),
        (String(repeating: "x", count: 70_000), "badSetting", "has more than 65536 bytes"),
    ])
    func refusesAFileThatHoldsNone(text: String, reason: String, what: String) async throws {
        let file = try TemporaryFile(text)
        let server = try ScriptedServer { _, _ in .http(200, sessionXML) }
        let result = await obtain(
            try makeObtainer(proxy: .none), [step(server.url, file.path)])
        #expect(kind(result.problem) == reason)
        #expect(clause(result.problem) == "the file \(file.path) \(what)")
        #expect(!dumped(result).contains("lines-of-secrets"))
        #expect(server.requests.isEmpty)
    }

    @Test func tellsThatTheFileIsMissing() async throws {
        let result = await obtain(
            try makeObtainer(proxy: .none), [step("http://127.0.0.1:9", "/nowhere/token")])
        #expect(kind(result.problem) == "fileUnreadable")
        #expect(clause(result.problem) == "there is no such file")
    }
}
