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
    /// What IAM or STS said about the key when a second identity asked: `iam:ListAccessKeys`, `lists the
    /// key as Inactive`.
    case inquiry(action: String, String)
    /// The account that a key id carries in itself: a hint, never the reason for a verdict.
    case keyAccount(String)
    /// What reading the source as text brought to light.
    case finding(LintFinding)
    /// Anything else worth a line.
    case note(String)
}

/// How sure a diagnosis is of its cause.
package enum Confidence: String, Sendable, Hashable, CaseIterable {
    /// Nothing else fits what was seen.
    case certain
    /// Something else is possible, but rare.
    case likely
    /// One of several; ``Diagnosis/others`` has the rest.
    case possible
}

/// Something else that would look the same, and what would tell it from the cause.
package struct Candidate: Sendable, Hashable {
    /// The cause that it would be.
    package var cause: Cause
    /// A clause: `the key was deleted`.
    package var what: String
    /// What would tell, a sentence: `iam:ListAccessKeys, asked with another identity, lists the key or not.`
    package var test: String

    package init(_ cause: Cause, _ what: String, test: String) {
        self.cause = cause
        self.what = what
        self.test = test
    }
}

/// What a check found, why it believes so, and what to do.
package struct Diagnosis: Sendable, Hashable {
    package var cause: Cause
    package var verdict: Verdict
    package var confidence: Confidence
    /// One sentence that names the cause.
    package var summary: String
    /// What to do about it, a sentence; empty when the cause is `ok`.
    package var remedy: String
    /// The remedy as commands for a shell, with real names and in their order; a word in capitals, USER, is
    /// for a person to fill in. Empty where no command helps.
    package var commands: [String]
    package var evidence: [Evidence]
    /// What else it could be, the likeliest first; empty when the confidence is `certain`.
    package var others: [Candidate]

    package init(
        cause: Cause, verdict: Verdict, confidence: Confidence = .certain, summary: String,
        remedy: String, commands: [String] = [], evidence: [Evidence] = [],
        others: [Candidate] = []
    ) {
        self.cause = cause
        self.verdict = verdict
        self.confidence = confidence
        self.commands = commands
        self.others = others
        self.summary = summary
        self.remedy = remedy
        self.evidence = evidence
    }
}
