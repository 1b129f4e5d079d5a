import Model

/// From one backup to what is good: a backup that is in use may die as well.
///
/// This follows also where the way back is by hand: that somebody wants to choose the hour of a failback is
/// no reason to leave applications with a credential that is known to be dead.
extension GroupTrack {
    /// Whether a backup is in use.
    var isMoved: Bool { active != configuration.primary }

    /// Who may follow the active backup, in the order of preference.
    ///
    /// The primary comes first, unless it flaps.
    private var successors: [String] {
        let others = configuration.backups.filter { $0 != active }
        return flaps.isFlapping ? others : [configuration.primary] + others
    }

    /// Whether the group rests at a backup, so that it may leave it.
    private var rests: Bool {
        switch state {
        case .failedOver, .failoverFailed: isMoved && order == nil && wayBackSince == nil
        case .ready, .confirming, .failingOver: false
        }
    }

    /// Asks for a proof of everybody else, when the backup in use is refused.
    mutating func activeBackupIsBad(at now: Instant, _ effects: inout Effects) {
        if state == .failingOver, isResuming, incident?.event == .failover, incident?.from == active
        {
            proveSuccessors(&effects)
            return resumeIfProven(at: now, &effects)
        }
        guard rests else { return }
        proveSuccessors(&effects)
        leaveIfConfirmed(at: now, &effects)
    }

    /// Asks everybody who may follow for a proof at the endpoint that refused the active backup.
    func proveSuccessors(_ effects: inout Effects) {
        let endpoint = troubled[active]?.last?.endpoint ?? primaryEndpoint
        for profile in successors {
            effects.add(.prove(group: name, profile: profile, at: endpoint))
        }
    }

    /// Whether the group may leave the active backup, by the rules of any failover.
    func readinessToLeave(at now: Moment) -> Readiness {
        let track = troubled[active] ?? BackupTrack()
        if successors.isEmpty { return .blocked("\(configuration.primary) flaps") }
        return readiness(
            Refusals(count: track.failures, first: track.first, last: track.last),
            of: active, candidates: successors, at: now)
    }

    /// Leaves the active backup when it is confirmed bad and somebody else is proven good.
    mutating func leaveIfConfirmed(at now: Instant, _ effects: inout Effects) {
        guard rests, let last = troubled[active]?.last else { return }
        follow(
            readinessToLeave(at: now.moment), because: last,
            elseTelling: "\(active), which is in use, is refused, but nothing follows it",
            at: now, &effects)
    }
}
