import HTTP
import Model
import Support
import Testing

/// What is noted of the requests of a report.
@Suite(.timeLimit(.minutes(1))) struct RecordingTransportTests {
    private static let now = WallTime(seconds: 1_795_356_000)

    private func transport() throws -> RecordingTransport {
        let curl = try CurlTransport(CurlOptions(proxy: .none, measuresPhases: true))
        return RecordingTransport(curl, clock: { Self.now }) { response in
            response.status >= 400 ? "InvalidClientTokenId" : nil
        }
    }

    private func request(
        _ url: String, _ method: HTTPRequest.Method = .post, body: String = "",
        authorization: String? = nil, timeout: Duration = .seconds(5)
    ) -> HTTPRequest {
        HTTPRequest(
            method: method, url: url,
            headers: authorization.map { [HeaderField("Authorization", $0)] } ?? [],
            body: Array(body.utf8), connectTimeout: timeout, timeout: timeout)
    }

    private let authorization =
        "AWS4-HMAC-SHA256 Credential=\(Sample.keyID)/20261122/eu-west-1/sts/aws4_request, "
        + "SignedHeaders=host, Signature=0123456789abcdef0123456789abcdef0123456789abcdef"

    @Test func `a request is noted with its action, its signer and its answer`() async throws {
        let server = try FaultServer(.identity)
        let transport = try transport()
        let body = "Action=AssumeRole&Version=2011-06-15&ExternalId=quite-private"
        _ = try await transport.send(
            request(
                server.url + "/path?token=private", body: body, authorization: authorization))
        server.set(.invalidClientTokenID)
        _ = try await transport.send(request(server.url, .get))
        let records = transport.records
        try #require(records.count == 2)
        let first = records[0]
        #expect(first.startedAt == Self.now)
        #expect(first.method == "POST")
        #expect(first.action == "AssumeRole")
        #expect(first.host == "127.0.0.1:\(server.port)")
        #expect(first.path == "/path")
        #expect(first.accessKeyID == Sample.keyID)
        #expect(first.region == "eu-west-1")
        #expect(first.service == "sts")
        #expect(first.outcome == .answered(status: 200, code: nil))
        #expect(first.phases?.isNewConnection == true)
        #expect(first.phases.map { $0.connectedAfter > .zero } == true)
        #expect(first.skew != nil)
        #expect(records[1].outcome == .answered(status: 403, code: "InvalidClientTokenId"))
        #expect(records[1].phases?.isNewConnection == false)
        #expect(records[1].accessKeyID == nil)
        for record in records {
            #expect(!"\(record)".contains("private"))
            #expect(!"\(record)".contains("0123456789abcdef"))
        }
    }

    @Test func `a request that fails is noted with the phase`() async throws {
        let port = try UnansweredPort()
        let transport = try transport()
        await #expect(throws: TransportFailure.self) {
            try await transport.send(request(port.url, timeout: .milliseconds(200)))
        }
        guard case .failed(.connect, true, _)? = transport.records.first?.outcome else {
            Issue.record("\(transport.records)")
            return
        }
    }

    @Test func `a request under way is pending`() async throws {
        let server = try FaultServer(.blackHole)
        let transport = try transport()
        let sending = Task { try? await transport.send(request(server.url)) }
        #expect(await server.waitForRequests(1))
        #expect(transport.records.map(\.outcome) == [.pending])
        sending.cancel()
        _ = await sending.value
        #expect(transport.records.map(\.outcome) != [.pending])
    }

    @Test(
        arguments: [
            ("Action=GetUser", "GetUser"), ("Version=1&Action=GetUser&X=1", "GetUser"),
            ("NotAction=GetUser", nil), ("Action=", nil), ("Action=a%20b", nil), ("{}", nil),
            ("Action=" + String(repeating: "A", count: 65), nil),
        ] as [(String, String?)])
    func `the action is a name, and of a form`(_ body: String, _ action: String?) async throws {
        let server = try FaultServer(.identity)
        let transport = try transport()
        _ = try await transport.send(request(server.url, body: body))
        #expect(transport.records.first?.action == action)
    }

    @Test func `a secret in the place of the key id is not noted`() async throws {
        let server = try FaultServer(.identity)
        let transport = try transport()
        let scope = "Credential=\(Sample.secret)/20261122/eu-west-1/sts/aws4_request"
        _ = try await transport.send(request(server.url, authorization: scope))
        #expect(transport.records.first?.accessKeyID == "<redacted>")
        #expect(transport.records.first?.region == "eu-west-1")
    }

    @Test func `tasks run on the other transport's thread`() async throws {
        let server = try FaultServer(.identity)
        let transport = try transport()
        let url = server.url
        let task = Task(executorPreference: transport) {
            _ = try await transport.send(request(url))
            return try await transport.send(request(url)).status
        }
        #expect(try await task.value == 200)
    }

    @Test func `what is not kept is counted`() async throws {
        let server = try FaultServer(.identity)
        let transport = try transport()
        for _ in 0..<(RecordingTransport.mostRecords + 3) {
            _ = try await transport.send(request(server.url, .get))
        }
        #expect(transport.records.count == RecordingTransport.mostRecords)
        #expect(transport.leftOut == 3)
    }
}
