@testable import Daemon
import Glibc
import Testing

@Suite struct ControlServerTests {
    private let folder: String
    private let path: String
    private let request = ControlRequest(command: .failback, group: "app", force: false)

    init() throws {
        folder = "/tmp/credwatch-control-\(UInt64.random(in: .min ... .max))"
        path = folder + "/control.sock"
        try #require(mkdir(folder, 0o700) == 0)
    }

    private func makeServer() throws -> ControlServer {
        try #require(
            ControlServer(path: path) { request, reply in
                reply(ControlReply(done: true, text: "moved \(request.group)"))
            })
    }

    @Test func `a request gets its answer, and the socket goes at the end`() async throws {
        defer { removeFolder() }
        let server = try makeServer()
        try await server.start()
        #expect(try send(request, to: path) == ControlReply(done: true, text: "moved app"))
        await server.stop()
        #expect(access(path, F_OK) != 0)
    }

    @Test func `a socket that was removed is made again by the next start`() async throws {
        defer { removeFolder() }
        let server = try makeServer()
        try await server.start()
        #expect(unlink(path) == 0)
        #expect(throws: ControlProblem.self) { try send(request, to: path) }
        try await server.start()
        #expect(try send(request, to: path).done)
        await server.stop()
    }

    @Test func `what another one has put in its place is left alone`() async throws {
        defer { removeFolder() }
        let (first, second) = (try makeServer(), try makeServer())
        try await first.start()
        await #expect(throws: SocketProblem.self) { try await second.start() }
        #expect(unlink(path) == 0)
        try await second.start()
        await #expect(throws: SocketProblem.self) { try await first.start() }
        await first.stop()
        #expect(try send(request, to: path).done)
        await second.stop()
    }

    private func removeFolder() {
        unlink(path)
        rmdir(folder)
    }
}
