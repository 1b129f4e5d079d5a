import Glibc

/// Why an order could not be given.
package enum ControlProblem: Error, Sendable, Hashable, CustomStringConvertible {
    case socket(SocketProblem)
    /// The daemon closed the connection: the caller may not give orders, or it stopped.
    case noAnswer(path: String)

    package var description: String {
        switch self {
        case .socket(let problem):
            "\(problem); is the daemon running, and are you root or its user?"
        case .noAnswer(let path):
            "the daemon at \(path) closed the connection: only root and its own user may give orders"
        }
    }
}

/// Gives an order to the running daemon and waits for its answer, which for a failover comes when the
/// hook is done.
package func send(_ request: ControlRequest, to path: String) throws(ControlProblem)
    -> ControlReply
{
    let socket: Int32
    do {
        socket = try UnixSocket.connect(to: path)
    } catch {
        throw .socket(error)
    }
    defer { close(socket) }
    guard UnixSocket.sendAll(request.line, to: socket) else { throw .noAnswer(path: path) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while bytes.count < 65_536, !bytes.contains(0x0A) {
        let count = recv(socket, &buffer, buffer.count, 0)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        bytes += buffer[..<count]
    }
    guard let reply = ControlReply(line: bytes) else { throw .noAnswer(path: path) }
    return reply
}
