import Answers
package import Model

extension InquiryAnswer {
    /// Reads what a call came to; without a request id, AWS has not answered.
    package init(_ inquiry: Inquiry, _ outcome: ServiceCallOutcome) {
        let reply: InquiryReply
        switch outcome {
        case .answered(let body, let details):
            reply =
                details.requestID == nil
                ? .unusable("an answer that is not AWS's")
                : InquiryReply(reading: body, to: inquiry.action)
                    ?? .unusable("a document that lacks what was asked for")
        case .refused(let error, let details):
            reply =
                details.requestID == nil
                ? .unusable("an answer that is not AWS's") : .refused(error, details)
        case .notAWS(let what, _): reply = .unusable(what)
        case .failed(let failure): reply = .failed(failure)
        }
        self.init(inquiry, reply, requestID: outcome.details?.requestID)
    }
}
