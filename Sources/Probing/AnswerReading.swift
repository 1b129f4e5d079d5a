import Answers
import HTTP
import Model

extension ProbeOutcome {
    /// Reads an answer by its body alone: neither the status nor the content type decides what AWS says.
    ///
    /// `skew` is what the response's `Date` says. A proxy's own refusal is a failure of the transport.
    init(reading response: HTTPResponse, skew: Duration?) {
        if let refusal = response.proxyRefusal {
            self = .failed(refusal)
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
            self = .notAWS(what: response.appearance, details)
        }
    }
}
