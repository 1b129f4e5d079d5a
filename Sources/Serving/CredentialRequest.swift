package import Model

/// What a client of the credentials' endpoint asks for, and what it shows for it.
package struct CredentialRequest: Sendable, Hashable {
    /// The group that the path names; nil when the path is no group's. Who asks is not told so.
    package var group: String?
    package var token: Secret?
}

/// Takes a request for credentials apart; refuses what no SDK would ask.
///
/// It has to name this machine by a loopback address or as localhost: a page of the web that lets its own name
/// lead to 127.0.0.1 gets nothing, not even an answer about its token.
package func credentialRequest(
    _ request: RequestHead
) -> Result<CredentialRequest, CredentialRefusal> {
    if let host = request.host, !isLoopback(host) { return .failure(.foreignHost) }
    guard request.method == .get else { return .failure(.method) }
    return .success(
        CredentialRequest(group: group(inPath: request.path), token: request.authorization))
}

/// The group of a path `/groups/NAME`, its name with what is escaped in it decoded; nil for any other path.
func group(inPath path: String) -> String? {
    let prefix = "/groups/"
    guard path.hasPrefix(prefix) else { return nil }
    var bytes: [UInt8] = []
    var rest = path.utf8.dropFirst(prefix.utf8.count)
    while let byte = rest.popFirst() {
        switch byte {
        // The name is one segment; a slash of its own comes escaped.
        case UInt8(ascii: "/"): return nil
        case UInt8(ascii: "%"):
            guard let high = rest.popFirst().flatMap(hexadecimal),
                let low = rest.popFirst().flatMap(hexadecimal)
            else { return nil }
            bytes.append(high << 4 | low)
        default: bytes.append(byte)
        }
    }
    return bytes.isEmpty ? nil : String(validating: bytes, as: UTF8.self)
}

private func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
}

/// Whether a host, with a port or without, is a loopback address or localhost.
func isLoopback(_ text: String) -> Bool {
    var host = text[...]
    if let colon = host.lastIndex(of: ":"),
        host[host.index(after: colon)...].utf8.allSatisfy({ (0x30...0x39).contains($0) })
    {
        host = host[..<colon]
    }
    let name = host.lowercased()
    if name == "[::1]" || name == "localhost" || name == "localhost." { return true }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127"
        && parts.allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
                && UInt8(part) != nil
        }
}
