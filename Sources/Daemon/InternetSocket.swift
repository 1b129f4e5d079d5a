import CLinux
import Glibc
import Model

/// Calls on listening sockets of IPv4 and IPv6.
enum InternetSocket {
    /// Listens on an address; close-on-exec and non-blocking. Returns the descriptor.
    static func listen(on address: ListenAddress) throws(SocketProblem) -> Int32 {
        let isVersion6 = address.bytes.count == 16
        let flags = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let socket = socket(isVersion6 ? AF_INET6 : AF_INET, Int32(flags), 0)
        guard socket >= 0 else { throw problem("open a socket for", address) }
        // A port that was used a moment ago is no port that is taken; one of IPv6 is of IPv6 only.
        set(SOL_SOCKET, SO_REUSEADDR, of: socket)
        if isVersion6 { set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, of: socket) }
        let isBound = withAddress(address) { Glibc.bind(socket, $0, $1) == 0 }
        guard isBound, Glibc.listen(socket, 128) == 0 else {
            let problem = problem("listen on", address)
            close(socket)
            throw problem
        }
        return socket
    }

    /// The port that a socket is bound to.
    static func port(of socket: Int32) -> UInt16? {
        var address = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(socket, $0, &size)
            }
        }
        // In both kinds of address the port stands at the same place.
        return code == 0 ? UInt16(bigEndian: address.sin6_port) : nil
    }

    private static func set(_ level: Int32, _ option: Int32, of socket: Int32) {
        var one: Int32 = 1
        setsockopt(socket, level, option, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Makes the problem from errno, so it has to come before any other call.
    private static func problem(_ operation: String, _ address: ListenAddress) -> SocketProblem {
        SocketProblem(operation: operation, path: address.description, code: errno)
    }

    private static func withAddress<Result>(
        _ address: ListenAddress, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        if address.bytes.count == 16 {
            var full = sockaddr_in6()
            full.sin6_family = sa_family_t(AF_INET6)
            full.sin6_port = address.port.bigEndian
            withUnsafeMutableBytes(of: &full.sin6_addr) { $0.copyBytes(from: address.bytes) }
            return erased(&full, body)
        }
        var full = sockaddr_in()
        full.sin_family = sa_family_t(AF_INET)
        full.sin_port = address.port.bigEndian
        withUnsafeMutableBytes(of: &full.sin_addr) { $0.copyBytes(from: address.bytes) }
        return erased(&full, body)
    }

    private static func erased<Address, Result>(
        _ address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }
}
