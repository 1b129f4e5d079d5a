import Model

/// The rules that stand between a refused primary and a failover.
extension GroupTrack {
    /// Whether the group may move, and if not, what it waits for.
    enum Readiness: Sendable, Hashable {
        case move(to: String)
        case wait(String)
        /// Enough bad answers, but something forbids the move; people should know.
        case blocked(String)
    }

    /// Weighs everything that a confirmation needs.
    func readiness(at now: Moment) -> Readiness {
        readiness(
            Refusals(count: failures, first: firstFailure, last: lastFailure),
            of: configuration.primary, candidates: configuration.backups, at: now)
    }

    /// The bad answers of the profile in use.
    struct Refusals {
        var count: Int
        var first: Moment?
        var last: CheckResult?
    }

    /// Weighs whether the profile in use is confirmed bad, and who may take over.
    func readiness(
        _ refusals: Refusals, of profile: String, candidates: [String], at now: Moment
    ) -> Readiness {
        if isClockWrong {
            return .blocked("this machine's clock is more than \(Limits.skew.text) wrong")
        }
        guard let first = refusals.first, let last = refusals.last else {
            return .wait("no bad answer counts yet")
        }
        guard refusals.count >= configuration.fall else {
            return .wait("\(refusals.count) of \(configuration.fall) bad answers")
        }
        let span = last.startedAt.moment - first
        guard span >= configuration.minimumSpan else {
            return .wait(
                "bad answers span \(span.rough) of \(configuration.minimumSpan.text)")
        }
        switch flaw(of: last, at: now) {
        case .none: break
        case .old: return .wait("the last bad answer is too old")
        case .clock(let reason): return .blocked(reason)
        }
        return proven(among: candidates, against: last, at: now)
    }

    /// What keeps a refusal of the primary from counting now.
    enum RefusalFlaw: Sendable, Hashable {
        case old
        case clock(String)
    }

    /// Why a refusal of the primary does not count now; nil when it does.
    func flaw(of refusal: CheckResult, at now: Moment) -> RefusalFlaw? {
        guard now - refusal.finishedAt.moment <= Limits.sameMinute else { return .old }
        // Without a request there is no clock to compare; the proof's answer vouches for ours.
        guard refusal.latency != nil else { return nil }
        guard let skew = refusal.skew else {
            return .clock("the answers carry no date, so the clock cannot be judged")
        }
        return skew.magnitude <= Limits.skew
            ? nil : .clock("the clock differs from AWS's by more than \(Limits.skew.text)")
    }

    /// Finds the first candidate that is proven good against a refusal, and may be moved to now.
    ///
    /// One that has not answered lately is waited for, so that a less preferred one does not win by
    /// milliseconds.
    private func proven(
        among candidates: [String], against refusal: CheckResult, at now: Moment
    ) -> Readiness {
        var reasons: [String] = []
        for candidate in candidates {
            guard let proof = proofs[candidate], isSameMinute(proof, refusal) else {
                let missing = "\(candidate) has not answered yet"
                return .wait((reasons + [missing]).joined(separator: "; "))
            }
            if let flaw = flaw(of: proof, against: refusal) {
                reasons.append("\(candidate) \(flaw)")
                continue
            }
            let event: HookEvent = candidate == configuration.primary ? .failback : .failover
            let hold = moves.hold(event, configuration.policy, at: now)
            return hold.map { .blocked($0) } ?? .move(to: candidate)
        }
        return .blocked(reasons.joined(separator: "; "))
    }

    /// Why an answer of a backup is no proof; nil when it is one.
    func flaw(of proof: CheckResult, against refusal: CheckResult?) -> String? {
        switch proof.diagnosis.verdict {
        case .bad: return "is refused too: \(proof.diagnosis.cause.title)"
        case .unknown: return "is not proven: \(proof.diagnosis.cause.title)"
        // Accepted, but AWS denies it much and a leaked key has to go; what else a canary says does not
        // count, if the operator wants it so.
        case .good where proof.diagnosis.cause == .quarantined:
            return "is accepted, but AWS has quarantined its user because a key leaked"
        case .good: break
        }
        guard let skew = proof.skew, skew.magnitude <= Limits.skew else {
            return "is accepted, but the clock differs from AWS's or cannot be compared"
        }
        guard let refusal else { return nil }
        guard isSameMinute(proof, refusal) else {
            return "was not accepted within \(Limits.sameMinute.text) of the refusal"
        }
        if let key = proof.accessKeyID, key == refusal.accessKeyID {
            return "has the same access key as \(refusal.profile)"
        }
        guard let url = proof.endpoint?.url, url == refusal.endpoint?.url else {
            return "was asked at another endpoint"
        }
        return nil
    }

    private func isSameMinute(_ proof: CheckResult, _ refusal: CheckResult) -> Bool {
        (proof.finishedAt.moment - refusal.finishedAt.moment).magnitude <= Limits.sameMinute
    }

    /// Starts the failover when everything is confirmed.
    mutating func moveIfConfirmed(at now: Instant, _ effects: inout Effects) {
        guard state == .confirming, let last = lastFailure else { return }
        follow(
            readiness(at: now.moment), because: last,
            elseTelling: "\(configuration.primary) is refused, but there is no failover",
            at: now, &effects)
    }

    /// Moves, waits, or tells once what forbids the move, after `told`.
    mutating func follow(
        _ readiness: Readiness, because refusal: CheckResult, elseTelling told: String,
        at now: Instant, _ effects: inout Effects
    ) {
        switch readiness {
        case .move(let target):
            begin(
                target == configuration.primary ? .failback : .failover, to: target,
                cause: refusal.diagnosis.cause, summary: refusal.diagnosis.summary,
                byHand: false, at: now, &effects)
        case .wait:
            break
        case .blocked(let reason):
            guard reason != blockedReason else { return }
            blockedReason = reason
            effects.announce(self, .groupBlocked, "\(told): \(reason).")
        }
    }

    /// What the group waits for, as a sentence for the status; empty when there is nothing to say.
    func detail(at now: Moment) -> String {
        switch state {
        case .ready: return ""
        case .confirming:
            switch readiness(at: now) {
            case .move(let backup): return "moving to \(backup)"
            case .wait(let reason): return "waiting: \(reason)"
            case .blocked(let reason): return "no failover: \(reason)"
            }
        case .failingOver:
            if isResuming { return "the run of before the restart waits for fresh evidence" }
            let (means, attempts) = (configuration.means, incident?.attempts ?? 1)
            return hookIsRunning
                ? "\(means.progress), attempt \(attempts) of \(Limits.hookAttempts)"
                : "\(means.failure(after: attempts, hook?.result)); it is tried again"
        case .failedOver: return detailOnBackup(at: now)
        case .failoverFailed:
            if isMoved { return detailOnBackup(at: now) }
            return
                "\(active) counts as in use, since the move failed; `credwatch failover \(name)` tries again"
        }
    }
}
