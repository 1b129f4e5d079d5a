/// An endpoint URL that somebody set, checked.
struct EndpointURL: Sendable, Hashable {
    /// Without a slash at its end, unless it may have a query:
    /// `https://sts.eu-west-1.amazonaws.com`.
    var url: String
    /// Without port and brackets.
    var host: String

    /// Why a text is no endpoint URL, as a clause that does not repeat it.
    struct Flaw: Error, Hashable {
        var what: String
    }

    /// Checks a URL: http or https, a host, perhaps a port and a path, and a query if that may be.
    static func parse(
        _ text: String, mayHaveQuery: Bool = false
    ) -> Result<EndpointURL, Flaw> {
        func flaw(_ what: String) -> Result<EndpointURL, Flaw> { .failure(Flaw(what: what)) }
        if let bad = text.utf8.firstIndex(where: { $0 <= 0x20 || $0 >= 0x7F || $0 == 0x5C }) {
            let position = text.utf8.distance(from: text.startIndex, to: bad) + 1
            return flaw("character \(position) cannot stand in a URL")
        }
        let lower = text.lowercased()
        guard let scheme = ["https://", "http://"].first(where: lower.hasPrefix) else {
            return flaw("it has to begin with https:// or http://")
        }
        let rest = text.dropFirst(scheme.count)
        if rest.contains(where: { $0 == "?" && !mayHaveQuery || $0 == "#" }) {
            return flaw("a query or a fragment cannot be part of it")
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        if authority.contains("@") { return flaw("a user name or password cannot be part of it") }
        guard let (host, port) = split(authority), isHost(host) else {
            return flaw("its host is not a host name or an address")
        }
        if let port, !isPort(port) {
            return flaw("its port is not a number from 1 to 65535")
        }
        var path = rest.dropFirst(authority.count)
        while !mayHaveQuery, path.last == "/" { path.removeLast() }
        return .success(
            EndpointURL(
                url: scheme + authority.lowercased() + path, host: String(host).lowercased()))
    }

    /// Takes host and port apart; an address of IPv6 stands in brackets.
    private static func split(_ authority: Substring) -> (host: Substring, port: Substring?)? {
        if authority.first == "[" {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            let host = authority[authority.index(after: authority.startIndex)..<close]
            let rest = authority[authority.index(after: close)...]
            let isAddress =
                host.contains(":") && host.allSatisfy { $0.isHexDigit || ":.".contains($0) }
            guard isAddress, rest.isEmpty || rest.first == ":" else { return nil }
            return (host, rest.isEmpty ? nil : rest.dropFirst())
        }
        guard let colon = authority.firstIndex(of: ":") else { return (authority, nil) }
        return (authority[..<colon], authority[authority.index(after: colon)...])
    }

    private static func isPort(_ port: Substring) -> Bool {
        port.utf8.count <= 5 && port.utf8.allSatisfy { (0x30...0x39).contains($0) }
            && (1...65_535).contains(Int(port) ?? 0)
    }

    private static func isHost(_ host: Substring) -> Bool {
        guard !host.isEmpty, host.utf8.count <= 253 else { return false }
        if host.contains(":") { return true }
        return host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            // Underscores are no host names, but names of containers have them.
            (1...63).contains(label.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { byte in
                    isLetter(byte) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x5F
                }
        }
    }
}
