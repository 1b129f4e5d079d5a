import Model

/// Moving a group: one incident, its attempts, and its end.
extension GroupTrack {
    /// Starts an incident, and with it the first attempt.
    mutating func begin(
        _ event: HookEvent, to target: String, cause: Cause, summary: String, byHand: Bool,
        isDrill: Bool = false, at now: Instant, _ effects: inout Effects
    ) {
        if !isDrill {
            closeDrill(.stayed, because: "\(name) had to move meanwhile", at: now, &effects)
        }
        if !byHand, event == .failover { moves.began(at: now) }
        incident = Incident(
            id: effects.newIncidentID(), event: event, from: active, to: target, cause: cause,
            summary: summary, startedAt: now.wall, byHand: byHand)
        incident?.isDrill = isDrill
        state = .failingOver
        isResuming = false
        blockedReason = nil
        effects.announce(
            self, .failoverStarted, "\(name) moves from \(active) to \(target): \(summary)")
        attempt(at: now, &effects)
    }

    /// Makes the next attempt, or counts a group that has nothing to run as moved.
    mutating func attempt(at now: Instant, _ effects: inout Effects) {
        guard var incident else { return }
        isResuming = false
        retryAt = nil
        effects.add(.wake(group: name, at: nil))
        guard configuration.hasMoves else {
            return succeed(incident, at: now, &effects)
        }
        guard incident.attempts < Limits.hookAttempts else {
            return giveUp(incident, at: now, &effects)
        }
        incident.attempts += 1
        self.incident = incident
        hook = HookRecord(
            event: incident.event, attempt: incident.attempts, startedAt: now.wall)
        hookIsRunning = true
        effects.add(.runHook(run(incident.event, incident.summary, of: incident)))
    }

    /// Takes in the end of a run.
    mutating func hookFinished(
        _ run: HookRun, _ result: HookResult, at now: Instant, _ effects: inout Effects
    ) {
        guard let incident, run.incident == incident.id, run.event == incident.event,
            run.attempt == incident.attempts, state == .failingOver
        else { return }
        hookIsRunning = false
        hook?.finishedAt = now.wall
        hook?.result = result
        if case .incomplete = result { self.incident?.hasSwitched = true }
        guard let incident = self.incident else { return }
        if result.isSuccess {
            succeed(incident, at: now, &effects)
        } else if incident.attempts >= Limits.hookAttempts {
            giveUp(incident, at: now, &effects)
        } else {
            let retry = now.moment + Limits.firstRetry * (1 << (incident.attempts - 1))
            retryAt = retry
            effects.add(.wake(group: name, at: retry))
            effects.add(.remember)
        }
    }

    /// Goes on when the wait before a retry is over.
    mutating func woken(
        latest: (String) -> CheckResult?, at now: Instant, _ effects: inout Effects
    ) {
        if wayBackSince != nil { return wayBackIsWoken(at: now, &effects) }
        // An order that is being carried out is answered at its end, however long that takes.
        if let order, let orderedAt, state != .failingOver || isResuming,
            now.moment - orderedAt >= Limits.orderProof
        {
            refuse(order, "no proof came in time", &effects)
        }
        guard state == .failingOver, !hookIsRunning, let incident else { return }
        if isResuming { return proveForResuming(at: now, &effects) }
        if closeIfUnneeded(at: now, &effects) { return }
        if let retryAt, now.moment < retryAt {
            return effects.add(.wake(group: name, at: retryAt))
        }
        // The target must not have gone bad while the hook failed.
        if let target = latest(incident.to), target.diagnosis.verdict == .bad, !incident.byHand {
            return giveUp(
                incident, because: "\(incident.to) is refused too", at: now, &effects)
        }
        attempt(at: now, &effects)
    }

