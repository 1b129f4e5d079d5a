import CLinux
import EventLoops
import Glibc
import Model

/// A server on a Unix socket: a connection carries one line and the line that answers it.
///
/// It lives on an event loop of its own. A connection is closed when its line is too long or comes too late.
actor LineServer {
    /// Takes the answer to a line, later or at once, from any thread.
    typealias Reply = @Sendable ([UInt8]) -> Void
    /// Is called on the server's loop with a line, without its end, and the user who sent it.
    typealias Handler = @Sendable (_ line: [UInt8], _ user: UInt32, @escaping Reply) -> Void

    /// Who may connect.
    enum Access: Sendable {
        /// Root and the daemon's own user.
        case owners
        /// Everybody; what a user gets is for the handler to decide.
        case everybody

        var mode: mode_t { self == .owners ? 0o600 : 0o666 }

        func admits(_ user: UInt32) -> Bool {
            self == .everybody || user == 0 || user == geteuid()
        }
    }

    private struct Connection {
        var id: Int
        var user: UInt32
        var bytes: [UInt8] = []
        var lateness: UInt64
        var isAsking = true
    }

    private let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let path: String
    private let access: Access
    private let patience: Duration
    private let handler: Handler
    private var listener: Int32?
    /// What was made at the path, as device and inode.
    private var bound: (device: dev_t, inode: ino_t)?
    private var connections: [Int32: Connection] = [:]
    private var lastID = 0

    private var maxConnections: Int { access == .owners ? 32 : 64 }
    private static let maxRequest = 4_096

    /// `patience` is how long a client may take for its request.
    init?(
        path: String, access: Access, patience: Duration, handler: @escaping Handler
    ) {
        guard let loop = EventLoop() else { return nil }
        self.loop = loop
        self.path = path
        self.access = access
        self.patience = patience
        self.handler = handler
    }

    /// Binds the socket; a left-over socket of a dead daemon is replaced, a living one is
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
        // Linux makes the file with the socket's own mode, less the umask. That is not touched: it belongs to
        // the whole process, and to the hooks that start meanwhile.
        guard fchmod(socket, access.mode) == 0 else { return errno }
        let result = UnixSocket.withAddress(path) { Glibc.bind(socket, $0, $1) == 0 ? 0 : errno }
        guard result == 0 else { return result ?? ENAMETOOLONG }
        if access == .everybody,
            fchmodat(AT_FDCWD, path, access.mode, AT_SYMLINK_NOFOLLOW) != 0
        {
            return errno
        }
        return listen(socket, 64) == 0 ? nil : errno
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
                access.admits(user), makesRoom(for: user)
            else {
                close(descriptor)
                continue
            }
            lastID += 1
            let id = lastID
            let lateness = loop.after(patience) { [weak self] in
                self?.assumeIsolated { $0.drop(descriptor) }
            }
            connections[descriptor] = Connection(id: id, user: user, lateness: lateness)
            loop.watch(descriptor) { [weak self] in self?.assumeIsolated { $0.read(descriptor) } }
        }
    }

    /// Whether there is a place, if need be that of a connection of whoever has the most.
    ///
    /// Who has more than the newcomer would have loses the oldest that has not asked yet. So no user, and no
    /// users who agree on it, can keep another one out by connections that say nothing.
    private func makesRoom(for user: UInt32) -> Bool {
        guard connections.count >= maxConnections else { return true }
        let places = Dictionary(grouping: connections, by: \.value.user)
        let most = places.max { ($0.value.count, $0.key) < ($1.value.count, $1.key) }
        guard let most, most.value.count > (places[user]?.count ?? 0) + 1 else { return false }
        let oldest = most.value.min { left, right in
            let (one, other) = (left.value, right.value)
            return one.isAsking == other.isAsking ? one.id < other.id : one.isAsking
        }
        guard let oldest else { return false }
        drop(oldest.key)
        return true
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
        let (id, loop) = (connection.id, loop)
        handler(Array(connection.bytes[..<end]), connection.user) { [self] reply in
            loop.async { self.assumeIsolated { $0.answer(descriptor, id, reply) } }
        }
    }

    /// Answers a connection that still is the one that asked; its number may be another's by now.
    private func answer(_ descriptor: Int32, _ id: Int, _ reply: [UInt8]) {
        guard connections[descriptor]?.id == id else { return }
        _ = UnixSocket.sendAll(reply, to: descriptor)
        drop(descriptor)
    }

    private func drop(_ descriptor: Int32) {
        guard let connection = connections.removeValue(forKey: descriptor) else { return }
        loop.cancel(timer: connection.lateness)
        loop.unwatch(descriptor)
        close(descriptor)
    }
}
