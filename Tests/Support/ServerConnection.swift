import CCrypto
import Glibc

/// One connection of a client, with or without TLS.
final class ServerConnection {
    private let descriptor: Int32
    private let tls: OpaquePointer?
    private var pending: [UInt8] = []

    /// Takes a connection over, and shakes hands if there are certificates; nil when that fails.
    init?(_ descriptor: Int32, _ certificates: TestCertificates? = nil) {
        self.descriptor = descriptor
        guard let certificates else {
            tls = nil
            return
        }
        guard let tls = certificates.accept(descriptor) else { return nil }
        self.tls = tls
    }

    deinit { SSL_free(tls) }

    /// Reads the next request; nil when the client is gone, or sends no HTTP.
    func readRequest() -> ReceivedRequest? {
        guard let head = readHead(), var request = ReceivedRequest(head: head) else { return nil }
        let length = request.header("content-length").flatMap { Int($0) } ?? 0
        while pending.count < length {
            guard let bytes = read() else { return nil }
            pending += bytes
        }
        request.body = String(decoding: pending.prefix(length), as: UTF8.self)
        pending.removeFirst(length)
        return request
    }

    /// Reads up to the empty line after the headers.
    private func readHead() -> [UInt8]? {
        let mark = Array("\r\n\r\n".utf8)
        while true {
            if pending.count >= mark.count {
                for end in mark.count...pending.count
                where pending[(end - mark.count)..<end].elementsEqual(mark) {
                    defer { pending.removeFirst(end) }
                    return Array(pending[..<end])
                }
            }
            guard pending.count < 65_536, let bytes = read() else { return nil }
            pending += bytes
        }
    }

    /// Does what an answer says; false when the connection is at its end.
    func perform(_ answer: FaultAnswer) -> Bool {
        switch answer {
        case .bytes(let bytes, let thenClose): return write(bytes) && !thenClose
        case .drip(let bytes):
            for byte in bytes {
                guard write([byte]) else { return false }
                usleep(20_000)
            }
            return true
        case .forever(let head, let piece):
            guard write(head) else { return false }
            while write(piece) {}
            return false
        case .reset:
            LoopbackSocket.armReset(descriptor)
            return false
        case .close: return false
        case .hang:
            while read() != nil {}
            return false
        }
    }

    private func read() -> [UInt8]? {
        guard let tls else { return LoopbackSocket.read(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = SSL_read(tls, &buffer, Int32(buffer.count))
        return count > 0 ? Array(buffer[..<Int(count)]) : nil
    }

    private func write(_ bytes: [UInt8]) -> Bool {
        guard let tls else { return LoopbackSocket.write(descriptor, bytes) }
        return SSL_write(tls, bytes, Int32(bytes.count)) == Int32(bytes.count)
    }
}
