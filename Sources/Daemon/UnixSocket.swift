import CLinux
import Glibc
import Model

/// A failure of a socket call: what was tried, and the system's reason.
package struct SocketProblem: Error, Sendable, Hashable, CustomStringConvertible {
    package var operation: String
    package var path: String
    package var code: Int32

    package var description: String { "cannot \(operation) \(path): \(reason)" }

    /// The system's own text.
    var reason: String { String(cString: strerror(code)) }
}

/// Calls on Unix stream sockets.
enum UnixSocket {
    /// Opens a socket; close-on-exec, and non-blocking when wanted.
    static func open(nonBlocking: Bool) -> Int32 {
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        return socket(AF_UNIX, nonBlocking ? flags | Int32(SOCK_NONBLOCK.rawValue) : flags, 0)
    }

    /// Calls `body` with the address of a path; nil when the path is too long for an address.
    static func withAddress<Result>(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard !bytes.isEmpty, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            return nil
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// Connects to a path; returns the descriptor.
    ///
    /// A server that accepts nobody, with as many waiting as the system lets wait, is waited for no longer than
    /// `patience`; so is each send later on.
    static func connect(
        to path: String, patience: Duration = .seconds(5)
    ) throws(SocketProblem) -> Int32 {
        let socket = open(nonBlocking: false)
        guard socket >= 0 else {
            throw SocketProblem(operation: "open a socket for", path: path, code: errno)
        }
        credwatch_limit_sending(socket, patience.nanoseconds / 1_000_000)
        var result = withAddress(path) { Glibc.connect(socket, $0, $1) == 0 ? 0 : errno }
        if result == EAGAIN { result = ETIMEDOUT }
        guard result == 0 else {
            close(socket)
            throw SocketProblem(
                operation: "connect to", path: path, code: result ?? ENAMETOOLONG)
        }
        return socket
    }

    /// Whether nobody listens any more on the socket at a path; never waits, as for one that is too busy.
    static func isAbandoned(_ path: String) -> Bool {
        let socket = open(nonBlocking: true)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        return withAddress(path) { Glibc.connect(socket, $0, $1) == 0 ? 0 : errno } == ECONNREFUSED
    }

    /// The user at the other end; nil when the system does not say.
    static func peerUser(of socket: Int32) -> uid_t? {
        uid_t(exactly: credwatch_peer_user(socket))
    }

    /// Sends all bytes, as far as the other end takes them; never raises SIGPIPE.
    static func sendAll(_ bytes: [UInt8], to socket: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if sent < 0, errno == EINTR { continue }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }
}
