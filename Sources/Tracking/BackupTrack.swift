import Model

/// The bad answers of a backup's own checks, since its last good one.
struct BackupTrack: Sendable {
    var failures = 0
    var first: Moment?
    var last: CheckResult?
    /// Since when it counts as failing; nil until it is confirmed.
    var failingSince: WallTime?

    /// Begins with what an earlier daemon has told.
    init(failingSince: WallTime? = nil) {
        self.failingSince = failingSince
    }

    /// Takes in a bad answer that counts.
    mutating func refuse(_ result: CheckResult) {
        failures += 1
        first = first ?? result.startedAt.moment
        last = result
    }

    /// Forgets the answers about a credential that is another one by now.
    mutating func forget() {
        failures = 0
        first = nil
        last = nil
    }
}
