import Glibc
import Model

/// Where the metrics are served by HTTP, and to whom.
extension Decoder {
    /// Decodes `metrics`; an address that other machines reach has to be allowed.
    mutating func metricsListener(_ node: YAMLNode?) -> MetricsListener? {
        guard let section = section(node, .metrics) else { return nil }
        require("listen", in: section, .metrics)
        let allowsRemote = flag(section["allow_remote"], "`allow_remote`") ?? false
        guard let node = section["listen"], let text = text(node, "`listen`") else { return nil }
        guard let address = ListenAddress(parsing: text) else {
            report(
                node.mark, "invalid-address",
                "`listen` must be an address of this machine and a port, like 127.0.0.1:9812 or \"[::1]:9812\", not \(shown(text))\(advice(for: text))"
            )
            return nil
        }
        if !address.isLoopback, !allowsRemote {
            report(
                node.mark, "not-loopback",
                "`listen` is an address that other machines reach, and whoever reaches it may read the names of profiles and what is wrong with them; `allow_remote: true` beside it allows that"
            )
        }
        return MetricsListener(address: address, allowsRemote: allowsRemote)
    }

    private func advice(for text: String) -> String {
        let port = text.split(separator: ":", omittingEmptySubsequences: false).last ?? ""
        let isPort = UInt16(port).map { $0 > 0 } ?? false
        if isPort, text == port || text == ":\(port)" || text == "*:\(port)" {
            return "; 127.0.0.1:\(port) is for this machine, 0.0.0.0:\(port) for all that reach it"
        }
        if isPort, text.lowercased().hasPrefix("localhost:") {
            return "; names are not looked up, write 127.0.0.1:\(port)"
        }
        if text.hasPrefix("/") { return "; Prometheus reads no Unix sockets" }
        return ""
    }
}

extension ListenAddress {
    /// Reads `127.0.0.1:9812` or `[::1]:9812`.
    init?(parsing text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = UInt16(digits), port > 0
        else { return nil }
        var host = text[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if isBracketed { host = host.dropFirst().dropLast() }
        var bytes = [UInt8](repeating: 0, count: isBracketed ? 16 : 4)
        guard host.utf8.count < 64, !host.utf8.contains(0),
            inet_pton(isBracketed ? AF_INET6 : AF_INET, String(host), &bytes) == 1
        else { return nil }
        self.init(bytes: bytes, port: port)
    }
}
