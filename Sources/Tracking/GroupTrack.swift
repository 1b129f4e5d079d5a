import Model

/// One failover group: what is known of it, and where it stands.
///
/// The rules live in extensions: `Confirmation` (may it move?), `Incidents` (moving), `Orders` (by
/// hand).
struct GroupTrack: Sendable {
    var configuration: GroupConfiguration
    var state = GroupState.ready
    /// The profile that applications should use.
    var active: String
    var incident: Incident?
    var hook: HookRecord?

    /// The bad answers of the primary that count, since its last good one.
    var failures = 0
    var firstFailure: Moment?
    var lastFailure: CheckResult?
    /// Those of before a restart, until the primary's first answer shows whether they count on.
    var earlier: RememberedRefusals?
    /// The good answers of the primary in a row.
    var successes = 0
    /// The start of the first of them.
    var firstSuccess: Moment?
    /// The backups that have answered badly since their last good answer.
    var troubled: [String: BackupTrack] = [:]
    var moves = MoveTrack()
    /// What an earlier daemon kept of them, until the start.
    var earlierMoves: RememberedMoves?
    var flaps = FlapTrack()
    /// Whether a reminder is wished for.
    var isReminding = false
    /// The last drill, or the one that runs.
    var drill: Drill?
    /// Since when the way back of a drill waits for a proof of the primary.
    var wayBackSince: Moment?
    /// The latest probe of each backup, at the primary's endpoint.
    var proofs: [String: CheckResult] = [:]
    /// Where the primary was last asked.
    var primaryEndpoint: Endpoint?

    var hookIsRunning = false
    /// When the next attempt is due, after one that failed.
    var retryAt: Moment?
    /// An incident from before a restart waits for fresh evidence.
    var isResuming = false
    var order: Order?
    var orderedAt: Moment?
    var blockedReason: String?
    /// Whether this machine's clock is so wrong that nothing counts as bad.
    var isClockWrong = false
    var recoveryAnnounced = false
    /// What is worth a warning although the group is ready.
    var advisories = AdvisoryBoard()

    init(_ configuration: GroupConfiguration) {
        self.configuration = configuration
        active = configuration.primary
    }

    var name: String { configuration.name }

    /// Whether the primary should be checked at its fast interval.
    var wantsFastPrimary: Bool {
        switch state {
        case .confirming: true
        case .failingOver: isResuming
        case .failedOver, .failoverFailed: successes > 0 && successes < configuration.rise
        case .ready: false
        }
    }

    /// Takes in a check of the primary.
    mutating func primaryChecked(
        _ result: CheckResult, isSettled: Bool, isNewCredential: Bool, at now: Instant,
        _ effects: inout Effects
    ) {
        if let endpoint = result.endpoint { primaryEndpoint = endpoint }
        // Another credential in the slot is another story.
        if isNewCredential {
            forgetFailures()
            forgetFlaps(at: now.wall, &effects)
            successes = 0
        }
        switch result.diagnosis.verdict {
        case .unknown:
            successes = 0
            // What would be bad with a right clock comes as unknown, and people should know what it waits for.
            if isClockWrong { moveIfConfirmed(at: now, &effects) }
        case .good:
            if successes == 0 { firstSuccess = result.startedAt.moment }
            successes += 1
            forgetFailures()
            if configuration.policy.flap != nil { noteFlap(isBad: false, at: now, &effects) }
            primaryIsGood(result, at: now, &effects)
        case .bad:
            successes = 0
            recoveryAnnounced = false
            guard isSettled else { return }
            takeUpEarlier(with: result)
            failures += 1
            firstFailure = firstFailure ?? result.startedAt.moment
            lastFailure = result
            if refusals != nil { effects.add(.remember) }
            if configuration.policy.flap != nil { noteFlap(isBad: true, at: now, &effects) }
            primaryIsBad(at: now, &effects)
        }
    }

    private mutating func primaryIsBad(at now: Instant, _ effects: inout Effects) {
        switch state {
        case .ready:
            state = .confirming
            blockedReason = nil
            effects.announce(
                self, .groupConfirming,
                "\(configuration.primary) is refused; confirming before anything is moved.")
            proveBackups(&effects)
            moveIfConfirmed(at: now, &effects)
        case .confirming:
            proveBackups(&effects)
            moveIfConfirmed(at: now, &effects)
        case .failingOver where isResuming:
            proveBackups(&effects)
            resumeIfProven(at: now, &effects)
        case .failingOver, .failedOver, .failoverFailed:
            guard wayBackSince != nil, let last = lastFailure else { return }
            let reason = "\(configuration.primary) is refused: \(last.diagnosis.cause.title)"
            stay(because: reason, at: now, &effects)
        }
    }

    private mutating func primaryIsGood(
        _ result: CheckResult, at now: Instant, _ effects: inout Effects
    ) {
        switch state {
        case .ready:
            break
        case .confirming:
            state = .ready
            blockedReason = nil
            proofs = [:]
            effects.announce(
                self, .groupReady, "\(configuration.primary) is accepted again; nothing was moved.")
        case .failingOver:
            _ = closeIfUnneeded(at: now, &effects)
        case .failedOver:
            primaryIsBack(result, at: now, &effects)
        case .failoverFailed:
            if isMoved { return primaryIsBack(result, at: now, &effects) }
            guard successes >= configuration.rise else { return }
            let end = incident?.event == .failback ? "it is in use" : "nothing was moved"
            settle(.ready, active: configuration.primary)
            effects.announce(
                self, .groupReady, "\(configuration.primary) is good again; \(end).")
            effects.add(.remember)
        }
    }

    /// Takes in that more is known about the primary's last refusal; it counts as no further answer.
    mutating func explained(_ result: CheckResult) {
        // What IAM says of an answer that does not count is no reason for the hook.
        guard let last = lastFailure, last.fingerprint == result.fingerprint,
            last.diagnosis.verdict == result.diagnosis.verdict
        else { return }
        lastFailure = last.diagnosed(result.diagnosis)
    }

    mutating func forgetFailures() {
        failures = 0
        firstFailure = nil
        lastFailure = nil
        earlier = nil
    }

    /// Asks every backup for a proof at the endpoint that refused the primary.
    func proveBackups(_ effects: inout Effects) {
        for backup in configuration.backups {
            effects.add(.prove(group: name, profile: backup, at: primaryEndpoint))
        }
    }

    /// Ends the incident with a state.
    mutating func settle(_ state: GroupState, active: String) {
        self.state = state
        self.active = active
        isResuming = false
        retryAt = nil
        if state == .ready { incident = nil }
        successes = 0
        forgetFailures()
        blockedReason = nil
        recoveryAnnounced = false
        proofs = [:]
    }
}

/// The effects of one event, in the order in which they are to be performed.
struct Effects: Sendable {
    private(set) var list: [Effect] = []
    let newIncidentID: @Sendable () -> String

    init(_ newIncidentID: @escaping @Sendable () -> String) {
        self.newIncidentID = newIncidentID
    }

    mutating func add(_ effect: Effect) {
        list.append(effect)
    }

    /// Tells of a group; `profile` is the member that it is about, if it is about one.
    mutating func announce(
        _ group: GroupTrack, _ kind: EventKind, _ message: String, about profile: String? = nil,
        cause: Cause? = nil
    ) {
        list.append(
            .announce(
                .group(
                    GroupChange(
                        kind: kind, group: group.name, state: group.state, active: group.active,
                        message: message, incident: profile == nil ? group.incident : nil,
                        profile: profile, cause: cause))))
    }
}
