/// What one check of one profile came to: the value that travels from Resolving to Reporting.
package struct CheckResult: Sendable, Hashable {
    package var profile: String
    package var startedAt: Instant
    package var finishedAt: Instant
    package var diagnosis: Diagnosis
    package var identity: CallerIdentity?
    package var accessKeyID: String?
    /// One line: where the credential came from.
    package var source: String?
    package var expiresAt: WallTime?
    /// Latency of the last call; nil when nothing was sent.
    package var latency: Duration?
    /// Where the profile's own call goes, sent or not; nil when the profile did not resolve.
    package var endpoint: Endpoint?
    /// The server's clock minus ours, from the profile's own call.
    package var skew: Duration?
    /// Changes when any part of the credential changes; says nothing about it, and is not kept on disk.
    package var fingerprint: Int?
    package var sourceModifiedAt: WallTime?

    package init(
        profile: String, startedAt: Instant, finishedAt: Instant, diagnosis: Diagnosis,
        identity: CallerIdentity? = nil, accessKeyID: String? = nil, source: String? = nil,
        expiresAt: WallTime? = nil, latency: Duration? = nil, endpoint: Endpoint? = nil,
        skew: Duration? = nil, fingerprint: Int? = nil, sourceModifiedAt: WallTime? = nil
    ) {
        self.profile = profile
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.diagnosis = diagnosis
        self.identity = identity
        self.accessKeyID = accessKeyID
        self.source = source
        self.expiresAt = expiresAt
        self.latency = latency
        self.endpoint = endpoint
        self.skew = skew
        self.fingerprint = fingerprint
        self.sourceModifiedAt = sourceModifiedAt
    }
}
