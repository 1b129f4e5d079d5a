import HTTP
import Model
import Support
import Testing

@testable import Obtaining

@Suite(.timeLimit(.minutes(1))) struct ContainerSourceTests {
    private func step(
        _ url: String, isRelative: Bool = false, token: String? = nil, file: String? = nil
    ) -> PlanStep {
        .container(
            ContainerEndpoint(
                url: Sourced(
                    url, from: .environment(variable: "AWS_CONTAINER_CREDENTIALS_FULL_URI")),
                isRelative: isRelative,
                token: token.map { Sourced(Secret($0), from: testPlace) },
                tokenFile: file.map { Sourced($0, from: testPlace) }))
    }

    @Test(arguments: ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
    func asksALoopbackAddressPastTheProxy(host: String) async throws {
        let server = try ScriptedServer { _, _ in .http(200, agentJSON) }
        let result = await obtain(
            try makeObtainer(), [step("http://\(host):\(server.port)/c?id=a/b", token: "Basic pw")])
        guard !host.hasPrefix("[") else {
            // An address of version 4 in the clothes of version 6 is loopback for nobody.
            #expect(kind(result.problem) == "badSetting")
            return
        }
        let obtained = try result.get()
        #expect(obtained.credentials.accessKeyID.value == "ASIAY34FZKBOKMUTVV7A")
        #expect(obtained.credentials.accountID == "028075177508")
        #expect(obtained.credentials.expiresAt?.value.rfc3339 == "2099-01-01T00:00:00Z")
        let request = try #require(server.requests.first)
        #expect(request.method == "GET")
        #expect(request.target == "/c?id=a/b")
        #expect(request.header("accept") == "application/json")
        #expect(request.header("authorization") == "Basic pw")
        #expect(request.header("host") == "\(host):\(server.port)")
    }

    @Test(arguments: [
        "http://192.0.2.10/c", "http://169.254.169.254/c", "http://[fd00:ec2::24]/c",
        "http://169.254.170.3/c", "http://0.0.0.0/c", "/credentials", "ftp://127.0.0.1/c",
        "http://user:pw@127.0.0.1/c", "http://127.0.0.1/c#part", "http:///c",
        "http://127.0.0.1/a b",
    ])
    func contactsNobodyElse(url: String) async throws {
        let result = await obtain(
            try makeObtainer(), [step(url, token: "Basic s3cr3t-password", file: "/nowhere")])
        #expect(kind(result.problem) == "badSetting", "\(dumped(result))")
        #expect(!dumped(result).contains("s3cr3t"))
        guard case .local(.badSetting(let name, _, _)) = result.problem?.reason else { return }
        #expect(name == "AWS_CONTAINER_CREDENTIALS_FULL_URI")
    }

    @Test func aRelativePathStaysWithItsHost() async throws {
        for url in ["http://169.254.170.2.example.net/c", "http://127.0.0.1/c"] {
            let result = await obtain(try makeObtainer(), [step(url, isRelative: true)])
            #expect(kind(result.problem) == "badSetting")
        }
    }

    @Test func tellsAHostThatCannotBeResolved() async throws {
        let result = await obtain(try makeObtainer(), [step("http://agent.invalid/c")])
        #expect(kind(result.problem) == "unavailable")
        #expect(clause(result.problem).hasPrefix("could not resolve host agent.invalid: "))
    }

    @Test func theTokenOfTheFileGoesFirstAndIsReadEachTime() async throws {
        let file = try TemporaryFile("first")
        let server = try ScriptedServer { _, _ in .http(200, agentJSON) }
        let obtainer = try makeObtainer()
        for token in ["first", "second"] {
            file.write(token)
            let steps = [step(server.url + "/c", token: "unused", file: file.path)]
            _ = try await obtainer.obtain(steps, within: .seconds(10))
            obtainer.invalidate(steps)
        }
        #expect(server.requests.map { $0.header("authorization") } == ["first", "second"])
    }

    @Test(arguments: ["s3cr3t-marker\n", "s3cr3t\r\nX-Other: 1", "s3cr3t\0", "s3cr3t\u{7F}"])
    func sendsNoTokenThatIsNoHeader(token: String) async throws {
        let server = try ScriptedServer { _, _ in .http(200, agentJSON) }
        let file = try TemporaryFile(token.replacing("\0", with: "\u{1}"))
        for step in [
            step(server.url + "/c", token: token), step(server.url + "/c", file: file.path),
        ] {
            let result = await obtain(try makeObtainer(), [step])
            #expect(kind(result.problem) == "badSetting")
            #expect(!dumped(result).contains("s3cr3t"))
        }
        #expect(server.requests.isEmpty)
    }

    @Test(arguments: [
        (ScriptedServer.Reply.http(500, "oops"), "unavailable", 3),
        (.http(404, "<html><head></head></html>"), "unavailable", 1),
        (
            .http(400, #"{"code":"NoIdInRequest","message":"Basic s3cr3t-password is wrong"}"#),
            "unavailable", 1
        ),
        (.http(200, #"{"Code":"AssumeRoleUnauthorizedAccess","Message":"no"}"#), "unavailable", 1),
        (.http(200), "badAnswer", 3), (.http(200, "[1]"), "badAnswer", 3),
        (.http(200, "<html></html>"), "badAnswer", 3),
        (
            .http(
                200, #"{"AccessKeyId":"A","SecretAccessKey":"a-secret-that-is-one","Token":"t"}"#),
            "badAnswer", 3
        ),
        (.http(200, String(repeating: "x", count: 2_000_000)), "unavailable", 3),
        (.cutOff(agentJSON), "unavailable", 3), (.close, "unavailable", 3),
        (.http(302, "", headers: ["Location: http://192.0.2.1/"]), "unavailable", 1),
    ])
    func tellsWhatTheAgentAnswers(
        reply: ScriptedServer.Reply, reason: String, asked: Int
    ) async throws {
        let server = try ScriptedServer { _, _ in reply }
        let result = await obtain(
            try makeObtainer(), [step(server.url + "/c", token: "Basic s3cr3t-password")])
        #expect(kind(result.problem) == reason, "\(dumped(result))")
        #expect(
            result.problem?.place == .environment(variable: "AWS_CONTAINER_CREDENTIALS_FULL_URI"))
        #expect(!dumped(result).contains("s3cr3t"))
        #expect(!dumped(result).contains("a-secret-that-is-one"))
        #expect(server.requests.count == asked)
    }

    @Test func waitsNoLongerThanItMay() async throws {
        let server = try ScriptedServer { _, _ in .hang }
        let start = ContinuousClock.now
        let result = await obtain(
            try makeObtainer(), [step(server.url + "/c")], within: .milliseconds(400))
        #expect(kind(result.problem) == "unavailable")
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test func asksAgainAfterABadMoment() async throws {
        let server = try ScriptedServer { _, number in
            [.http(503), .http(200, "not json"), .http(200, agentJSON)][min(number, 3) - 1]
        }
        _ = try await makeObtainer().obtain([step(server.url + "/c")], within: .seconds(10))
        #expect(server.requests.count == 3)
    }
}
