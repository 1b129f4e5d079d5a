import CLinux
import EventLoops
import Glibc
import Model

/// The daemon's end of the control socket: root and the daemon's own user may give orders.
///
/// It lives on an event loop of its own. A connection carries one request and one reply; it is closed
/// when the request is too long, comes too late, or is none.
actor ControlServer {
    /// Takes the answer to a request, later or at once, from any thread.
    typealias Reply = @Sendable (ControlReply) -> Void

    private struct Connection {
        var id: Int
        var bytes: [UInt8] = []
        var lateness: UInt64
        var isAsking = true
    }

    private let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let path: String
    private let patience: Duration
    private let handler: @Sendable (ControlRequest, @escaping Reply) -> Void
    private var listener: Int32?
    /// What was made at the path, as device and inode.
    private var bound: (device: dev_t, inode: ino_t)?
    private var connections: [Int32: Connection] = [:]
    private var lastID = 0

    private static let maxConnections = 32
    private static let maxRequest = 4_096

    /// `patience` is how long a client may take for its request.
    init?(
        path: String, patience: Duration = .seconds(5),
        handler: @escaping @Sendable (ControlRequest, @escaping Reply) -> Void
    ) {
        guard let loop = EventLoop() else { return nil }
        self.loop = loop
        self.path = path
        self.patience = patience
        self.handler = handler
    }

    /// Binds the socket, mode 0600; a left-over socket of a dead daemon is replaced, a living one is
    /// not. Does nothing when it listens already, unless the socket was removed from under it.
    func start() throws(SocketProblem) {
        if listener != nil, isReachable { return }
        endListening()
        let socket = UnixSocket.open(nonBlocking: true)
        guard socket >= 0 else {
            throw SocketProblem(operation: "open", path: path, code: errno)
        }
        if let code = bind(socket) {
            close(socket)
            throw SocketProblem(operation: "listen on", path: path, code: code)
        }
        listener = socket
        bound = identity
        watch(socket)
    }

    private func watch(_ socket: Int32) {
        loop.watch(socket) { [weak self] in self?.assumeIsolated { $0.accept(from: socket) } }
    }

    /// Closes everything and removes the socket.
    func stop() {
        if listener != nil, isReachable { unlink(path) }
        endListening()
        for descriptor in Array(connections.keys) { drop(descriptor) }
    }

    private func endListening() {
        guard let listener else { return }
        loop.unwatch(listener)
        close(listener)
        self.listener = nil
        bound = nil
    }

    /// Whether the path still leads here: a runtime directory may be cleared, or made anew.
    private var isReachable: Bool {
        guard let bound, let identity else { return false }
        return bound == identity
    }

    private var identity: (device: dev_t, inode: ino_t)? {
        var status = stat()
        return lstat(path, &status) == 0 ? (status.st_dev, status.st_ino) : nil
    }

    /// Binds and listens; returns the error's code when it fails.
    private func bind(_ socket: Int32) -> Int32? {
        var status = stat()
        if lstat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFSOCK else { return EEXIST }
            guard UnixSocket.isAbandoned(path) else { return EADDRINUSE }
            unlink(path)
        }
        // Linux makes the file with the socket's own mode. The umask is not touched: it belongs to the
        // whole process, and to the hooks that start meanwhile.
        guard fchmod(socket, 0o600) == 0 else { return errno }
        let result = UnixSocket.withAddress(path) { Glibc.bind(socket, $0, $1) == 0 ? 0 : errno }
        guard result == 0 else { return result ?? ENAMETOOLONG }
        return listen(socket, 16) == 0 ? nil : errno
    }

    private func accept(from socket: Int32) {
        while true {
            let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            let descriptor = accept4(socket, nil, nil, flags)
            guard descriptor >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                if errno != EAGAIN { rest(from: socket) }
                return
            }
            guard let user = UnixSocket.peerUser(of: descriptor),
                user == 0 || user == geteuid(), connections.count < Self.maxConnections
            else {
                close(descriptor)
                continue
            }
            lastID += 1
            let id = lastID
            let lateness = loop.after(patience) { [weak self] in
                self?.assumeIsolated { $0.drop(descriptor) }
            }
            connections[descriptor] = Connection(id: id, lateness: lateness)
            loop.watch(descriptor) { [weak self] in self?.assumeIsolated { $0.read(descriptor) } }
        }
    }

    /// Accepts nothing for a second: a client that waits while no descriptor is left would otherwise
    /// wake the loop again and again.
    private func rest(from socket: Int32) {
        loop.unwatch(socket)
        loop.after(.seconds(1)) { [weak self] in
            self?.assumeIsolated { if $0.listener == socket { $0.watch(socket) } }
        }
    }

    private func read(_ descriptor: Int32) {
        guard var connection = connections[descriptor] else { return }
        var buffer = [UInt8](repeating: 0, count: Self.maxRequest)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        // After its request a client has nothing to say: it has gone, or it misbehaves.
        guard count > 0, connection.isAsking else { return drop(descriptor) }
        connection.bytes += buffer[..<count]
        guard let end = connection.bytes.firstIndex(of: 0x0A) else {
            if connection.bytes.count >= Self.maxRequest { return drop(descriptor) }
            connections[descriptor] = connection
            return
        }
        connection.isAsking = false
        loop.cancel(timer: connection.lateness)
        connections[descriptor] = connection
        guard let request = ControlRequest(line: Array(connection.bytes[..<end])) else {
            return answer(
                descriptor, connection.id,
                ControlReply(done: false, text: "this is no request of credwatch"))
        }
        let (id, loop) = (connection.id, loop)
        handler(request) { [self] reply in
            loop.async { self.assumeIsolated { $0.answer(descriptor, id, reply) } }
        }
    }

    /// Answers a connection that still is the one that asked; its number may be another's by now.
    private func answer(_ descriptor: Int32, _ id: Int, _ reply: ControlReply) {
        guard connections[descriptor]?.id == id else { return }
        _ = UnixSocket.sendAll(reply.line, to: descriptor)
        drop(descriptor)
    }

    private func drop(_ descriptor: Int32) {
        guard let connection = connections.removeValue(forKey: descriptor) else { return }
        loop.cancel(timer: connection.lateness)
        loop.unwatch(descriptor)
        close(descriptor)
    }
}
