/// What one check of one profile came to: the value that travels from Resolving to Reporting.
///
/// An object that never changes: it passes many hands, and a copy of a struct with so many texts would
/// count some forty references.
package final class CheckResult: Sendable {
    package let profile: String
    package let startedAt: Instant
    package let finishedAt: Instant
    package let diagnosis: Diagnosis
    package let identity: CallerIdentity?
    package let accessKeyID: String?
    /// One line: where the credential came from.
    package let source: String?
    package let expiresAt: WallTime?
    /// When a person has to act at the latest, as in ``ObtainedCredentials/endsForGood``.
    package let endsForGood: WallTime?
    /// Latency of the last call; nil when nothing was sent.
    package let latency: Duration?
    /// Where the profile's own call goes, sent or not; nil when the profile did not resolve.
    package let endpoint: Endpoint?
    /// The server's clock minus ours, from the profile's own call.
    package let skew: Duration?
    /// Changes when any part of the credential changes; says nothing about it, and is not kept on disk.
    package let fingerprint: Int?
    package let sourceModifiedAt: WallTime?

    package init(
        profile: String, startedAt: Instant, finishedAt: Instant, diagnosis: Diagnosis,
        identity: CallerIdentity? = nil, accessKeyID: String? = nil, source: String? = nil,
        expiresAt: WallTime? = nil, endsForGood: WallTime? = nil, latency: Duration? = nil,
        endpoint: Endpoint? = nil, skew: Duration? = nil, fingerprint: Int? = nil,
        sourceModifiedAt: WallTime? = nil
    ) {
        self.profile = profile
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.diagnosis = diagnosis
        self.identity = identity
        self.accessKeyID = accessKeyID
        self.source = source
        self.expiresAt = expiresAt
        self.endsForGood = endsForGood
        self.latency = latency
        self.endpoint = endpoint
        self.skew = skew
        self.fingerprint = fingerprint
        self.sourceModifiedAt = sourceModifiedAt
    }
}

extension CheckResult {
    /// The same result with another diagnosis.
    package func diagnosed(_ diagnosis: Diagnosis) -> CheckResult {
        CheckResult(
            profile: profile, startedAt: startedAt, finishedAt: finishedAt, diagnosis: diagnosis,
            identity: identity, accessKeyID: accessKeyID, source: source, expiresAt: expiresAt,
            endsForGood: endsForGood, latency: latency, endpoint: endpoint, skew: skew,
            fingerprint: fingerprint, sourceModifiedAt: sourceModifiedAt)
    }
}

extension CheckResult: Equatable {
    package static func == (left: CheckResult, right: CheckResult) -> Bool {
        left === right
            || left.profile == right.profile && left.startedAt == right.startedAt
                && left.finishedAt == right.finishedAt && left.diagnosis == right.diagnosis
                && left.identity == right.identity && left.accessKeyID == right.accessKeyID
                && left.source == right.source && left.expiresAt == right.expiresAt
                && left.endsForGood == right.endsForGood
                && left.latency == right.latency && left.endpoint == right.endpoint
                && left.skew == right.skew && left.fingerprint == right.fingerprint
                && left.sourceModifiedAt == right.sourceModifiedAt
    }
}

extension CheckResult: Hashable {
    package func hash(into hasher: inout Hasher) {
        hasher.combine(profile)
        hasher.combine(startedAt)
        hasher.combine(diagnosis.cause)
    }
}
