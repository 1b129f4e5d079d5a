import Model

/// Moving a group by hand.
extension GroupTrack {
    /// Takes an order: refuses it, starts it, or asks first for a proof that the target is good.
    mutating func ordered(_ order: Order, at now: Instant, _ effects: inout Effects) {
        guard self.order == nil, !hookIsRunning, state != .failingOver else {
            return effects.add(
                .reply(order: order.id, done: false, text: "\(name) is being moved already"))
        }
        switch (order.kind, state) {
        case (.failover, .failedOver):
            return effects.add(
                .reply(order: order.id, done: false, text: "\(name) already uses \(active)"))
        case (.failback, .ready), (.failback, .confirming), (.failback, .failoverFailed):
            return effects.add(
                .reply(
                    order: order.id, done: false, text: "\(name) already uses its primary \(active)"
                ))
        default: break
        }
        self.order = order
        orderedAt = now.moment
        if order.force {
            let target =
                order.kind == .failback
                ? configuration.primary : configuration.backups.first ?? active
            return begin(order, to: target, at: now, &effects)
        }
        proofs = [:]
        effects.add(.wake(group: name, at: now.moment + Limits.orderProof))
        if order.kind == .failback {
            effects.add(.prove(group: name, profile: configuration.primary, at: nil))
        } else {
            proveBackups(&effects)
        }
    }

    /// Takes in a probe that the group had asked for.
    mutating func proved(_ result: CheckResult, at now: Instant, _ effects: inout Effects) {
        proofs[result.profile] = result
        if let order {
            weigh(result, for: order, at: now, &effects)
        } else if isResuming {
            resumeIfProven(at: now, &effects)
        } else {
            moveIfConfirmed(at: now, &effects)
        }
    }

    private mutating func weigh(
        _ proof: CheckResult, for order: Order, at now: Instant, _ effects: inout Effects
    ) {
        guard state != .failingOver else { return }
        let candidates =
            order.kind == .failback ? [configuration.primary] : configuration.backups
        guard candidates.contains(proof.profile) else { return }
        guard let flaw = flaw(of: proof, against: nil) else {
            return begin(order, to: proof.profile, at: now, &effects)
        }
        guard candidates.allSatisfy({ proofs[$0] != nil }) else { return }
        refuse(
            order, "\(proof.profile) \(flaw); --force moves without a proof", &effects)
    }

    private mutating func begin(
        _ order: Order, to target: String, at now: Instant, _ effects: inout Effects
    ) {
        begin(
            order.kind == .failback ? .failback : .failover, to: target,
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
