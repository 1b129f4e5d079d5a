import HTTP
import Model
import Reporting

/// Why a heartbeat did not arrive.
struct BeatFailure: Sendable, Hashable {
    /// What makes it another failure than the one before: the phase, or the status.
    var kind: String
    /// For people, without the URL.
    var clause: String
}

/// Sends one heartbeat: a GET, whose answer has to be a 2xx status; its body does not matter.
///
/// Redirects are not followed: the token would go to whoever they name. Returns why it did not arrive.
func sendHeartbeat(
    to target: HeartbeatTarget, timeout: Duration, by transport: any Transport
) async -> BeatFailure? {
    let url = target.url.reveal()
    do throws(TransportFailure) {
        let response = try await transport.send(
            HTTPRequest(
                method: .get, url: url,
                headers: [.userAgent],
                connectTimeout: timeout, timeout: timeout, mayBeCut: true))
        if let refusal = response.proxyRefusal { throw refusal }
        return failure(of: response)
    } catch {
        return BeatFailure(
            kind: error.timedOut ? "timeout" : "\(error.phase)",
            clause: withoutToken(error.reason, of: url))
    }
}

private func failure(of response: HTTPResponse) -> BeatFailure? {
    let status = response.status
    switch status {
    case 200..<300: return nil
    case 0: return BeatFailure(kind: "0", clause: "it answered with something that is not HTTP")
    default:
        let redirection = response.redirection.map { ", \($0), which is not followed" } ?? ""
        return BeatFailure(
            kind: "\(status)", clause: visible("it answered with HTTP \(status)\(redirection)"))
    }
}

/// Returns a reason that does not hold what stands after the host in a URL.
private func withoutToken(_ reason: String, of url: String) -> String {
    let rest = url.utf8.drop { $0 != UInt8(ascii: ":") }.dropFirst(3)
    let token = String(rest.drop { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }) ?? url
    let isTold = token.utf8.count > 1 && reason.holds(token)
    return isTold ? "the request failed" : visible(reason)
}