    private mutating func succeed(
        _ incident: Incident, at now: Instant, _ effects: inout Effects
    ) {
        let isFailback = incident.event == .failback
        moves.ended(incident, isDone: true, awayFromBackup: isMoved, at: now)
        settle(isFailback ? .ready : .failedOver, active: incident.to)
        let text = "\(name) now uses \(incident.to) in place of \(incident.from)."
        effects.announce(self, isFailback ? .failedBack : .failedOver, text)
        effects.add(.remember)
        countTimeOnBackup(at: now, &effects)
        guard incident.isDrill else { return answerOrder(done: true, text, &effects) }
        if isFailback {
            closeDrill(
                .succeeded, because: "it moved to \(incident.from), and back to \(incident.to)",
                at: now, &effects)
        } else {
            askForWayBack(at: now, &effects)
        }
    }

    private mutating func giveUp(
        _ incident: Incident, because reason: String? = nil, at now: Instant,
        _ effects: inout Effects
    ) {
        let reason =
            reason ?? configuration.means.failure(after: incident.attempts, hook?.result)
        let isFailback = incident.event == .failback
        moves.ended(incident, isDone: false, awayFromBackup: isMoved, at: now)
        // What the files hold is what is in use, whatever else did not follow.
        let active = incident.hasSwitched ? incident.to : incident.from
        settle(
            isFailback && !incident.hasSwitched ? .failedOver : .failoverFailed, active: active)
        let text =
            "\(name) could not be moved from \(incident.from) to \(incident.to): \(reason)."
            + (incident.hasSwitched ? " The files hold \(incident.to)'s credential." : "")
        effects.announce(self, .failoverFailed, text)
        effects.add(.remember)
        countTimeOnBackup(at: now, &effects)
        notify(.failoverFailed, text, of: incident, &effects)
        guard incident.isDrill else { return answerOrder(done: false, text, &effects) }
        if !isFailback, isMoved {
            drill?.outcome = .failed
            askForWayBack(at: now, &effects)
        } else {
            closeDrill(.failed, because: reason, at: now, &effects)
        }
    }

    /// Ends an automatic failover whose reason is gone before a hook succeeded; returns whether it did.
    mutating func closeIfUnneeded(at now: Instant, _ effects: inout Effects) -> Bool {
        guard let incident, incident.event == .failover, incident.from == configuration.primary,
            !incident.byHand, !incident.hasSwitched, !hookIsRunning,
            successes >= configuration.rise
        else { return false }
        settle(.ready, active: configuration.primary)
        effects.add(.wake(group: name, at: nil))
        let text = "\(configuration.primary) is good again; \(configuration.means.abandonment)."
        effects.announce(self, .groupReady, text)
        effects.add(.remember)
        // An attempt that failed, or that a crash cut short, may have moved a part of what it moves.
        if incident.attempts > 0 { notify(.recovered, text, of: incident, &effects) }
        answerOrder(done: false, text, &effects)
        return true
    }

    // MARK: - After a restart

    /// Asks at once for what the primary answers, where something of before the restart waits for it.
    func askPrimary(_ effects: inout Effects) {
        if isResuming || earlier != nil { effects.add(.check(profile: configuration.primary)) }
        if isResuming, isMoved, incident?.event == .failover {
            effects.add(.check(profile: active))
        }
    }

    /// Asks for the evidence that an incident of before the restart needs to go on.
    mutating func proveForResuming(at now: Instant, _ effects: inout Effects) {
        guard isResuming, let incident else { return }
        if incident.event == .failback || incident.isDrill {
            effects.add(.prove(group: name, profile: configuration.primary, at: nil))
        }
        if incident.event == .failover {
            if isMoved { proveSuccessors(&effects) } else { proveBackups(&effects) }
        }
        if incident.byHand || incident.event == .failback {
            effects.add(.wake(group: name, at: now.moment + .seconds(20)))
        }
    }

