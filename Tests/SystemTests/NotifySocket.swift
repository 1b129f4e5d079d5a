import Dispatch
import Glibc

/// A datagram socket that stands in for the service manager.
final class NotifySocket {
    private let descriptor: Int32
    private let stream: AsyncStream<String>
    private let source: any DispatchSourceRead

    init(path: String) throws {
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0 else { throw FileTrouble(description: "bind \(path)") }
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        let source = DispatchSource.makeReadSource(
            fileDescriptor: descriptor, queue: DispatchQueue(label: "notify"))
        source.setEventHandler {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 {
                continuation.yield(String(decoding: buffer[..<count], as: UTF8.self))
            }
        }
        source.setCancelHandler { close(descriptor) }
        source.activate()
        self.descriptor = descriptor
        self.stream = stream
        self.source = source
    }

    deinit {
        source.cancel()
    }

    /// Waits for the next message that fits; those before it are passed over.
    func message(where fits: (String) -> Bool) async -> String? {
        for await message in stream where fits(message) { return message }
        return nil
    }
}
