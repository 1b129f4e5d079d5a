import Glibc
import Model
import Support
import Synchronization
import Testing

@testable import Daemon

/// The server on a socket of its own, with clients as they come.
@Suite(.timeLimit(.minutes(1)))
struct ControlServerTests {
    private let folder: TestFolder
    private var path: String { folder.file("control.sock") }
    private static let line = ControlRequest(command: .failover, group: "app", force: true).line

    init() throws { folder = try TestFolder() }

    /// Starts a server that repeats each order.
    private func start(patience: Duration = .seconds(30)) async throws -> ControlServer {
        try await start(patience: patience) { request, reply in
            let words = "\(request.command.rawValue) \(request.group) \(request.force)"
            reply(ControlReply(done: true, text: words))
        }
    }

    private func start(
        patience: Duration = .seconds(30),
        handler: @escaping @Sendable (ControlRequest, @escaping ControlServer.Reply) -> Void
    ) async throws -> ControlServer {
        let server = try #require(
            ControlServer(path: path, patience: patience, handler: handler))
        try await server.start()
        return server
    }

    private func ask(_ request: ControlRequest) async -> ControlReply? {
        let path = path
        return await blocking { try? send(request, to: path) }
    }

    @Test(arguments: ControlRequest.Command.allCases, [true, false])
    func `an order reaches the handler, and its answer the client`(
        _ command: ControlRequest.Command, _ force: Bool
    ) async throws {
        let server = try await start()
        let reply = await ask(ControlRequest(command: command, group: "app", force: force))
        #expect(reply == ControlReply(done: true, text: "\(command.rawValue) app \(force)"))
        await server.stop()
    }

    @Test func `a socket that was removed is made again by the next start`() async throws {
        let server = try await start()
        #expect(unlink(path) == 0)
        let request = ControlRequest(command: .failback, group: "app", force: false)
        #expect(await ask(request) == nil)
        try await server.start()
        #expect(await ask(request)?.done == true)
        await server.stop()
        #expect(access(path, F_OK) != 0)
    }

    @Test func `what another one has put in its place is left alone`() async throws {
        let first = try await start()
        #expect(unlink(path) == 0)
        let second = try await start()
        await #expect(throws: SocketProblem.self) { try await first.start() }
        await first.stop()
        let request = ControlRequest(command: .failback, group: "app", force: false)
        #expect(await ask(request)?.done == true)
        await second.stop()
    }

    @Test func `a request that comes byte by byte is one request`() async throws {
        let server = try await start()
        let client = try RawClient(path)
        for byte in Self.line { client.send([byte]) }
        #expect(await client.reply()?.text == "failover app true")
        await server.stop()
    }

    @Test(
        arguments: [
            "garbage\n", "\n", "{}\n", "{\"command\":\"stop\",\"group\":\"app\",\"force\":false}\n",
            "\u{0}\u{1}\n", "[[[[[[[[[[[[[[[[\n",
            "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        ])
    func `what is no request is told so, and the server goes on`(_ text: String) async throws {
        let server = try await start()
        let client = try RawClient(path)
        client.send(text)
        #expect(
            await client.reply()
                == ControlReply(done: false, text: "this is no request of credwatch"))
        #expect(await ask(ControlRequest(command: .failback, group: "b", force: false)) != nil)
        await server.stop()
    }

    @Test func `a request that is too long is not read to its end`() async throws {
        let server = try await start()
        let client = try RawClient(path)
        client.send([UInt8](repeating: 0x78, count: 1 << 20))
        #expect(await client.readToEnd() == [])
        await server.stop()
    }

    @Test(arguments: [0, 10])
    func `a client that takes too long is dropped, whether it speaks or not`(_ bytes: Int)
        async throws
    {
        let server = try await start(patience: .milliseconds(150))
        let clock = ContinuousClock()
        let begin = clock.now
        let client = try RawClient(path)
        client.send(Array(Self.line.prefix(bytes)))
        #expect(await client.readToEnd() == [])
        #expect(clock.now - begin >= .milliseconds(150))
        #expect(await ask(ControlRequest(command: .failback, group: "b", force: false)) != nil)
        await server.stop()
    }

    @Test func `patience is for the request, not for the answer`() async throws {
        let held = HeldReplies()
        let server = try await start(patience: .milliseconds(50), handler: held.take)
        let client = try RawClient(path)
        client.send(Self.line)
        #expect(await held.arrivals.wait(for: 1))
        // One that says nothing, and came later, marks the time.
        #expect(try await RawClient(path).readToEnd() == [])
        held.answer(0, ControlReply(done: true, text: "after all"))
        #expect(await client.reply()?.text == "after all")
        await server.stop()
    }

    @Test func `of 40 clients 32 are heard, and the others when there is room`() async throws {
        let server = try await start()
        let clients = try (0..<40).map { _ in try RawClient(path) }
        for client in clients[32...] { #expect(await client.readToEnd() == []) }
        for client in clients[..<32] { client.send(Self.line) }
        for client in clients[..<32] { #expect(await client.reply()?.done == true) }
        #expect(await ask(ControlRequest(command: .failover, group: "late", force: false)) != nil)
        await server.stop()
    }

    @Test func `an answer never reaches another client than the one that asked`() async throws {
        let held = HeldReplies()
        let server = try await start(handler: held.take)
        do {
            let first = try RawClient(path)
            first.send(Self.line)
            #expect(await held.arrivals.wait(for: 1))
        }
        // By the time that this one is answered, the server has seen the first one go.
        let second = try RawClient(path)
        second.send("?\n")
        #expect(await second.reply()?.done == false)
        let third = try RawClient(path)
        third.send(Self.line)
        #expect(await held.arrivals.wait(for: 2))
        held.answer(0, ControlReply(done: true, text: "for the first"))
        held.answer(1, ControlReply(done: true, text: "for the third"))
        #expect(await third.reply()?.text == "for the third")
        await server.stop()
    }

    @Test func `a stop ends every connection and removes the socket, a start brings it back`()
        async throws
    {
        let server = try await start()
        let client = try RawClient(path)
        client.send("half")
        await server.stop()
        #expect(await client.readToEnd() == [])
        #expect(access(path, F_OK) != 0)
        await server.stop()
        try await server.start()
        try await server.start()
        #expect(await ask(ControlRequest(command: .failback, group: "b", force: false)) != nil)
        await server.stop()
    }
}

/// A handler that answers when the test says so.
private final class HeldReplies: Sendable {
    let arrivals = Arrivals()
    private let replies = Mutex<[ControlServer.Reply]>([])

    func take(_ request: ControlRequest, _ reply: @escaping ControlServer.Reply) {
        replies.withLock { $0.append(reply) }
        arrivals.add()
    }

    func answer(_ index: Int, _ reply: ControlReply) {
        replies.withLock { $0[index] }(reply)
    }
}
