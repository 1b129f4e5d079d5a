/// The parts of an endpoint's URL that a signed request needs.
package struct EndpointAddress: Hashable, Sendable {
    package var isTLS: Bool
    /// The host without its port; an IPv6 address keeps its brackets.
    package var host: String
    /// 443 or 80 unless the URL says otherwise.
    package var port: Int
    /// As it is sent: `/` when the URL has none.
    package var path: String

    /// What is wrong with a URL that cannot be an endpoint.
    package struct Problem: Error, Hashable {
        package var reason: String
    }

    /// Takes a URL apart.
    package init(_ url: String) throws(Problem) {
        let bytes = Array(url.utf8)
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Problem(reason: "the endpoint URL holds a character that a URL cannot have")
        }
        let rest: ArraySlice<UInt8>
        if let after = Self.dropping("https://", from: bytes) {
            (isTLS, rest) = (true, after)
        } else if let after = Self.dropping("http://", from: bytes) {
            (isTLS, rest) = (false, after)
        } else {
            throw Problem(reason: "the endpoint URL does not begin with https:// or http://")
        }
        let end = rest.firstIndex(where: Self.endsAuthority) ?? rest.endIndex
        let authority = rest[..<end]
        guard !rest[end...].contains(where: { $0 == 0x3F || $0 == 0x23 }) else {
            throw Problem(reason: "the endpoint URL has a query or a fragment")
        }
        guard !authority.contains(UInt8(ascii: "@")) else {
            throw Problem(reason: "the endpoint URL has a user name in it")
        }
        let colon = Self.portMark(in: authority)
        let name = authority[..<(colon ?? authority.endIndex)]
        guard !name.isEmpty, name.allSatisfy(Self.belongsToHost) else {
            throw Problem(reason: "the endpoint URL has no usable host name")
        }
        host = String(decoding: name, as: UTF8.self)
        port = isTLS ? 443 : 80
        if let colon {
            let digits = authority[(colon + 1)...]
            guard let number = Int(String(decoding: digits, as: UTF8.self)),
                (1...65_535).contains(number), digits.first != UInt8(ascii: "+")
            else { throw Problem(reason: "the endpoint URL has a port that is none") }
            port = number
        }
        path = end == rest.endIndex ? "/" : String(decoding: rest[end...], as: UTF8.self)
    }

    /// The value of the `Host` header: with the port only where it is not the scheme's own.
    package var hostHeader: String {
        port == (isTLS ? 443 : 80) ? host : "\(host):\(port)"
    }

    private static func dropping(_ scheme: StaticString, from url: [UInt8]) -> ArraySlice<UInt8>? {
        let count = scheme.utf8CodeUnitCount
        guard url.count >= count else { return nil }
        let matches = scheme.withUTF8Buffer { scheme in
            (0..<count).allSatisfy { url[$0] | 0x20 == scheme[$0] | 0x20 }
        }
        return matches ? url[count...] : nil
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    /// The colon before the port: none of those within the brackets of an IPv6 address.
    private static func portMark(in authority: ArraySlice<UInt8>) -> Int? {
        guard let colon = authority.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        if let bracket = authority.lastIndex(of: UInt8(ascii: "]")), bracket > colon { return nil }
        return colon
    }

    private static func belongsToHost(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x2D, 0x2E, 0x5F, 0x3A, 0x5B, 0x5D: true
        default: false
        }
    }
}
