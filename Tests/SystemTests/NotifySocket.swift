import EventLoops
import Glibc

/// A datagram socket that stands in for the service manager.
final class NotifySocket: Sendable {
    private let descriptor: Int32
    private let loop: EventLoop
    private let stream: AsyncStream<String>

    init(path: String) throws {
        let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, let loop = EventLoop() else {
            throw FileTrouble(description: "bind \(path)")
        }
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        loop.watch(descriptor) {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 {
                continuation.yield(String(decoding: buffer[..<count], as: UTF8.self))
            }
        }
        self.descriptor = descriptor
        self.loop = loop
        self.stream = stream
    }

    deinit {
        let descriptor = descriptor
        let loop = loop
        loop.async {
            loop.unwatch(descriptor)
            close(descriptor)
        }
    }

    /// Waits for the next message that fits; those before it are passed over.
    func message(where fits: (String) -> Bool) async -> String? {
        for await message in stream where fits(message) { return message }
        return nil
    }
}
