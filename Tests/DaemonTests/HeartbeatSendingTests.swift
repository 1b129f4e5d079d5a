import Dispatch
import HTTP
import Model
import Support
import Testing

@testable import Daemon

@Suite(.timeLimit(.minutes(1)))
struct HeartbeatSendingTests {
    private static let token = "/ping/5a1c-t0ken?key=t0ken"

    private func beat(
        _ url: String, timeout: Duration = .seconds(10), by transport: CurlTransport? = nil
    ) async throws -> BeatFailure? {
        let failure = await sendHeartbeat(
            to: HeartbeatTarget(url: Secret(url), host: "127.0.0.1"), timeout: timeout,
            by: try transport ?? CurlTransport(CurlOptions(proxy: .none)))
        if let failure {
            #expect(!failure.clause.contains("t0ken"), "\(failure.clause)")
            #expect(!failure.kind.contains("t0ken"))
        }
        return failure
    }

    @Test(arguments: [200, 201, 204, 299])
    func `a GET that is answered with success has arrived`(status: Int) async throws {
        let server = try ScriptedServer { _, _ in
            .http(status, status == 204 ? "" : "{\"ok\":false}")
        }
        #expect(try await beat(server.url + Self.token) == nil)
        let request = try #require(server.requests.first)
        #expect(request.method == "GET")
        #expect(request.target == Self.token)
        #expect(request.header("user-agent")?.hasPrefix("credwatch/") == true)
        #expect(request.body.isEmpty)
    }

    @Test(arguments: [400, 404, 410, 429, 500, 503])
    func `any other status has not, and is named`(status: Int) async throws {
        let server = try ScriptedServer { _, _ in .http(status, "t0ken") }
        let failure = try await beat(server.url + Self.token)
        #expect(
            failure == BeatFailure(kind: "\(status)", clause: "it answered with HTTP \(status)"))
    }

    @Test func `a redirect is not followed, since the token would go along`() async throws {
        let other = try ScriptedServer { _, _ in .http(200) }
        let server = try ScriptedServer { _, _ in
            .http(302, headers: ["Location: \(other.url)\(Self.token)"])
        }
        let failure = try await beat(server.url + Self.token)
        #expect(
            failure?.clause
                == "it answered with HTTP 302, a redirect to 127.0.0.1, which is not followed")
        #expect(other.requests.isEmpty)
    }

    @Test func `an answer of any size is enough`() async throws {
        let server = try ScriptedServer { _, _ in
            .http(200, String(repeating: "x", count: 3 << 20))
        }
        #expect(try await beat(server.url + Self.token) == nil)
    }

    @Test func `a service that does not answer is given up`() async throws {
        let server = try ScriptedServer { _, _ in .hang }
        let failure = try await beat(server.url + Self.token, timeout: .milliseconds(200))
        #expect(failure?.kind == "timeout")
        #expect(failure?.clause.hasPrefix("127.0.0.1 did not answer within") == true)
        let silent = try UnansweredPort()
        let other = try await beat(silent.url + Self.token, timeout: .milliseconds(200))
        #expect(other?.kind == "timeout")
    }

    @Test func `one that is not there is named by its host`() async throws {
        let left = try { try ScriptedServer { _, _ in .close }.url }()
        let failure = try await beat(left + Self.token)
        #expect(failure?.kind == "connect")
        #expect(failure?.clause.contains("could not connect to 127.0.0.1") == true)
        let closing = try ScriptedServer { _, _ in .close }
        #expect(try await beat(closing.url + Self.token) != nil)
    }

    @Test func `none leaves while the checks' thread is stuck`() async throws {
        let server = try ScriptedServer { _, _ in .http(200) }
        let transport = try CurlTransport(CurlOptions(proxy: .none))
        let gate = DispatchSemaphore(value: 0)
        let (stuck, tell) = AsyncStream.makeStream(of: Void.self)
        Task.detached(executorPreference: transport) {
            tell.yield()
            block(on: gate)
        }
        for await _ in stuck { break }
        async let failure = beat(server.url + Self.token, by: transport)
        try await Task.sleep(for: .milliseconds(300))
        #expect(server.requests.isEmpty)
        gate.signal()
        #expect(try await failure == nil)
        #expect(server.requests.count == 1)
    }
}

/// What no task should do.
private func block(on gate: DispatchSemaphore) { gate.wait() }

@Suite struct ProgressTests {
    private let begin = Moment(nanoseconds: 0)

    @Test func `jobs of which none is started are a standstill`() {
        var progress = Progress()
        #expect(progress.standstill(started: 5, isIdle: false, at: begin) == nil)
        #expect(
            progress.standstill(started: 5, isIdle: false, at: begin + .seconds(60)) == .seconds(60)
        )
        #expect(
            progress.standstill(started: 5, isIdle: false, at: begin + .seconds(90)) == .seconds(90)
        )
        // One has begun, and then nothing waits any more.
        #expect(progress.standstill(started: 6, isIdle: false, at: begin + .seconds(91)) == nil)
        #expect(progress.standstill(started: 6, isIdle: true, at: begin + .seconds(900)) == nil)
        #expect(
            progress.standstill(started: 6, isIdle: false, at: begin + .seconds(901)) == .seconds(1)
        )
    }
}
