import Model

/// The bad answers of the primary that a restart must not forget.
extension GroupTrack {
    /// What is kept of them: as long as something waits for more.
    var refusals: RememberedRefusals? {
        guard state == .ready || state == .confirming || isResuming else { return nil }
        guard let first = firstFailure, let last = lastFailure,
            !last.diagnosis.cause.followsFromConfiguration
        else { return earlier }
        return RememberedRefusals(
            count: failures, first: first, last: last.startedAt.moment,
            lastAt: last.startedAt.wall, accessKeyID: last.accessKeyID)
    }

    /// Counts the bad answers of before a restart with the first one after it, if it goes on from them: a
    /// short while later in the same boot, and about the same credential, in files that did not change.
    mutating func takeUpEarlier(with result: CheckResult) {
        guard let earlier else { return }
        self.earlier = nil
        let pause = result.startedAt.moment - earlier.last
        let pauseOnWall = result.startedAt.wall - earlier.lastAt
        guard earlier.first <= earlier.last, pause >= .zero, pause <= Limits.refusalMemory,
            // What is kept of the wall clock are whole seconds.
            (pauseOnWall - pause).magnitude <= .seconds(2),
            result.accessKeyID == earlier.accessKeyID,
            result.sourceModifiedAt.map({ $0 < earlier.lastAt }) ?? true,
            !result.diagnosis.cause.followsFromConfiguration
        else { return }
        failures = min(max(earlier.count, 1), 1_000_000)
        firstFailure = earlier.first
    }
}

extension Cause {
    /// Whether the answer is bad only because the config says so, which may have changed since.
    fileprivate var followsFromConfiguration: Bool {
        self == .wrongIdentity || self == .permissionLost || self == .quarantined
    }
}
