import Glibc
import Model
import Reporting
import Serving
import Support
import Synchronization
import Testing

@testable import Daemon

/// The server on a port of its own, with clients as they come.
@Suite(.timeLimit(.minutes(1)))
struct MetricsServerTests {
    /// An engine that answers at once, or keeps who asks waiting.
    private final class FakeEngine: Sendable {
        private let state = Mutex<(isSilent: Bool, asked: Int)>((false, 0))
        private let profiles: Int
        private let isValid: Bool

        init(profiles: Int = 2, isValid: Bool = true, isSilent: Bool = false) {
            self.profiles = profiles
            self.isValid = isValid
            state.withLock { $0.isSilent = isSilent }
        }

        var asked: Int { state.withLock(\.asked) }

        func ask(_ reply: @Sendable (MetricsSnapshot) -> Void) {
            let isSilent = state.withLock { state in
                state.asked += 1
                return state.isSilent
            }
            guard !isSilent else { return }
            let now = WallTime(seconds: 1_795_356_190)
            let document = StatusDocument(
                generatedAt: now, validUntil: now, overall: .healthy,
                daemon: DaemonStatus(version: "0.1.0", pid: 1, startedAt: now, host: "host"),
                profiles: (0..<profiles).map { ProfileStatus(name: "app\($0)", state: .healthy) },
                groups: [])
            reply(
                MetricsSnapshot(
                    document: document, daemon: DaemonMetrics(startedAt: now), isValid: isValid))
        }
    }

    /// The problems that were told; nil for one that is over.
    private final class Told: Sendable {
        private let list = Mutex<[SocketProblem?]>([])
        func add(_ problem: SocketProblem?) { list.withLock { $0.append(problem) } }
        var problems: [SocketProblem?] { list.withLock(\.self) }
    }

    private let told = Told()

