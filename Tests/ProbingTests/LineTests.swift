import HTTP
import Model
import Probing
import Support
import Testing

/// Requests that go over connections of libcurl's without its engine for HTTP.
@Suite struct LineTests {
    private static let body = """
        <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\
        <GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/app</Arn>\
        <UserId>AIDAEXAMPLE</UserId><Account>123456789012</Account></GetCallerIdentityResult>
        """

    private func body(of length: Int) -> String {
        Self.body + String(repeating: " ", count: max(0, length - Self.body.utf8.count))
            + "</GetCallerIdentityResponse>"
    }

    private func endpoint(_ port: Int) -> Endpoint {
        Endpoint(
            url: "http://127.0.0.1:\(port)", signingRegion: "us-east-1", partition: "aws")
    }

    @Test(arguments: [0, 4_000, 5_000, 70_000, 1_000_000])
    func `answers of any size are read`(length: Int) async throws {
        let text = body(of: length)
        let server = try ScriptedServer { _, _ in .http(200, text) }
        let prober = try makeProber()
        for _ in 0..<3 {
            let outcome = await prober.probe(
                exampleCredentials(), at: endpoint(server.port), timeout: .seconds(10))
            guard case .identity(let identity, _) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(identity.account == "123456789012")
        }
        #expect(server.requests.count == 3)
    }

    @Test func `an answer that is none of ours goes to libcurl, and so do those after it`()
        async throws
    {
        let server = try FaultServer(.garbage)
        let prober = try makeProber()
        for count in 2...4 {
            _ = await prober.probe(
                exampleCredentials(), at: server.endpoint, timeout: .seconds(5))
            #expect(server.requestCount == count)
        }
    }

    @Test func `a connection that the server closes is not used again`() async throws {
        let server = try ScriptedServer { _, _ in
            .http(200, Self.body, headers: ["Connection: close"])
        }
        let prober = try makeProber()
        for _ in 0..<3 {
            let outcome = await prober.probe(
                exampleCredentials(), at: endpoint(server.port), timeout: .seconds(5))
            #expect(outcome.failure == nil, "\(outcome)")
        }
        #expect(server.requests.count == 3)
    }

    @Test func `a server that hung up meanwhile gets a new connection, and the request once`()
        async throws
    {
        let server = try FaultServer(.identity)
        let prober = try makeProber()
        for count in 1...3 {
            let outcome = await prober.probe(
                exampleCredentials(), at: server.endpoint, timeout: .seconds(5))
            #expect(outcome.details?.httpStatus == 200, "\(outcome)")
            #expect(server.requestCount == count)
            #expect(server.connectionCount == count)
            server.dropConnections()
        }
    }

    @Test func `an answer that breaks off is asked for once more, by libcurl`() async throws {
        let server = try ScriptedServer { _, number in
            number == 1 ? .cutOff(Self.body) : .http(200, Self.body)
        }
        let outcome = try await makeProber().probe(
            exampleCredentials(), at: endpoint(server.port), timeout: .seconds(5))
        #expect(outcome.details?.httpStatus == 200, "\(outcome)")
        #expect(server.requests.count == 2)
    }

    @Test func `silence is a wait that ran out, also on a line that was used`() async throws {
        let server = try ScriptedServer { _, number in number == 1 ? .http(200, Self.body) : .hang }
        let prober = try makeProber()
        _ = await prober.probe(
            exampleCredentials(), at: endpoint(server.port), timeout: .seconds(5))
        let outcome = await prober.probe(
            exampleCredentials(), at: endpoint(server.port), timeout: .milliseconds(300))
        let failure = try #require(outcome.failure)
        #expect(failure.phase == .wait && failure.timedOut)
        #expect(failure.reason.hasPrefix("127.0.0.1 did not answer within 0.3"))
        #expect(failure.latency >= .milliseconds(300) && failure.latency < .seconds(3))
    }

    @Test func `an answer that stops is a body that ran out`() async throws {
        let server = try ScriptedServer { _, _ in .slowly(200, Self.body) }
        let outcome = try await makeProber().probe(
            exampleCredentials(), at: endpoint(server.port), timeout: .milliseconds(500))
        let failure = try #require(outcome.failure)
        #expect(failure.phase == .body && failure.timedOut)
    }

    @Test func `lines open while others wait for answers`() async throws {
        let slow = try ScriptedServer { _, _ in .slowly(200, Self.body) }
        let transport = try CurlTransport(CurlOptions(proxy: .none))
        let prober = Prober(transport: transport, clock: systemTime)
        let slowEndpoint = endpoint(slow.port)
        let waiting = (0..<8).map { _ in
            Task(executorPreference: transport) {
                await prober.probe(exampleCredentials(), at: slowEndpoint, timeout: .seconds(30))
            }
        }
        // libcurl clears up among its connections whenever one is made, and these have answers pending.
        for _ in 0..<20 {
            let server = try FaultServer(.identity)
            let outcome = await prober.probe(
                exampleCredentials(), at: server.endpoint, timeout: .seconds(10))
            #expect(outcome.details?.httpStatus == 200)
        }
        for task in waiting {
            let outcome = await task.value
            #expect(outcome.failure == nil, "\(outcome)")
        }
    }

    @Test func `lines go through TLS`() async throws {
        let server = try FaultServer(.identity, tls: .valid)
        let prober = try makeProber(CurlOptions(caBundle: server.caBundle, proxy: .none))
        for _ in 0..<5 {
            let outcome = await prober.probe(
                exampleCredentials(), at: server.endpoint, timeout: .seconds(10))
            #expect(outcome.details?.httpStatus == 200, "\(outcome)")
        }
        #expect(server.requestCount == 5)
        #expect(server.connectionCount == 1)
    }
}
