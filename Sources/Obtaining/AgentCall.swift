import HTTP
import Model

/// The carrier of requests to services of this machine: the metadata service, a container's agent.
///
/// They are never asked through a proxy, which would ask them of another machine.
struct AgentCall: Sendable {
    let transport: any Transport

    /// How often and how long something is tried.
    struct Patience {
        var attempts: Int
        var connectTimeout: Duration
        var timeout: Duration
        /// When all of it has to be over.
        var end: ContinuousClock.Instant
    }

    /// Sends a request until an answer is worth having, and returns the last one, whatever it is.
    ///
    /// With `addresses` it connects to the first of these that can be connected to.
    func send(
        _ method: HTTPRequest.Method, _ url: String, _ headers: [HeaderField],
        to addresses: [String] = [], with patience: Patience, until isFinal: (HTTPResponse) -> Bool
    ) async throws(TransportFailure) -> HTTPResponse {
        var left = patience.attempts
        var untried = addresses[...]
        while true {
            let limit = min(patience.timeout, max(patience.end - .now, .milliseconds(1)))
            do {
                let response = try await transport.send(
                    HTTPRequest(
                        method: method, url: url, headers: [.userAgent] + headers,
                        connectTimeout: min(patience.connectTimeout, limit), timeout: limit,
                        usesProxy: false, pinnedAddress: untried.first))
                left -= 1
                if left <= 0 || isFinal(response) || isOver(patience) { return response }
            } catch {
                if error.phase == .connect, untried.count > 1, !isOver(patience) {
                    untried.removeFirst()
                    continue
                }
                left -= 1
                if left <= 0 || error.phase == .setup || isOver(patience) { throw error }
            }
            await pause(.milliseconds(.random(in: 50...150)))
        }
    }

    private func isOver(_ patience: Patience) -> Bool {
        Task.isCancelled || patience.end - .now < .milliseconds(200)
    }
}

extension HTTPResponse {
    /// Whether the same request may do better in a moment.
    var mayPass: Bool { status >= 500 || status == 429 || status == 0 }
}
