/// Who AWS says a credential belongs to.
package struct CallerIdentity: Sendable, Hashable {
    /// 12 digits.
    package var account: String
    package var arn: String
    package var userID: String

    package init(account: String, arn: String, userID: String) {
        self.account = account
        self.arn = arn
        self.userID = userID
    }
}

/// What came back beside the answer itself.
package struct AnswerDetails: Sendable, Hashable {
    package var httpStatus: Int
    /// The `x-amzn-RequestId` header; nil says that something else than AWS may have answered.
    package var requestID: String?
    /// The server's clock minus ours: `Date` minus the midpoint of send and receive; nil without a
    /// usable `Date`, or when `Age` says that a cache answered. Whole seconds are what `Date` has.
    package var skew: Duration?
    /// From the start of the request to the last byte of the answer.
    package var latency: Duration

    package init(httpStatus: Int, requestID: String?, skew: Duration?, latency: Duration) {
        self.httpStatus = httpStatus
        self.requestID = requestID
        self.skew = skew
        self.latency = latency
    }
}

/// An error in AWS's own form.
package struct ServiceError: Sendable, Hashable {
    /// `InvalidClientTokenId`.
    package var code: String
    /// The message, with key ids and signatures as AWS repeats them; redacted before it is shown.
    package var message: String

    package init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}

/// The phase in which a request failed.
package enum TransportPhase: String, Sendable, Hashable, CaseIterable {
    case lookup, connect, tls, proxy, send, wait, body
    /// Before anything was sent: a URL or CA file that cannot be used.
    case setup
}

/// A request that got no whole answer.
package struct TransportFailure: Error, Sendable, Hashable {
    package var phase: TransportPhase
    package var timedOut: Bool
    /// One clause without secrets: `could not resolve host sts.eu-west-1.amazonaws.com`.
    package var reason: String
    package var latency: Duration

    package init(phase: TransportPhase, timedOut: Bool, reason: String, latency: Duration) {
        self.phase = phase
        self.timedOut = timedOut
        self.reason = reason
        self.latency = latency
    }
}

/// What one signed `GetCallerIdentity` call came to.
package enum ProbeOutcome: Sendable, Hashable {
    case identity(CallerIdentity, AnswerDetails)
    /// AWS's own error document, whatever the HTTP status.
    case refused(ServiceError, AnswerDetails)
    /// An answer that is not AWS's: no XML of STS in it. `what` says what it looks like: `an HTML page`.
    case notAWS(what: String, AnswerDetails)
    case failed(TransportFailure)
}

/// Which of the calls of one check an outcome belongs to.
package enum Question: Sendable, Hashable {
    /// As the application would: its credentials at its endpoint.
    case asConfigured
    /// The same credentials at the partition's main region.
    case mainRegion
    /// The same endpoint without the session token, which may be a leftover.
    case withoutSessionToken
    /// The same credentials at the endpoint of their own region, where another one is configured.
    case regionalEndpoint
    /// Another credential, the backup's, at the same endpoint.
    case otherCredential
    /// The value without the characters that do not belong; only `doctor` asks.
    case withoutForeignCharacters
}

/// One call of a check with its outcome.
package struct Answer: Sendable, Hashable {
    package var question: Question
    package var endpoint: Endpoint
    package var outcome: ProbeOutcome

    package init(question: Question, endpoint: Endpoint, outcome: ProbeOutcome) {
        self.question = question
        self.endpoint = endpoint
        self.outcome = outcome
    }
}
