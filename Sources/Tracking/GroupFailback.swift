import Model

/// The way back to a primary that is good again.
extension GroupTrack {
    /// Takes in a good answer of the primary while a backup is in use: tells of it once, and moves back when
    /// that is the daemon's to do.
    mutating func primaryIsBack(
        _ result: CheckResult, at now: Instant, _ effects: inout Effects
    ) {
        guard successes >= configuration.rise else { return }
        let goesBack = mayGoBack(result, at: now.moment)
        if !recoveryAnnounced {
            recoveryAnnounced = true
            let text = "\(configuration.primary) is good again; \(wayBack)."
            effects.announce(self, .primaryRecovered, text)
            effects.add(.remember)
            // The way back that begins now says more, and two runs at once would be in each other's way.
            if !goesBack { notify(.recovered, text, &effects) }
        }
        guard goesBack else { return }
        let span = result.startedAt.moment - (firstSuccess ?? result.startedAt.moment)
        begin(
            .failback, to: configuration.primary, cause: .ok,
            summary: "\(configuration.primary) has been good for \(span.rough).",
            byHand: false, at: now, &effects)
    }

    private var wayBack: String {
        configuration.policy.failback == .auto
            ? "\(name) moves back when it has been good for \(configuration.policy.failbackSpan.text)"
            : "\(active) stays active until `credwatch failback \(name)`"
    }

    /// Whether the group moves back by itself now: an unbroken row of good answers is long enough, and
    /// nothing stands against it.
    private func mayGoBack(_ result: CheckResult, at now: Moment) -> Bool {
        guard configuration.policy.failback == .auto, order == nil, wayBackSince == nil,
            let firstSuccess,
            result.startedAt.moment - firstSuccess >= configuration.policy.failbackSpan
        else { return false }
        return !flaps.isFlapping && flaw(of: result, against: nil) == nil
            && moves.hold(.failback, configuration.policy, at: now) == nil
    }

    /// What a group that uses a backup waits for, as a sentence; empty when there is nothing to say.
    func detailOnBackup(at now: Moment) -> String {
        if wayBackSince != nil {
            return "a drill: the way back waits for a proof of \(configuration.primary)"
        }
        if let blockedReason {
            return "\(active) is refused, and nothing follows it: \(blockedReason)"
        }
        guard recoveryAnnounced else {
            return state == .failoverFailed
                ? "\(active) is in use, but not everything that uses it could be moved" : ""
        }
        guard configuration.policy.failback == .auto else {
            return "the primary is good again; `credwatch failback \(name)` moves back"
        }
        if flaps.isFlapping {
            return "the primary flaps; `credwatch failback \(name)` moves back all the same"
        }
        if let reason = moves.hold(.failback, configuration.policy, at: now) {
            return "the primary is good again, but there is no way back yet: \(reason)"
        }
        return
            "the primary is good again; the way back begins when it has been for \(configuration.policy.failbackSpan.text)"
    }
}
