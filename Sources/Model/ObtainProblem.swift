/// Why a step of a plan yields no credentials.
package struct ObtainProblem: Error, Sendable, Hashable {
    package enum Reason: Sendable, Hashable {
        /// A service of AWS refused in its own form.
        case refused(ServiceError, AnswerDetails)
        /// Something else than AWS answered; `what` says what it looks like: `an HTML page`.
        case notAWS(what: String, AnswerDetails)
        /// No whole answer came.
        case failed(TransportFailure)
        /// A local agent (metadata service, container endpoint) is not there or cannot do it; a clause.
        case unavailable(String)
        /// The source works and has no credentials: an instance without a role; a clause.
        case nothing(String)
        /// The cached login is missing, over, or cannot be renewed, so a person has to log in; a clause.
        case loginNeeded(String)
        /// The program failed; a clause without its arguments.
        case processFailed(String)
        /// Running or reading it would give rights away: whose file it is, who may write it; a clause.
        case untrusted(String)
        /// The answer has not the form that it should have; a clause that repeats no value.
        case badAnswer(String)
        /// A file or a setting beside the shared files cannot be used.
        case local(ResolveProblem)
    }

    package var source: CredentialSource
    package var reason: Reason
    /// What named the step: the line of `role_arn`, the variable of the endpoint.
    package var place: Provenance
    /// The credentials that asked; nil where nothing is signed.
    package var base: Credentials?
    /// Where an STS call of the step went.
    package var endpoint: Endpoint?
    package var evidence: [Evidence]

    package init(
        _ source: CredentialSource, _ reason: Reason, at place: Provenance,
        base: Credentials? = nil, endpoint: Endpoint? = nil, evidence: [Evidence] = []
    ) {
        self.source = source
        self.reason = reason
        self.place = place
        self.base = base
        self.endpoint = endpoint
        self.evidence = evidence
    }
}

/// What carrying out a plan gave.
package struct ObtainedCredentials: Sendable, Hashable {
    package var credentials: Credentials
    /// When a person has to do something at the latest, because credwatch cannot renew it: the end of
    /// a login, or of a session token that stands in a file. Nil when it renews itself, or never ends.
    package var endsForGood: WallTime?
    /// What is worth knowing though it worked: a web identity token's issuer, a refresh that failed
    /// while the credentials are still good.
    package var evidence: [Evidence]

    package init(
        credentials: Credentials, endsForGood: WallTime? = nil, evidence: [Evidence] = []
    ) {
        self.credentials = credentials
        self.endsForGood = endsForGood
        self.evidence = evidence
    }
}
