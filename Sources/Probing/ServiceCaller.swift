import Answers
package import HTTP
package import Model
package import Signing

/// What the call of an action came to.
package enum ServiceCallOutcome: Sendable, Hashable {
    /// The service's own answer to this action, not read yet; 1 MiB at most.
    case answered(body: [UInt8], AnswerDetails)
    /// AWS's own error document, whatever the HTTP status.
    case refused(ServiceError, AnswerDetails)
    /// An answer that is not AWS's; `what` says what it looks like: `an HTML page`.
    case notAWS(what: String, AnswerDetails)
    case failed(TransportFailure)

    package var details: AnswerDetails? {
        switch self {
        case .answered(_, let details), .refused(_, let details), .notAWS(_, let details): details
        case .failed: nil
        }
    }
}

/// A caller of any action of a service that speaks the query protocol, with anybody's credentials.
package struct ServiceCaller: Sendable {
    private let transport: any Transport
    private let signer: Signer
    private let clock: @Sendable () -> WallTime

    /// Makes a caller; `clock` gives the time that requests are signed with.
    package init(
        transport: any Transport, signer: Signer = Signer(),
        clock: @escaping @Sendable () -> WallTime
    ) {
        self.transport = transport
        self.signer = signer
        self.clock = clock
    }

    /// Calls an action at an endpoint, once.
    ///
    /// Never throws: a request that got no whole answer is an outcome too. It takes `timeout` at most.
    package func call(
        _ action: String, _ parameters: [(name: String, value: String)] = [],
        of service: AWSQueryService, at endpoint: Endpoint, with credentials: Credentials,
        timeout: Duration
    ) async -> ServiceCallOutcome {
        var form = QueryForm(action, of: service)
        for parameter in parameters { form.add(parameter.name, parameter.value.utf8) }
        let start = clock()
        let request: HTTPRequest
        do {
            request = try HTTPRequest(
                sending: form, to: service, at: endpoint, signedBy: credentials, signer, at: start,
                within: timeout)
        } catch {
            return .failed(.setup(error.reason))
        }
        do {
            return Self.outcome(of: try await transport.send(request), to: action, since: start)
        } catch {
            return .failed(error)
        }
    }

    /// Reads an answer by its body alone, as a probe does.
    private static func outcome(
        of response: HTTPResponse, to action: String, since start: WallTime
    ) -> ServiceCallOutcome {
        if let refusal = response.proxyRefusal { return .failed(refusal) }
        let details = AnswerDetails(
            httpStatus: response.status, requestID: response.usableRequestID,
            skew: response.skew(from: start), latency: response.latency)
        switch QueryAnswer(response.body, to: action) {
        case .answered: return .answered(body: response.body, details)
        case .error(let error): return .refused(error, details)
        case .foreign: return .notAWS(what: response.appearance, details)
        }
    }
}

extension HTTPResponse {
    /// What an answer looks like that is none of AWS's: `an HTML page`, `an empty answer with HTTP
    /// status 503`.
    var appearance: String {
        if let redirection { return redirection }
        let shape = BodyShape(body).rawValue
        return status >= 400 ? "\(shape) with HTTP status \(status)" : shape
    }
}
