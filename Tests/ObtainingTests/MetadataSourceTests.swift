import HTTP
import Model
import Support
import Testing

@testable import Obtaining

@Suite(.timeLimit(.minutes(1))) struct MetadataSourceTests {
    typealias Reply = ScriptedServer.Reply
    private static let role = "/latest/meta-data/iam/security-credentials/"

    private func step(
        _ url: String, attempts: Int = 1, timeout: Duration = .seconds(5), isNamed: Bool = false
    ) -> PlanStep {
        .instanceMetadata(
            InstanceMetadata(
                url: Sourced(url, from: testPlace), attempts: attempts, timeout: timeout,
                isNamed: isNamed))
    }

    /// A service that works, but for the given paths.
    private func service(
        _ odd: @escaping @Sendable (ReceivedRequest, Int) -> Reply? = { _, _ in nil }
    ) throws -> ScriptedServer {
        try ScriptedServer { request, number in
            if let reply = odd(request, number) { return reply }
            switch request.target {
            case "/latest/api/token":
                return request.method == "PUT" ? .http(200, "token-\(number)") : .http(405)
            case Self.role: return .http(200, "web-role")
            case Self.role + "web-role": return .http(200, agentJSON)
            default: return .http(404)
            }
        }
    }

    @Test func asksForATokenFirstAndKeepsIt() async throws {
        let server = try service()
        let obtainer = try makeObtainer()
        for _ in 0..<2 {
            let obtained = try await obtainer.obtain([step(server.url)], within: .seconds(10))
            #expect(obtained.credentials.accessKeyID.value == "ASIAY34FZKBOKMUTVV7A")
            #expect(obtained.credentials.accessKeyID.provenance == testPlace)
            obtainer.invalidate([step(server.url)])
        }
        let requests = server.requests
        #expect(requests.map(\.method) == ["PUT", "GET", "GET", "GET", "GET"])
        let put = try #require(requests.first)
        #expect(put.header("x-aws-ec2-metadata-token-ttl-seconds") == "21600")
        #expect(put.header("content-length") == "0")
        #expect(put.header("content-type") == nil)
        #expect(
            requests.dropFirst().allSatisfy {
                $0.header("x-aws-ec2-metadata-token") == "token-1"
            })
    }

    @Test func replacesATokenThatIsRefusedOnce() async throws {
        let server = try service { request, number in
            request.header("x-aws-ec2-metadata-token") == "token-1" && number > 3 ? .http(401) : nil
        }
        let obtainer = try makeObtainer()
        for _ in 0..<2 {
            _ = try await obtainer.obtain([step(server.url)], within: .seconds(10))
            obtainer.invalidate([step(server.url)])
        }
        #expect(server.requests.map(\.method) == ["PUT", "GET", "GET", "GET", "PUT", "GET", "GET"])
        let refusing = try service { request, _ in request.method == "GET" ? .http(401) : nil }
        let result = await obtain(obtainer, [step(refusing.url)])
        #expect(kind(result.problem) == "nothing")
        #expect(refusing.requests.map(\.method) == ["PUT", "GET", "PUT", "GET"])
    }

    @Test(arguments: [
        // The request for a token.
        ("PUT", "", Reply.http(400), "nothing", "unavailable"),
        ("PUT", "", .http(403), "unavailable", "unavailable"),
        ("PUT", "", .http(404), "unavailable", "unavailable"),
        ("PUT", "", .http(405), "unavailable", "unavailable"),
        ("PUT", "", .http(500, "oops"), "unavailable", "unavailable"),
        ("PUT", "", .http(200), "badAnswer", "badAnswer"),
        ("PUT", "", .http(200, "<html> </html>"), "badAnswer", "badAnswer"),
        ("PUT", "", .close, "unavailable", "unavailable"),
        // The question for the role.
        ("GET", "", .http(404, "<html></html>"), "nothing", "nothing"),
        ("GET", "", .http(400), "nothing", "unavailable"),
        ("GET", "", .http(200), "nothing", "nothing"),
        ("GET", "", .http(503), "unavailable", "unavailable"),
        ("GET", "", .http(200, "<html> </html>"), "badAnswer", "badAnswer"),
        ("GET", "", .http(200, "../../user-data"), "badAnswer", "badAnswer"),
        ("GET", "", .close, "unavailable", "unavailable"),
        // The question for its credentials.
        ("GET", "web-role", .http(404), "nothing", "unavailable"),
        ("GET", "web-role", .http(500), "unavailable", "unavailable"),
        ("GET", "web-role", .http(200, "<html></html>"), "badAnswer", "badAnswer"),
        (
            "GET", "web-role", .http(200, #"{"Code":"Failed","Message":"x"}"#), "nothing",
            "unavailable"
        ),
        ("GET", "web-role", .http(200, #"{"Code":"Success"}"#), "badAnswer", "badAnswer"),
        (
            "GET", "web-role", .http(200, String(repeating: "x", count: 2_000_000)), "unavailable",
            "unavailable"
        ),
        ("GET", "web-role", .cutOff(agentJSON), "unavailable", "unavailable"),
    ])
    func tellsWhatTheServiceAnswers(
        method: String, path: String, reply: Reply, unnamed: String, named: String
    ) async throws {
        let odd = method == "PUT" ? "/latest/api/token" : Self.role + path
        let server = try service { request, _ in request.target == odd ? reply : nil }
        for (isNamed, reason) in [(false, unnamed), (true, named)] {
            let result = await obtain(try makeObtainer(), [step(server.url, isNamed: isNamed)])
            #expect(kind(result.problem) == reason, "\(dumped(result))")
            #expect(result.problem?.evidence.contains(.endpoint(server.url)) == true)
            #expect(!dumped(result).contains("agent-secret"))
        }
    }

    @Test func triesAsOftenAsItMay() async throws {
        let server = try service { request, number in
            // Each of the three is answered at the second try only.
            number.isMultiple(of: 2) ? nil : number == 1 ? .close : .http(429, "Slow down")
        }
        _ = try await makeObtainer().obtain([step(server.url, attempts: 2)], within: .seconds(10))
        #expect(server.requests.count == 6)
        let tired = try service { _, _ in .http(500) }
        _ = await obtain(try makeObtainer(), [step(tired.url, attempts: 3)])
        #expect(tired.requests.count == 3)
    }

    @Test func aMachineWithoutTheServiceHasNoCredentials() async throws {
        let unanswered = try UnansweredPort()
        for url in ["http://127.0.0.1:9", unanswered.url] {
            for (isNamed, reason) in [(false, "nothing"), (true, "unavailable")] {
                let result = await obtain(
                    try makeObtainer(),
                    [step(url, timeout: .milliseconds(300), isNamed: isNamed)])
                #expect(kind(result.problem) == reason, "\(dumped(result))")
            }
        }
    }

    @Test func remindsOfTheHopLimit() async throws {
        let server = try service { request, _ in request.method == "PUT" ? .hang : nil }
        let result = await obtain(
            try makeObtainer(), [step(server.url, timeout: .milliseconds(300))])
        #expect(kind(result.problem) == "unavailable")
        #expect(dumped(result.problem).contains("HttpPutResponseHopLimit"))
        #expect(server.requests.count == 1)
    }

    @Test func refusesAURLThatIsNone() async throws {
        let result = await obtain(try makeObtainer(), [step("http://bad url")])
        #expect(kind(result.problem) == "badSetting", "\(dumped(result))")
    }
}
