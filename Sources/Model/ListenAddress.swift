/// An address of this machine with a port, on which somebody is listened to.
package struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// 4 or 16 bytes in network order.
    package let bytes: [UInt8]
    /// From 1, except in tests, where 0 lets the system choose.
    package let port: UInt16

    package init(bytes: [UInt8], port: UInt16) {
        precondition(bytes.count == 4 || bytes.count == 16)
        self.bytes = bytes
        self.port = port
    }

    package static func loopback(port: UInt16) -> ListenAddress {
        ListenAddress(bytes: [127, 0, 0, 1], port: port)
    }

    /// Whether only this machine reaches it: 127.0.0.0/8 and ::1.
    package var isLoopback: Bool {
        bytes.count == 4
            ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
    }

    /// `127.0.0.1:9812` or `[::1]:9812`.
    package var description: String {
        guard bytes.count == 16 else {
            return bytes.map { String($0) }.joined(separator: ".") + ":\(port)"
        }
        return "[\(text)]:\(port)"
    }

    /// The form of RFC 5952: the longest run of zeros is `::`.
    private var text: String {
        let words = stride(from: 0, to: 16, by: 2).map {
            UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
        }
        var best = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, words[end] == 0 { end += 1 }
            if end - start > max(best.count, 1) { best = start..<end }
            start = max(end, start + 1)
        }
        func hexadecimal(_ range: Range<Int>) -> String {
            words[range].map { String($0, radix: 16) }.joined(separator: ":")
        }
        if best.isEmpty { return hexadecimal(0..<8) }
        return hexadecimal(0..<best.lowerBound) + "::" + hexadecimal(best.upperBound..<8)
    }
}

/// Where and to whom the metrics are served by HTTP.
package struct MetricsListener: Sendable, Hashable {
    package var address: ListenAddress
    /// Whether other machines may ask, or somebody in between under a name of its own.
    package var allowsRemote: Bool

    package init(address: ListenAddress, allowsRemote: Bool = false) {
        self.address = address
        self.allowsRemote = allowsRemote
    }
}
