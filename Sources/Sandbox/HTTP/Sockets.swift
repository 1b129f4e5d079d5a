import CDescriptors
import Glibc

/// The socket calls of the server, each with close-on-exec and without blocking.
enum Sockets {
    /// Opens a listener; port 0 picks a free one.
    static func listen(
        at place: ListeningPlace, port: UInt16, backlog: Int32
    ) throws(SandboxError) -> (descriptor: Int32, port: UInt16) {
        let kind = Int32(SOCK_STREAM.rawValue) | socketFlags
        let descriptor = socket(AF_INET, kind, 0)
        guard descriptor >= 0 else { throw .system("socket", errno) }
        var yes: Int32 = 1
        setsockopt(
            descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = place == .loopback ? UInt32(0x7F00_0001).bigEndian : 0
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withSockaddr(&address) { bind(descriptor, $0, length) } == 0
        guard isBound, Glibc.listen(descriptor, backlog) == 0,
            withSockaddr(&address, { getsockname(descriptor, $0, &length) }) == 0
        else {
            let number = errno
            close(descriptor)
            throw number == EADDRINUSE ? .portInUse(port) : .system("bind", number)
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    /// What came of an attempt to accept.
    enum Accepted {
        case connection(Int32)
        case none
        /// Out of descriptors or memory: the next attempt fails too until something is closed.
        case exhausted
    }

    static func accept(_ listener: Int32) -> Accepted {
        while true {
            let descriptor = accept4(listener, nil, nil, socketFlags)
            if descriptor >= 0 {
                var yes: Int32 = 1
                setsockopt(
                    descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes,
                    socklen_t(MemoryLayout<Int32>.size))
                return .connection(descriptor)
            }
            switch errno {
            // Those that went away while they waited are no reason to stop.
            case EINTR, ECONNABORTED, EPROTO: continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
            default: return .none
            }
        }
    }

    private static let socketFlags =
        Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)

    private static func withSockaddr(
        _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> Int32
    ) -> Int32 {
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
        }
    }
}

/// Where a sandbox is to be reached.
package enum ListeningPlace: Sendable, Hashable {
    /// 127.0.0.1 alone.
    case loopback
    /// Every address of the machine, for a network namespace in which nobody else is.
    case everywhere
}

/// Why a sandbox cannot be started, or its files cannot be written.
package enum SandboxError: Error, Sendable, Hashable, CustomStringConvertible {
    case portInUse(UInt16)
    /// A call of the system failed, with its `errno`.
    case system(String, Int32)
    /// A file exists that the sandbox has not written, and will not replace.
    case foreignFile(String)
    case unwritable(path: String, Int32)

    package var description: String {
        switch self {
        case .portInUse(let port): "Port \(port) of 127.0.0.1 is in use; choose another, or 0."
        case .system(let call, let number): "\(call) failed: \(Self.text(number))."
        case .foreignFile(let path):
            "\(path) exists and was not written by credwatch-sandbox; choose another directory."
        case .unwritable(let path, let number): "\(path) cannot be written: \(Self.text(number))."
        }
    }

    private static func text(_ number: Int32) -> String {
        strerror(number).map { String(cString: $0) } ?? "error \(number)"
    }
}
