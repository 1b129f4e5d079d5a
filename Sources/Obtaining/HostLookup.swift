import Glibc

/// An address that a host's name leads to.
struct HostAddress: Sendable, Hashable {
    var text: String
    /// Whether keys may go there over plain HTTP: to this machine, or to what AWS puts beside a container.
    var isLocal: Bool
}

/// Looks a host up, which may be an address; nil when it took too long, or the system's words for a failure.
func lookUp(_ host: String, within limit: Duration) async -> Result<[HostAddress], LookupFailure> {
    await offThread(key: "lookup of \(host)", within: limit) { addresses(of: host) }
        ?? .failure(LookupFailure(reason: "the lookup of host \(host) took too long"))
}

/// Why a host has no address, as a clause.
struct LookupFailure: Error, Hashable {
    var reason: String
}

private func addresses(of host: String) -> Result<[HostAddress], LookupFailure> {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, nil, &hints, &list)
    defer { if let list { freeaddrinfo(list) } }
    guard code == 0 else {
        let words = gai_strerror(code).map { String(cString: $0) } ?? "error \(code)"
        return .failure(LookupFailure(reason: "could not resolve host \(host): \(words)"))
    }
    var found: [HostAddress] = []
    var next = list
    while let entry = next?.pointee {
        next = entry.ai_next
        guard let address = entry.ai_addr, let text = text(address, entry.ai_addrlen) else {
            continue
        }
        let bytes = UnsafeRawBufferPointer(start: address, count: Int(entry.ai_addrlen))
        found.append(HostAddress(text: text, isLocal: isLocal(bytes, entry.ai_family)))
    }
    return .success(found)
}

private func text(_ address: UnsafeMutablePointer<sockaddr>, _ length: socklen_t) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { buffer in
        guard let start = buffer.baseAddress,
            getnameinfo(
                address, length, start, socklen_t(buffer.count), nil, 0, NI_NUMERICHOST) == 0
        else { return nil }
        return String(cString: start)
    }
}

/// Whether a socket address is one of 127.0.0.0/8, ::1, 169.254.170.2, 169.254.170.23 and fd00:ec2::23.
private func isLocal(_ address: UnsafeRawBufferPointer, _ family: Int32) -> Bool {
    switch family {
    case AF_INET where address.count >= 8:
        let bytes = Array(address[4..<8])
        return bytes[0] == 127 || bytes == [169, 254, 170, 2] || bytes == [169, 254, 170, 23]
    case AF_INET6 where address.count >= 24:
        let bytes = Array(address[8..<24])
        let middle = [UInt8](repeating: 0, count: 11)
        return bytes == [0, 0, 0, 0] + middle + [1]
            || bytes == [0xFD, 0, 0x0E, 0xC2] + middle + [0x23]
    default: return false
    }
}
