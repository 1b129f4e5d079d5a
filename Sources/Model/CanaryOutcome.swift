/// Where a call of a canary goes, and what its signature names.
package struct CanaryTarget: Sendable, Hashable {
    /// The whole URL, perhaps with a query: what the config says, or `https://iam.amazonaws.com`.
    package var url: String
    /// The name that the signature has: `monitoring`.
    package var service: String
    package var region: String

    package init(url: String, service: String, region: String) {
        self.url = url
        self.service = service
        self.region = region
    }

    /// The URL without its query, which may hold more than a log should.
    package var place: String { String(url.prefix { $0 != "?" }) }
}

/// Why the settings lead to no target, as a clause that repeats no value.
package struct CanaryObstacle: Error, Sendable, Hashable {
    package var reason: String

    package init(_ reason: String) {
        self.reason = reason
    }

    package init(_ problem: ResolveProblem) {
        reason =
            switch problem {
            case .badSetting(let name, let what, let place): "\(name) (\(place)): \(what)"
            default: "the profile's settings cannot be read"
            }
    }
}

/// What came back of one call; never the body.
package enum CanaryAnswer: Sendable, Hashable {
    /// An answer without an error of AWS's in it. `what` says what it looks like: `an HTML page`.
    case answered(AnswerDetails, what: String)
    /// An error in AWS's own form; the details' request id is that of S3, too.
    case refused(ServiceError, AnswerDetails)
    case failed(TransportFailure)
    /// The settings lead to no endpoint; a clause.
    case unsendable(String)

    package var details: AnswerDetails? {
        switch self {
        case .answered(let details, _), .refused(_, let details): details
        case .failed, .unsendable: nil
        }
    }
}

/// One call of a canary with what it came to.
package struct CanaryOutcome: Sendable, Hashable {
    package var call: CanaryCall
    /// Nil when the settings lead to none.
    package var target: CanaryTarget?
    package var answer: CanaryAnswer

    package init(call: CanaryCall, target: CanaryTarget?, answer: CanaryAnswer) {
        self.call = call
        self.target = target
        self.answer = answer
    }
}

extension CanaryCall {
    /// The service that the call is for, as policies write it.
    package var service: String {
        switch form {
        case .action(let service, _), .request(let service, _, _, _): service
        }
    }

    /// The call for a sentence: `iam:GetUser`, `HEAD https://bucket.s3.eu-west-1.amazonaws.com/key`.
    package var title: String {
        switch form {
        case .action(let service, let name): "\(service):\(name)"
        case .request(_, let method, let url, _): "\(method) \(url.prefix { $0 != "?" })"
        }
    }
}