    private func start(
        _ engine: FakeEngine, patience: MetricsServer.Patience = .init(),
        allowsRemote: Bool = false
    ) async throws -> (MetricsServer, UInt16) {
        let server = try make(engine, patience: patience)
        server.serve(MetricsListener(address: .loopback(port: 0), allowsRemote: allowsRemote))
        return (server, try #require(await server.port))
    }

    private func make(
        _ engine: FakeEngine, patience: MetricsServer.Patience = .init(), mostHeld: Int = 64 << 20
    ) throws -> MetricsServer {
        let told = told
        let server = MetricsServer(
            patience: patience, mostHeld: mostHeld, asking: { engine.ask($0) },
            onChange: { told.add($0) })
        return try #require(server)
    }

    private func ask(
        _ port: UInt16, _ path: String = "/metrics", method: String = "GET",
        host: String = "127.0.0.1", accept: String = "*/*"
    ) async throws -> (status: String, head: String, body: String) {
        let client = try TCPClient(port: port)
        client.send("\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\nAccept: \(accept)\r\n\r\n")
        return try split(try #require(await client.readToEnd()))
    }

    private func split(_ text: String) throws -> (status: String, head: String, body: String) {
        let end = try #require(text.firstRange(of: "\r\n\r\n"), "\(text)")
        let head = String(text[..<end.lowerBound])
        return (
            String(head.split(separator: " ").dropFirst().first ?? ""), head,
            String(text[end.upperBound...])
        )
    }

    @Test func `both forms come as they are asked for`() async throws {
        let (server, port) = try await start(FakeEngine())
        let text = try await ask(port)
        #expect(text.status == "200")
        #expect(text.head.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8"))
        #expect(text.body.hasSuffix("\n") && !text.body.contains("# EOF"))
        #expect(text.body.contains("credwatch_profile_healthy{profile=\"app1\"} 1\n"))
        #expect(text.head.contains("Content-Length: \(text.body.utf8.count)"))
        let open = try await ask(port, accept: "application/openmetrics-text;version=1.0.0")
        #expect(
            open.head.contains(
                "Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8"))
        #expect(open.body.hasSuffix("\n# EOF\n"))
        let head = try await ask(port, method: "HEAD")
        #expect(head.status == "200" && head.body.isEmpty)
        #expect(head.head.contains("Content-Length: \(text.body.utf8.count)"))
        await server.stop()
    }

    @Test func `other pages and refusals have their status`() async throws {
        let (server, port) = try await start(FakeEngine(isValid: false))
        #expect(try await ask(port, "/").body.contains("/metrics"))
        #expect(try await ask(port, "/healthz").status == "503")
        #expect(try await ask(port, "/nothing").status == "404")
        #expect(try await ask(port, method: "POST").status == "405")
        #expect(try await ask(port, host: "evil.example").status == "421")
        let client = try TCPClient(port: port)
        client.send("nonsense\r\n\r\n")
        #expect(try split(try #require(await client.readToEnd())).status == "400")
        let large = try TCPClient(port: port)
        large.send(
            "GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 3 * RequestHead.largest))
        #expect(try split(try #require(await large.readToEnd())).status == "431")
        await server.stop()
    }

    @Test func `a name of the web is answered where others may ask`() async throws {
        let (server, port) = try await start(FakeEngine(), allowsRemote: true)
        #expect(try await ask(port, "/healthz", host: "web1.example").status == "200")
        await server.stop()
    }

    @Test func `who asks within a second is told the same`() async throws {
        let engine = FakeEngine()
        let (server, port) = try await start(engine)
        let bodies = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<12 { group.addTask { try await ask(port).body } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(bodies.count == 1)
        #expect(engine.asked <= 2)
        await server.stop()
    }

    @Test func `a request that comes byte by byte is one request`() async throws {
        let (server, port) = try await start(FakeEngine())
        let client = try TCPClient(port: port)
        for character in "GET /healthz HTTP/1.0\r\n\r\n" { client.send(String(character)) }
        #expect(try split(try #require(await client.readToEnd())).status == "200")
        await server.stop()
    }

    @Test func `who does not finish a request is told so, and who says nothing is dropped`()
        async throws
    {
        var patience = MetricsServer.Patience()
        patience.request = .milliseconds(100)
        let (server, port) = try await start(FakeEngine(), patience: patience)
        let slow = try TCPClient(port: port)
        slow.send("GET / HTTP/1.1\r\n")
        #expect(try split(try #require(await slow.readToEnd())).status == "408")
        let silent = try TCPClient(port: port)
        #expect(await silent.readToEnd() == "")
        await server.stop()
    }

    @Test func `an engine that hangs is named in time`() async throws {
        var patience = MetricsServer.Patience()
        patience.engine = .milliseconds(100)
        let engine = FakeEngine(isSilent: true)
        let (server, port) = try await start(engine, patience: patience)
        #expect(try await ask(port).status == "503")
        #expect(try await ask(port, "/healthz").status == "503")
        // What hangs is not asked again and again.
        #expect(engine.asked == 1)
        await server.stop()
    }

    @Test func `clients that keep their places make way for others`() async throws {
        let (server, port) = try await start(FakeEngine())
        var idle: [TCPClient] = []
        for _ in 0..<(3 * MetricsServer.maxConnections) { idle.append(try TCPClient(port: port)) }
        #expect(try await ask(port).status == "200")
        #expect(await server.server.connections.count <= MetricsServer.maxConnections)
        withExtendedLifetime(idle) {}
        await server.stop()
    }

    @Test func `a large answer goes to a slow client whole, and one that takes nothing is dropped`()
        async throws
    {
        var patience = MetricsServer.Patience()
        patience.answer = .milliseconds(300)
        let engine = FakeEngine(profiles: 6_000)
        let (server, port) = try await start(engine, patience: patience)
        let stuck = try TCPClient(port: port, window: 4_096)
        stuck.send("GET /metrics HTTP/1.0\r\n\r\n")
        let client = try TCPClient(port: port, window: 65_536)
        client.send("GET /metrics HTTP/1.0\r\nX: body\r\n\r\nand more that nobody reads")
        let answer = try split(try #require(await client.readToEnd()))
        #expect(answer.body.utf8.count > 4_000_000)
        #expect(answer.head.contains("Content-Length: \(answer.body.utf8.count)"))
        // It ends although nothing is read for longer than the server has patience.
        while await server.server.connections.contains(where: { _ in true }) {
            try await Task.sleep(for: .milliseconds(20))
        }
        let cut = try #require(await stuck.readToEnd())
        #expect(cut.utf8.count < answer.body.utf8.count)
        await server.stop()
    }

    @Test func `who has said all there is to say is answered`() async throws {
        let (server, port) = try await start(FakeEngine())
        let client = try TCPClient(port: port)
        client.send("GET /metrics HTTP/1.0\r\n\r\n")
        shutdown(client.descriptor, Int32(SHUT_WR))
        #expect(try split(try #require(await client.readToEnd())).status == "200")
        await server.stop()
    }

    @Test func `who hangs up while the engine thinks leaves nothing behind`() async throws {
        var patience = MetricsServer.Patience()
        patience.engine = .milliseconds(300)
        let (server, port) = try await start(FakeEngine(isSilent: true), patience: patience)
        do {
            let client = try TCPClient(port: port)
            client.send("GET /metrics HTTP/1.0\r\n\r\n")
            while await server.server.connections.isEmpty {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        while await !server.server.connections.isEmpty {
            try await Task.sleep(for: .milliseconds(20))
        }
        await server.stop()
    }

    @Test func `all of a crowd that asks at the same moment are answered`() async throws {
        var patience = MetricsServer.Patience()
        patience.place = .seconds(10)
        patience.request = .seconds(10)
        let (server, port) = try await start(FakeEngine(), patience: patience)
        // Who connects first must not be dropped for who connects last.
        let clients = try (0..<(3 * MetricsServer.maxConnections)).map { _ in
            try TCPClient(port: port)
        }
        for client in clients { client.send("GET /healthz HTTP/1.0\r\n\r\n") }
        for client in clients {
            #expect(try split(try #require(await client.readToEnd())).status == "200")
        }
        await server.stop()
    }

    @Test func `who reads slowly does not make the server keep one rendering after the other`()
        async throws
    {
        let server = try make(FakeEngine(profiles: 6_000), mostHeld: 1 << 20)
        server.serve(MetricsListener(address: .loopback(port: 0)))
        let port = try #require(await server.port)
        let stuck = try TCPClient(port: port, window: 4_096)
        stuck.send("GET /metrics HTTP/1.0\r\n\r\n")
        while await !server.server.connections.contains(where: { $0.value.rendering != nil }) {
            try await Task.sleep(for: .milliseconds(5))
        }
        let answer = try await ask(port, accept: "application/openmetrics-text")
        #expect(answer.body.hasSuffix("# EOF\n"))
        let cut = try #require(await stuck.readToEnd())
        #expect(cut.utf8.count < 4_000_000)
        await server.stop()
    }

    @Test func `a port that is taken is told once, and heals`() async throws {
        let (first, port) = try await start(FakeEngine())
        var patience = MetricsServer.Patience()
        patience.retry = .milliseconds(20)
        let second = try make(FakeEngine(), patience: patience)
        second.serve(MetricsListener(address: .loopback(port: port)))
        while told.problems.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        #expect(
            told.problems.first??.description
                == "cannot listen on 127.0.0.1:\(port): Address already in use")
        try await Task.sleep(for: .milliseconds(100))
        #expect(told.problems.count == 1)
        await first.stop()
        while told.problems.count < 2 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(told.problems.last == .some(nil))
        #expect(try await ask(port).status == "200")
        await second.stop()
    }

    @Test func `another address takes the place of the old one, the same one stays`() async throws {
        let (server, port) = try await start(FakeEngine())
        server.serve(MetricsListener(address: .loopback(port: port), allowsRemote: true))
        #expect(await server.port == port)
        #expect(try await ask(port, "/healthz", host: "web1").status == "200")
        let client = try TCPClient(port: port)
        server.serve(MetricsListener(address: .loopback(port: port)))
        // Who is there already is served under the new rule.
        client.send("GET /healthz HTTP/1.1\r\nHost: web1\r\n\r\n")
        #expect(try split(try #require(await client.readToEnd())).status == "421")
        server.serve(
            MetricsListener(address: ListenAddress(bytes: [127, 0, 0, 2], port: port)))
        #expect(await server.port == port)
        #expect(throws: (any Error).self) { try TCPClient(port: port) }
        await server.stop()
        #expect(await server.port == nil)
    }

    @Test func `IPv6 is spoken where the machine has it`() async throws {
        let engine = FakeEngine()
        let server = try make(engine)
        let address = ListenAddress(
            bytes: [UInt8](repeating: 0, count: 15) + [1], port: 0)
        server.serve(MetricsListener(address: address))
        guard let port = await server.port else {
            await server.stop()
            try Test.cancel("this machine has no ::1")
        }
        let outcome = try await Subprocess.run(
            "python3",
            [
                "-c",
                "import urllib.request,sys; print(urllib.request.urlopen(sys.argv[1]).read().decode())",
                "http://[::1]:\(port)/healthz",
            ])
        #expect(outcome.outputText.contains("valid"))
        await server.stop()
    }
}
