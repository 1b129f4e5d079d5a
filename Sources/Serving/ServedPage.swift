package import Model

/// What there is to be had.
package enum ServedPage: Sendable, Hashable {
    case index
    case metrics(MetricsForm)
    case health
}

/// Why a request gets nothing.
package enum Refusal: Error, Sendable, Hashable, CaseIterable {
    case malformed, foreignHost, notFound, method, timeout, tooLarge, unavailable, version

    /// The status of the answer.
    package var status: Int {
        switch self {
        case .malformed: 400
        case .notFound: 404
        case .method: 405
        case .timeout: 408
        case .foreignHost: 421
        case .tooLarge: 431
        case .unavailable: 503
        case .version: 505
        }
    }

    /// The sentence of the answer.
    package var sentence: String {
        switch self {
        case .malformed: "This is no request of HTTP/1.1."
        case .notFound: "There are /metrics and /healthz only."
        case .method: "Only GET and HEAD are served."
        case .timeout: "The request took too long."
        case .foreignHost:
            "This machine is asked by a name that is not localhost; `allow_remote: true` allows it."
        case .tooLarge: "The request is larger than \(RequestHead.largest) bytes."
        case .unavailable: "credwatch does not answer in time."
        case .version: "Only HTTP/1.0 and HTTP/1.1 are spoken."
        }
    }
}

/// Decides what a request gets.
///
/// Where other machines may not ask, a request has to name an address or localhost. A page of the web that
/// lets its own name lead to 127.0.0.1 would else read the metrics in the browser of somebody on this
/// machine.
package func page(
    for request: RequestHead, allowsRemote: Bool
) -> Result<ServedPage, Refusal> {
    if !allowsRemote, let host = request.host, !isOwn(host) { return .failure(.foreignHost) }
    guard request.method != .other else { return .failure(.method) }
    switch request.path {
    case "/": return .success(.index)
    case "/metrics": return .success(.metrics(form(accepting: request.accept)))
    case "/healthz": return .success(.health)
    default: return .failure(.notFound)
    }
}

/// Whether a host, with a port or without, can be nobody's name but this machine's.
private func isOwn(_ text: String) -> Bool {
    if text.isEmpty { return true }
    var host = text[...]
    if let colon = host.lastIndex(of: ":"),
        host[host.index(after: colon)...].utf8.allSatisfy({ (0x30...0x39).contains($0) })
    {
        host = host[..<colon]
    }
    if host.hasPrefix("["), host.hasSuffix("]") { return true }
    if host.hasSuffix(".") { host = host.dropLast() }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    let isAddress =
        parts.count == 4 && parts.allSatisfy { UInt8($0) != nil && $0.utf8.first != 0x2B }
    let name = host.lowercased()
    return isAddress || name == "localhost" || name.hasSuffix(".localhost")
}
