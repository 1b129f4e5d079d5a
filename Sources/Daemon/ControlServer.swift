import Model

/// The daemon's end of the control socket: root and the daemon's own user may give orders.
final class ControlServer: Sendable {
    /// Takes the answer to a request, later or at once, from any thread.
    typealias Reply = @Sendable (ControlReply) -> Void

    private let server: LineServer

    /// `patience` is how long a client may take for its request.
    init?(
        path: String, patience: Duration = .seconds(5),
        handler: @escaping @Sendable (ControlRequest, @escaping Reply) -> Void
    ) {
        let server = LineServer(path: path, access: .owners, patience: patience) {
            line, _, reply in
            guard let request = ControlRequest(line: line) else {
                return reply(
                    ControlReply(done: false, text: "this is no request of credwatch").line)
            }
            handler(request) { reply($0.line) }
        }
        guard let server else { return nil }
        self.server = server
    }

    /// Listens; see ``LineServer/start()``.
    func start() async throws(SocketProblem) { try await server.start() }

    /// Closes everything and removes the socket.
    func stop() async { await server.stop() }
}
