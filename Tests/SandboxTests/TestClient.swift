import Glibc

/// A blocking connection to a port of the loopback, which gives up after ten seconds.
final class TestClient {
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init?(port: UInt16) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { return nil }
    }

    deinit {
        close(descriptor)
    }

    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    func send(_ text: String) {
        send(Array(text.utf8))
    }

    /// Closes the sending direction.
    func finish() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Reads one answer with its body; nil at the end of the connection.
    func answer() -> (status: Int, head: String, body: String)? {
        while true {
            if let answer = takeAnswer() { return answer }
            guard fill() else { return nil }
        }
    }

    /// Says whether the other side ended the connection, with nothing before that.
    func isAtEnd() -> Bool {
        buffer.isEmpty && !fill()
    }

    private func fill() -> Bool {
        var scratch = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &scratch, scratch.count, 0)
        guard count > 0 else { return false }
        buffer += scratch[..<count]
        return true
    }

    private func takeAnswer() -> (status: Int, head: String, body: String)? {
        let text = String(decoding: buffer, as: UTF8.self)
        guard let parts = text.firstSplit("\r\n\r\n") else { return nil }
        let lines = parts.0.split(separator: "\r\n")
        let length =
            lines.first { $0.hasPrefix("Content-Length: ") }.flatMap { Int($0.dropFirst(16)) } ?? 0
        let headLength = parts.0.utf8.count + 4
        guard buffer.count >= headLength + length else { return nil }
        let body = String(decoding: buffer[headLength..<(headLength + length)], as: UTF8.self)
        buffer.removeFirst(headLength + length)
        let status = lines.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
        return (status, parts.0, body)
    }
}

extension String {
    fileprivate func firstSplit(_ mark: String) -> (String, String)? {
        let all = Array(utf8)
        let wanted = Array(mark.utf8)
        for index in all.indices where all[index...].starts(with: wanted) {
            return (
                String(decoding: all[..<index], as: UTF8.self),
                String(decoding: all[(index + wanted.count)...], as: UTF8.self)
            )
        }
        return nil
    }
}

extension Array where Element == UInt8 {
    var text: String { String(decoding: self, as: UTF8.self) }
}
