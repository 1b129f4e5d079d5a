/// A read-only call that a profile's credentials should be able to make.
package struct CanaryCall: Sendable, Hashable {
    /// What is sent: an action by its name, or a request as written.
    package enum Form: Sendable, Hashable {
        /// `iam:GetUser`, of a service whose protocol is known; no parameters.
        case action(service: String, name: String)
        /// A GET or HEAD, signed for a service.
        case request(service: String, method: String, url: String, expectedStatus: Int)
    }

    package var form: Form
    /// The region that the signature names; nil takes the profile's own.
    package var region: String?
    package var location: SourceLocation?

    package init(_ form: Form, region: String? = nil, location: SourceLocation? = nil) {
        self.form = form
        self.region = region
        self.location = location
    }
}

/// What a profile asks of its credentials beside their identity.
package struct Canary: Sendable, Hashable {
    /// One to five.
    package var calls: [CanaryCall]
    /// Whether a denial makes the verdict bad, so that it may lead to a failover.
    package var counts: Bool
    /// How often they are made while they are answered; a failing one is asked with every check.
    package var interval: Duration

    package init(calls: [CanaryCall], counts: Bool = false, interval: Duration = .seconds(900)) {
        self.calls = calls
        self.counts = counts
        self.interval = interval
    }
}

/// An action on a resource that the backup of a group must be able to do as well: `s3:GetObject on arn:…`.
package struct EquivalentAction: Sendable, Hashable {
    package var action: String
    /// An ARN; `*` stands for any.
    package var resource: String

    package init(action: String, resource: String) {
        self.action = action
        self.resource = resource
    }
}