    /// Goes on with an incident of before the restart: one attempt higher when the evidence is there, or
    /// elsewhere when its target is refused by now.
    mutating func resumeIfProven(at now: Instant, _ effects: inout Effects) {
        guard isResuming, let incident else { return }
        if incident.isDrill, incident.event == .failover {
            guard let own = proofs[configuration.primary] else { return }
            guard flaw(of: own, against: nil) != nil else {
                // How far the cut run came is not known; the way back makes it good.
                drill?.outcome = .failed
                active = incident.to
                return goBack(at: now, &effects)
            }
            guard own.diagnosis.verdict == .bad else { return }
        }
        if isProven(incident, at: now.moment) { return attempt(at: now, &effects) }
        turnIfTargetIsRefused(incident, at: now, &effects)
    }

    /// Whether the target is good, and for an automatic failover the primary is still refused.
    private func isProven(_ incident: Incident, at now: Moment) -> Bool {
        guard let proof = proofs[incident.to] else { return false }
        if incident.byHand || incident.event == .failback {
            return flaw(of: proof, against: nil) == nil
        }
        let last = isMoved ? troubled[active]?.last : lastFailure
        guard !isClockWrong, let refusal = last, flaw(of: refusal, at: now) == nil else {
            return false
        }
        return flaw(of: proof, against: refusal) == nil
    }

    /// Moves to a backup that is good, when the target of before the restart is not: all that a failover
    /// needs is there anew.
    ///
    /// Without this a way back that was cut short would wait for a primary that has failed since, while
    /// its hook may have moved everything there.
    private mutating func turnIfTargetIsRefused(
        _ cut: Incident, at now: Instant, _ effects: inout Effects
    ) {
        if cut.event == .failover, isMoved { return turnFromBackup(cut, at: now, &effects) }
        guard cut.event == .failback || !cut.byHand, let last = lastFailure,
            cut.to == configuration.primary || proofs[cut.to]?.diagnosis.verdict == .bad,
            case .move(let backup) = readiness(at: now.moment), backup != cut.to
        else { return }
        turn(cut, from: configuration.primary, to: backup, last, at: now, &effects)
    }

    /// The same for a move from one backup to another.
    private mutating func turnFromBackup(
        _ cut: Incident, at now: Instant, _ effects: inout Effects
    ) {
        guard let last = troubled[active]?.last, proofs[cut.to]?.diagnosis.verdict == .bad,
            case .move(let target) = readinessToLeave(at: now.moment), target != cut.to
        else { return }
        turn(cut, from: active, to: target, last, at: now, &effects)
    }

    private mutating func turn(
        _ cut: Incident, from source: String, to target: String, _ last: CheckResult,
        at now: Instant, _ effects: inout Effects
    ) {
        let reason =
            "\(cut.to) is refused, and how far the move had come before the restart is not known"
        effects.announce(
            self, .failoverFailed,
            "\(name) could not be moved from \(cut.from) to \(cut.to): \(reason).")
        if let order { refuse(order, reason, &effects) }
        active = source
        begin(
            target == configuration.primary ? .failback : .failover, to: target,
            cause: last.diagnosis.cause, summary: last.diagnosis.summary, byHand: false, at: now,
            &effects)
    }

    // MARK: - Notices

    /// Runs the hook for something that it should know; whether it succeeds changes nothing.
    func notify(
        _ event: HookEvent, _ message: String, of closed: Incident? = nil,
        _ effects: inout Effects
    ) {
        guard configuration.hook != nil, let incident = closed ?? incident else { return }
        var run = run(event, message, of: incident)
        // A failback that failed lies behind it, perhaps, and `to` is what is in use.
        if closed == nil { (run.from, run.to) = (configuration.primary, active) }
        effects.add(.runHook(run))
    }

    private func run(_ event: HookEvent, _ message: String, of incident: Incident) -> HookRun {
        HookRun(
            event: event, group: name, from: incident.from, to: incident.to,
            cause: incident.cause, message: message, incident: incident.id,
            attempt: max(1, incident.attempts), isDrill: incident.isDrill)
    }
}
