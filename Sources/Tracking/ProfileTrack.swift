import Model

/// The health of one profile, by what its checks came to.
struct ProfileTrack: Sendable {
    var configuration: ProfileConfiguration
    private(set) var state = ProfileState.pending
    private(set) var since: WallTime?
    /// The moment of `since`; nil when that was before a restart.
    private var sinceMoment: Moment?
    private(set) var failingSince: WallTime?
    private(set) var lastSuccessAt: WallTime?
    private(set) var consecutiveFailures = 0
    private(set) var consecutiveUnknowns = 0
    private(set) var last: CheckResult?
    /// The cause that was announced last, also when it was before a restart.
    private(set) var announcedCause: Cause?
    /// Whether the last result came with another credential than the one before.
    private(set) var credentialChanged = false
    private var fingerprint: Int?
    private var changedAt: Moment?
    /// The interval that was asked for last.
    var pace: Duration
    /// The end that a person has to put off, if there is one.
    var ending: EndWatch?
    /// What is worth a warning although the credential works.
    var advisories = AdvisoryBoard()
    /// When the end is looked at next.
    var endWake: Moment?
    /// Whether it is a primary or a backup.
    var isMember = false
    /// The groups in which it is a backup.
    var backupOf: [String] = []
    /// Whether one of them holds something against it.
    var isTroubled = false
    /// Whose credential it is, by the last good answer; kept of members only.
    var owner: CallerIdentity?
    /// What a second identity has said about the refusals that go on.
    private var refinement: Refinement?
    private(set) var past = HistoryTrack()

    init(_ configuration: ProfileConfiguration, remembered: RememberedProfile?) {
        self.configuration = configuration
        pace = configuration.interval
        guard let remembered else { return }
        state = remembered.state
        since = remembered.since
        failingSince = remembered.failingSince
        lastSuccessAt = remembered.lastSuccessAt
        announcedCause = remembered.cause
        ending = remembered.endsForGood.map { EndWatch($0, told: remembered.endTold, at: nil) }
    }

    /// Takes in a result; returns the change that it makes, if it makes one.
    mutating func receive(_ result: CheckResult) -> ProfileChange? {
        credentialChanged = false
        var result = result
        if refinement != nil { result = refined(result) }
        if let new = result.fingerprint {
            if let old = fingerprint, old != new {
                changedAt = result.startedAt.moment
                credentialChanged = true
                consecutiveFailures = 0
            }
            fingerprint = new
        }
        let previous = state
        let wall = result.finishedAt.wall
        switch result.diagnosis.verdict {
        case .good:
            state = .healthy
            consecutiveFailures = 0
            consecutiveUnknowns = 0
            failingSince = nil
            lastSuccessAt = wall
        case .bad:
            state = .failing
            consecutiveFailures += 1
            consecutiveUnknowns = 0
            failingSince = failingSince ?? wall
        case .unknown:
            state = .unknown
            consecutiveUnknowns += 1
        }
        // After a restart a trouble of before is told once more: the new journal should have it.
        let isStillTroubled = last == nil && state != .healthy
        last = result
        guard
            state != previous || result.diagnosis.cause != announcedCause || isStillTroubled
        else { return nil }
        announcedCause = result.diagnosis.cause
        let previousFor = timeInState(until: result.finishedAt)
        if state != previous {
            since = wall
            sinceMoment = result.finishedAt.moment
        }
        return ProfileChange(
            from: previous, to: state, result: result, previousFor: previousFor,
            consecutiveFailures: consecutiveFailures)
    }

    /// Whether the last result has been explained by a second identity.
    var isRefined: Bool { refinement != nil }

    /// Puts a better diagnosis in the place of the last one, if it is of the same credential and says the
    /// same about it, and in that of later results that say no more; returns the change when it names
    /// another cause.
    mutating func refine(_ diagnosis: Diagnosis, of credential: Int?) -> ProfileChange? {
        guard let result = last, fingerprint == credential, result.fingerprint == credential,
            result.diagnosis.verdict == diagnosis.verdict
        else { return nil }
        refinement = Refinement(
            of: refinement?.base ?? result.diagnosis.cause,
            refinement?.evidence ?? result.diagnosis.evidence, by: diagnosis)
        let refined = result.diagnosed(diagnosis)
        last = refined
        guard diagnosis.cause != announcedCause else { return nil }
        announcedCause = diagnosis.cause
        return ProfileChange(
            from: state, to: state, result: refined,
            previousFor: timeInState(until: result.finishedAt),
            consecutiveFailures: consecutiveFailures)
    }

