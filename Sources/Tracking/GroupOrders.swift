import Model

/// Moving a group by hand.
extension GroupTrack {
    /// Takes an order: refuses it, starts it, or asks first for a proof that the target is good.
    mutating func ordered(_ order: Order, at now: Instant, _ effects: inout Effects) {
        // What waits for evidence after a restart may wait for long; a person may decide sooner.
        guard self.order == nil, !hookIsRunning, wayBackSince == nil,
            state != .failingOver || isResuming
        else {
            return effects.add(
                .reply(order: order.id, done: false, text: "\(name) is being moved already"))
        }
        let isAtPrimary = !isMoved
        guard isAtPrimary == (order.kind != .failback) else {
            let what = isAtPrimary ? "its primary \(active)" : active
            return effects.add(
                .reply(order: order.id, done: false, text: "\(name) already uses \(what)"))
        }
        // What is no rehearsal needs no drill, and is no time for one.
        guard order.kind != .drill || state == .ready else {
            return effects.add(
                .reply(
                    order: order.id, done: false,
                    text: "there is no drill now: \(name) is not ready but \(state.rawValue)"))
        }
        self.order = order
        orderedAt = now.moment
        if order.force, order.kind != .drill {
            let target =
                order.kind == .failback
                ? configuration.primary : configuration.backups.first ?? active
            return begin(order, to: target, at: now, &effects)
        }
        proofs = [:]
        effects.add(.wake(group: name, at: now.moment + Limits.orderProof))
        if order.kind != .failover {
            effects.add(.prove(group: name, profile: configuration.primary, at: nil))
        }
        if order.kind != .failback { proveBackups(&effects) }
    }

    /// Takes in a probe that the group had asked for.
    mutating func proved(_ result: CheckResult, at now: Instant, _ effects: inout Effects) {
        proofs[result.profile] = result
        if wayBackSince != nil {
            weighWayBack(at: now, &effects)
        } else if let order {
            weigh(order, at: now, &effects)
        } else if isResuming {
            resumeIfProven(at: now, &effects)
        } else {
            moveIfConfirmed(at: now, &effects)
            leaveIfConfirmed(at: now, &effects)
        }
    }

    private mutating func weigh(_ order: Order, at now: Instant, _ effects: inout Effects) {
        guard state != .failingOver || isResuming else { return }
        if order.kind == .drill {
            guard state == .ready else {
                return refuse(order, "\(configuration.primary) has failed meanwhile", &effects)
            }
            guard let own = proofs[configuration.primary] else { return }
            if let flaw = flaw(of: own, against: nil) {
                let reason = "a drill needs a good primary, and \(configuration.primary) \(flaw)"
                return refuse(order, reason, &effects)
            }
        }
        let candidates =
            order.kind == .failback ? [configuration.primary] : configuration.backups
        var reasons: [String] = []
        for candidate in candidates {
            // In the order of preference, however fast the others answer.
            guard let proof = proofs[candidate] else { return }
            guard let flaw = flaw(of: proof, against: nil) else {
                return begin(order, to: candidate, at: now, &effects)
            }
            reasons.append("\(candidate) \(flaw)")
        }
        let advice = order.kind == .drill ? "" : "; --force moves without a proof"
        refuse(order, reasons.joined(separator: "; ") + advice, &effects)
    }

    private mutating func begin(
        _ order: Order, to target: String, at now: Instant, _ effects: inout Effects
    ) {
        let event: HookEvent = order.kind == .failback ? .failback : .failover
        // The very move that the end of the daemon cut short goes on: a hook can tell that it is the same.
        if isResuming, var incident, incident.event == event, incident.to == target,
            !incident.isDrill,
            incident.attempts < Limits.hookAttempts
        {
            incident.byHand = true
            self.incident = incident
            blockedReason = nil
            return attempt(at: now, &effects)
        }
        if order.kind == .drill {
            drill = Drill(startedAt: now.wall)
            return begin(
                .failover, to: target, cause: .ok, summary: "a drill, ordered by an operator.",
                byHand: true, isDrill: true, at: now, &effects)
        }
        begin(
            event, to: target,
            cause: lastFailure?.diagnosis.cause ?? .ok, summary: "ordered by an operator.",
            byHand: true, at: now, &effects)
    }

    mutating func refuse(_ order: Order, _ reason: String, _ effects: inout Effects) {
        effects.add(.reply(order: order.id, done: false, text: "\(name) was not moved: \(reason)"))
        self.order = nil
        orderedAt = nil
    }

    mutating func answerOrder(done: Bool, _ text: String, _ effects: inout Effects) {
        guard let order else { return }
        effects.add(.reply(order: order.id, done: done, text: text))
        self.order = nil
        orderedAt = nil
    }
}
