import CLinux
import Dispatch
import Glibc
import Model

/// The daemon's end of the control socket: root and the daemon's own user may give orders.
///
/// Everything happens on the engine's queue. A connection carries one request and one reply; it is
/// closed when the request is too long, comes too late, or is none.
final class ControlServer {
    /// Takes the answer to a request, later or at once, on the queue.
    typealias Reply = @Sendable (ControlReply) -> Void

    private let path: String
    private let queue: DispatchQueue
    private let handler: @Sendable (ControlRequest, @escaping Reply) -> Void
    private unowned let isolation: Engine
    private var listener: (any DispatchSourceRead)?
    private var connections: [Int32: Connection] = [:]
    private var nextID = 0
    private static let maxConnections = 32
    private static let maxRequest = 4_096

    private struct Connection {
        var id: Int
        var source: any DispatchSourceRead
        var bytes: [UInt8] = []
        var answered = false
    }

    init(
        path: String, queue: DispatchQueue,
        isolation: Engine,
        handler: @escaping @Sendable (ControlRequest, @escaping Reply) -> Void
    ) {
        self.path = path
        self.queue = queue
        self.isolation = isolation
        self.handler = handler
    }

    var isListening: Bool { listener != nil }

    /// Binds the socket, mode 0600; a left-over socket of a dead daemon is replaced, a living one is
    /// not.
    func start() throws(SocketProblem) {
        let socket = UnixSocket.open(nonBlocking: true)
        guard socket >= 0 else {
            throw SocketProblem(operation: "open", path: path, code: errno)
        }
        if let code = bind(socket) {
            close(socket)
            throw SocketProblem(operation: "listen on", path: path, code: code)
        }
        let source = DispatchSource.makeReadSource(fileDescriptor: socket, queue: queue)
        source.setEventHandler { [unowned self] in accept(from: socket) }
        source.setCancelHandler { close(socket) }
        source.activate()
        listener = source
    }

    /// Closes everything and removes the socket.
    func stop() {
        guard let listener else { return }
        listener.cancel()
        self.listener = nil
        unlink(path)
        for descriptor in Array(connections.keys) { drop(descriptor) }
    }

    /// Binds and listens; returns the error's code when it fails.
    private func bind(_ socket: Int32) -> Int32? {
        var status = stat()
        if lstat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFSOCK else { return EEXIST }
            if let living = try? UnixSocket.connect(to: path) {
                close(living)
                return EADDRINUSE
            }
            unlink(path)
        }
        let mask = umask(0o177)
        let result = UnixSocket.withAddress(path) { Glibc.bind(socket, $0, $1) == 0 ? 0 : errno }
        umask(mask)
        guard result == 0 else { return result ?? ENAMETOOLONG }
        return listen(socket, 16) == 0 ? nil : errno
    }

    private func accept(from socket: Int32) {
        while true {
            let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            let descriptor = accept4(socket, nil, nil, flags)
            guard descriptor >= 0 else { return }
            guard let user = UnixSocket.peerUser(of: descriptor),
                user == 0 || user == geteuid(), connections.count < Self.maxConnections
            else {
                close(descriptor)
                continue
            }
            let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
            source.setEventHandler { [unowned self] in read(from: descriptor) }
            source.setCancelHandler { close(descriptor) }
            nextID += 1
            connections[descriptor] = Connection(id: nextID, source: source)
            source.activate()
        }
    }

    private func read(from descriptor: Int32) {
        var buffer = [UInt8](repeating: 0, count: Self.maxRequest)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0, var connection = connections[descriptor], !connection.answered else {
            return drop(descriptor)
        }
        connection.bytes += buffer[..<count]
        guard let end = connection.bytes.firstIndex(of: 0x0A) else {
            if connection.bytes.count >= Self.maxRequest { return drop(descriptor) }
            connections[descriptor] = connection
            return
        }
        connection.answered = true
        connections[descriptor] = connection
        guard let request = ControlRequest(line: Array(connection.bytes[..<end])) else {
            return answer(
                descriptor, ControlReply(done: false, text: "this is no request of credwatch"))
        }
        let id = connection.id
        handler(request) { [isolation] reply in
            isolation.assumeIsolated { $0.control?.answer(descriptor, id, reply) }
        }
    }

    /// Answers a connection that still is the one that asked; its number may be another's by now.
    func answer(_ descriptor: Int32, _ id: Int, _ reply: ControlReply) {
        if connections[descriptor]?.id == id { answer(descriptor, reply) }
    }

    private func answer(_ descriptor: Int32, _ reply: ControlReply) {
        _ = UnixSocket.sendAll(reply.line, to: descriptor)
        drop(descriptor)
    }

    private func drop(_ descriptor: Int32) {
        connections.removeValue(forKey: descriptor)?.source.cancel()
    }
}
