import Glibc

@testable import Daemon

/// A client of a port of 127.0.0.1 that says whatever a test wants.
final class TCPClient: Sendable {
    let descriptor: Int32

    /// `window` is how much the system takes in for it before it reads.
    init(port: UInt16, window: Int32? = nil) throws {
        descriptor = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if var window {
            setsockopt(
                descriptor, SOL_SOCKET, SO_RCVBUF, &window, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw Unprepared("connect to port \(port)") }
        // A bound for a server that neither answers nor hangs up.
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    @discardableResult
    func send(_ text: String) -> Bool { UnixSocket.sendAll(Array(text.utf8), to: descriptor) }

    /// Reads until the server hangs up; nil when it never does.
    func readToEnd() async -> String? {
        let result = await read(toTheEndOf: descriptor)
        withExtendedLifetime(self) {}
        return result.map { String(decoding: $0, as: UTF8.self) }
    }
}
