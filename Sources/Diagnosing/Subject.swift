package import Model

/// What a diagnosis is about: a profile that resolved, and what is expected of it.
package struct Subject: Sendable {
    package var profile: String
    package var resolved: ResolvedProfile
    package var expected: ExpectedIdentity
    /// What is known of other credentials on the same endpoint.
    package var path: PathKnowledge
    /// Whether only the answer at this endpoint is wanted, as of a backup where the primary was refused.
    package var isProof: Bool
    /// What the values show to the eye, an id of 19 characters or a 0 in place of an O; filled in by the
    /// caller after a refusal, and added to the evidence of every cause that concerns the key.
    package var hints: [LintFinding] = []

    package init(
        profile: String, resolved: ResolvedProfile, expected: ExpectedIdentity,
        path: PathKnowledge = PathKnowledge(), isProof: Bool = false
    ) {
        self.profile = profile
        self.resolved = resolved
        self.expected = expected
        self.path = path
        self.isProof = isProof
    }

    var keyID: String { resolved.credentials.accessKeyID.value }
    /// The key id fit for a text: a secret that was pasted in its place does not pass.
    var shownKeyID: String { keyID.utf8.count < opaqueLength ? keyID : clean(keyID) }
    var credentialsPlace: String { placeToWrite(resolved.credentials.accessKeyID.provenance) }
    var hasToken: Bool { resolved.credentials.sessionToken != nil }

    /// A request id fit for a text; a UUID, which AWS sends, or its digits alone, is that as it is.
    func shownRequestID(_ id: String) -> String {
        var text = id
        let isUUID = text.withUTF8 { bytes in
            (32...36).contains(bytes.count)
                && bytes.reduce(0 as UInt8) {
                    $0 | ($1 &- 0x30 < 10 || $1 &- 0x61 < 6 || $1 == 0x2D ? 0 : 1)
                } == 0
        }
        return isUUID ? id : clean(id)
    }

    /// Returns a foreign text fit for a log, and without this profile's own secrets.
    func clean(_ text: String) -> String {
        let secrets = [resolved.credentials.secretAccessKey, resolved.credentials.sessionToken]
        return redacted(text, hiding: secrets.compactMap { $0?.value })
    }
}

/// What other credentials have lately met on the way to the same endpoint.
package struct PathKnowledge: Sendable, Hashable {
    /// How long ago another key was accepted there; nil when none was within the last minutes.
    package var otherPassed: Duration?
    /// How long ago another key, too, was told that its signature does not match.
    package var otherMismatched: Duration?

    package init(otherPassed: Duration? = nil, otherMismatched: Duration? = nil) {
        self.otherPassed = otherPassed
        self.otherMismatched = otherMismatched
    }

    /// Whether signatures of different keys are refused, and none passes: requests arrive altered.
    var isAltered: Bool { otherMismatched != nil && otherPassed == nil }
}

/// What to do next in a check.
package enum Step: Sendable, Hashable {
    /// Send one more request, and come back with its outcome.
    case ask(Question, Credentials, Endpoint)
    case conclude(Diagnosis)
}
