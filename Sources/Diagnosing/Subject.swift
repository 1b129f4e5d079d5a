package import Model

/// What a diagnosis is about: a profile that resolved, and what is expected of it.
package struct Subject: Sendable {
    package var profile: String
    package var resolved: ResolvedProfile
    package var expected: ExpectedIdentity
    /// What is known of other credentials on the same endpoint.
    package var path: PathKnowledge

    package init(
        profile: String, resolved: ResolvedProfile, expected: ExpectedIdentity,
        path: PathKnowledge = PathKnowledge()
    ) {
        self.profile = profile
        self.resolved = resolved
        self.expected = expected
        self.path = path
    }

    var keyID: String { resolved.credentials.accessKeyID.value }
    var credentialsPlace: String { resolved.credentials.accessKeyID.provenance.description }
    var hasToken: Bool { resolved.credentials.sessionToken != nil }
}

/// What other credentials have lately met on the way to the same endpoint.
package struct PathKnowledge: Sendable, Hashable {
    /// Another key was accepted there within the last minutes.
    package var otherPassed: Bool
    /// Another key, too, was told that its signature does not match.
    package var otherMismatched: Bool

    package init(otherPassed: Bool = false, otherMismatched: Bool = false) {
        self.otherPassed = otherPassed
        self.otherMismatched = otherMismatched
    }
}

/// What to do next in a check.
package enum Step: Sendable, Hashable {
    /// Send one more request, and come back with its outcome.
    case ask(Question, Credentials, Endpoint)
    case conclude(Diagnosis)
}
