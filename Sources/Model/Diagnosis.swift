/// One fact that a diagnosis rests on; none of them holds a secret.
package enum Evidence: Sendable, Hashable {
    case requestID(String)
    case httpStatus(Int)
    /// AWS's error code and message, key ids other than the credential's own and signatures removed.
    case serviceError(code: String, message: String)
    /// The server's clock minus ours.
    case skew(Duration)
    case endpoint(String)
    /// What another endpoint or another form of the request answered, as a clause.
    case secondOpinion(Question, String)
    case transport(phase: TransportPhase, reason: String)
    case location(Provenance)
    /// A character that does not belong: what it is, and where in the value, counted from 1.
    case character(field: String, name: String, position: Int)
    case expectation(field: String, expected: String, actual: String)
    /// Anything else worth a line.
    case note(String)
}

/// What a check found, why it believes so, and what to do.
package struct Diagnosis: Sendable, Hashable {
    package var cause: Cause
    package var verdict: Verdict
    /// One sentence that names the cause.
    package var summary: String
    /// What to do about it, a sentence; empty when the cause is `ok`.
    package var remedy: String
    package var evidence: [Evidence]

    package init(
        cause: Cause, verdict: Verdict, summary: String, remedy: String, evidence: [Evidence] = []
    ) {
        self.cause = cause
        self.verdict = verdict
        self.summary = summary
        self.remedy = remedy
        self.evidence = evidence
    }
}