    /// A result with what is known beyond it; forgets that when the result tells another story.
    private mutating func refined(_ result: CheckResult) -> CheckResult {
        guard let refinement else { return result }
        let diagnosis = result.diagnosis
        // A network that fails in between says nothing about the refusal.
        if diagnosis.verdict == .unknown, result.fingerprint ?? fingerprint == fingerprint {
            return result
        }
        guard diagnosis.cause == refinement.base, diagnosis.verdict == refinement.diagnosis.verdict,
            result.fingerprint == fingerprint
        else {
            self.refinement = nil
            return result
        }
        self.refinement?.evidence = diagnosis.evidence
        return result.diagnosed(refinement.applied(to: diagnosis))
    }

    /// How long the state has lasted; the wall clock, which may have been set, counts only over a restart.
    private func timeInState(until now: Instant) -> Duration? {
        if let sinceMoment { return now.moment - sinceMoment }
        return since.map { max(.zero, now.wall - $0) }
    }

    /// Whether a bad result may count: the credential has not changed within the last seconds.
    func isSettled(_ result: CheckResult) -> Bool {
        if let changedAt, result.startedAt.moment - changedAt <= Limits.settling { return false }
        guard let modified = result.sourceModifiedAt else { return true }
        let age = result.startedAt.wall - modified
        // A date in the future says nothing, and must not hold a failover up for ever.
        return age < .zero || age > Limits.settling
    }

    /// The interval at which the profile should be checked; `groupWants` is what its groups ask for.
    func wantedPace(fast groupWants: Bool) -> Duration {
        let fast = min(configuration.fastInterval, configuration.interval)
        if groupWants { return fast }
        switch state {
        case .failing: return consecutiveFailures < Limits.fall ? fast : configuration.interval
        case .unknown:
            // Asking more often is no answer to a request to ask less.
            if last?.diagnosis.cause == .throttled { return configuration.interval }
            let doublings = min(max(consecutiveUnknowns - 1, 0), 20)
            return min(fast * (1 << doublings), configuration.interval)
        case .pending, .healthy: return configuration.interval
        }
    }

    /// Takes the interval that is wanted now; returns it when it is another one than before.
    mutating func changePace(fast groupWants: Bool) -> Duration? {
        let wanted = wantedPace(fast: groupWants)
        guard wanted != pace else { return nil }
        pace = wanted
        return wanted
    }

    var remembered: RememberedProfile {
        RememberedProfile(
            name: configuration.name, state: state, cause: announcedCause, since: since,
            failingSince: failingSince, lastSuccessAt: lastSuccessAt, endsForGood: ending?.end,
            endTold: ending?.told)
    }

    /// Takes up the last hours that an earlier daemon has seen.
    mutating func takeUp(_ remembered: RememberedHistory) {
        past = HistoryTrack(remembered)
    }

    /// Notes the state at the end of a check; tells whether the history is another one now.
    mutating func noteHistory(at time: WallTime) -> Bool {
        past.note(state, at: time, every: configuration.interval)
    }

    func status(nextCheckAt: WallTime?, at now: WallTime) -> ProfileStatus {
        ProfileStatus(
            name: configuration.name, state: state, since: since, diagnosis: last?.diagnosis,
            identity: last?.identity, accessKeyID: last?.accessKeyID, source: last?.source,
            lastAttemptAt: last?.startedAt.wall, lastSuccessAt: lastSuccessAt,
            failingSince: failingSince, consecutiveFailures: consecutiveFailures,
            latency: last?.latency, expiresAt: last?.expiresAt, endsForGood: ending?.end,
            endTold: ending?.told, nextCheckAt: nextCheckAt,
            advisories: advisories.list,
            history: past.history(at: now, every: configuration.interval))
    }
}

/// What a second identity has said about a refusal.
private struct Refinement: Sendable {
    /// The cause as the check itself finds it.
    let base: Cause
    /// The evidence of the last check itself.
    var evidence: [Evidence]
    let diagnosis: Diagnosis
    /// What the second identity has seen beyond that.
    private let added: [Evidence]

    init(of base: Cause, _ evidence: [Evidence], by diagnosis: Diagnosis) {
        self.base = base
        self.evidence = evidence
        self.diagnosis = diagnosis
        added = diagnosis.evidence.filter { !evidence.contains($0) }
    }

    /// The better diagnosis with the evidence of a later check.
    func applied(to later: Diagnosis) -> Diagnosis {
        var diagnosis = diagnosis
        diagnosis.evidence = later.evidence + added
        return diagnosis
    }
}
