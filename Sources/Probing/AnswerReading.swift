import Answers
import HTTP
import Model

extension ProbeOutcome {
    /// Reads an answer by its body alone: neither the status nor the content type decides what AWS says.
    ///
    /// `skew` is what the response's `Date` says. A proxy's own refusal is a failure of the transport.
    init(reading response: HTTPResponse, skew: Duration?) {
        guard response.status != 407 else {
            self = .failed(
                TransportFailure(
                    phase: .proxy, timedOut: false,
                    reason: "the proxy wants a user name and password (HTTP 407)",
                    latency: response.latency))
            return
        }
        let details = AnswerDetails(
            httpStatus: response.status, requestID: response.usableRequestID, skew: skew,
            latency: response.latency)
        let document = ServiceDocument(response.body)
        if let identity = document.identity {
            self = .identity(identity, details)
        } else if let error = document.error ?? JSONErrorBody.decoded(response.body)?.error {
            self = .refused(error, details)
        } else {
            self = .notAWS(what: Self.description(of: response), details)
        }
    }

    /// Says what an answer looks like: `an HTML page`, `an empty answer with HTTP status 503`.
    private static func description(of response: HTTPResponse) -> String {
        if (300..<400).contains(response.status), let location = response.location {
            if let target = try? EndpointAddress(location.beforeQuery) {
                return "a redirect to \(target.host)"
            }
            return "a redirect"
        }
        let shape = BodyShape(response.body).rawValue
        return response.status >= 400 ? "\(shape) with HTTP status \(response.status)" : shape
    }
}

extension HTTPResponse {
    /// The request id, if it is one that can be shown.
    fileprivate var usableRequestID: String? {
        guard let requestID, !requestID.isEmpty, requestID.utf8.count <= 128,
            requestID.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        return requestID
    }
}

extension String {
    /// A URL without its query and fragment.
    fileprivate var beforeQuery: String {
        String(prefix { $0 != "?" && $0 != "#" })
    }
}
