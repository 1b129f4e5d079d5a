import Model

/// What is wrong with an endpoint's URL; none of these repeats the URL, which may hold a password.
enum URLFault: Error {
    case scheme, userInfo, queryOrFragment, host, port, path

    var sentence: String {
        switch self {
        case .scheme: "must begin with https:// or http://"
        case .userInfo: "must not hold a user or password"
        case .queryOrFragment: "must not hold a query (?) or a fragment (#)"
        case .host: "has no usable host name after the scheme"
        case .port: "has a port that is not a number from 1 to 65535"
        case .path: "has a character in its path that a URL cannot hold as it is"
        }
    }
}

/// The parts of an endpoint's URL that matter to the config.
struct EndpointURL {
    var isEncrypted: Bool
    var host: String

    var isLoopback: Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host.hasPrefix("127.")
            || host == "[::1]"
    }

    /// Takes `https://host[:port][/path]` apart.
    init(parsing text: String) throws(URLFault) {
        let lower = text.lowercased()
        guard lower.hasPrefix("https://") || lower.hasPrefix("http://") else { throw .scheme }
        isEncrypted = lower.hasPrefix("https://")
        let rest = text.dropFirst(isEncrypted ? 8 : 7)
        if rest.contains("?") || rest.contains("#") { throw .queryOrFragment }
        let authority = rest.prefix { $0 != "/" }
        if authority.contains("@") { throw .userInfo }
        let path = rest.dropFirst(authority.count)
        guard path.utf8.allSatisfy(Self.isPathByte) else { throw .path }

        var port = authority[...]
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            host = String(authority[...end])
            port = authority[authority.index(after: end)...]
            let inner = host.utf8.dropFirst().dropLast()
            guard inner.contains(0x3A), inner.allSatisfy(Self.isAddressByte) else { throw .host }
        } else {
            host = String(authority.prefix { $0 != ":" })
            port = authority.dropFirst(host.count)
            guard Self.isHost(host) else { throw .host }
        }
        guard !port.isEmpty else { return }
        let digits = port.dropFirst()
        guard port.hasPrefix(":"), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = UInt16(digits), number > 0
        else { throw .port }
    }

    private static func isHost(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 253 else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.utf8.count <= 63 && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2D || $0 == 0x5F }
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || byte == 0x3A || byte == 0x2E || byte == 0x25
    }

    static func isQueryByte(_ byte: UInt8) -> Bool {
        isPathByte(byte) || byte == UInt8(ascii: "?")
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || Array("/-._~%!$&'()*+,;=:@".utf8).contains(byte)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}

extension Decoder {
    /// Takes a node as the URL of an endpoint, and warns when it sends credentials' signatures openly.
    mutating func url(_ node: YAMLNode?, _ what: String) -> Sourced<String>? {
        guard let node, let text = text(node, what) else { return nil }
        do throws(URLFault) {
            let url = try EndpointURL(parsing: text)
            if !url.isEncrypted, !url.isLoopback {
                report(
                    node.mark, "insecure-url",
                    "\(what) is not encrypted: signatures and session tokens can be read on the way",
                    severity: .warning)
            }
            return Sourced(text, from: .configuration(location(node.mark)))
        } catch {
            report(node.mark, "invalid-url", "\(what) \(error.sentence)")
            return nil
        }
    }
}
