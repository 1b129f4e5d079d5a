import Model

/// A drill: a failover that is ordered to see that it works, with the way back.
extension GroupTrack {
    /// How long the way back waits for a proof of the primary, and how often it asks.
    private static let patience = Limits.orderProof
    private static let question = Duration.seconds(10)

    var isDrilling: Bool { drill.map { $0.finishedAt == nil } ?? false }

    /// Takes up a drill of before a restart where it was: on the way back, if it had come so far.
    mutating func resumeDrill(at now: Instant, _ effects: inout Effects) {
        guard isDrilling else { return }
        switch state {
        case .failingOver: break
        case .failedOver, .failoverFailed:
            if isMoved {
                askForWayBack(at: now, &effects)
            } else {
                closeDrill(.failed, at: now, &effects)
            }
        case .ready, .confirming: closeDrill(.failed, at: now, &effects)
        }
    }

    /// Asks for a proof of the primary, which the way back needs.
    mutating func askForWayBack(at now: Instant, _ effects: inout Effects) {
        wayBackSince = now.moment
        proofs[configuration.primary] = nil
        askAgain(at: now, &effects)
    }

    private func askAgain(at now: Instant, _ effects: inout Effects) {
        effects.add(.prove(group: name, profile: configuration.primary, at: nil))
        effects.add(.wake(group: name, at: now.moment + Self.question))
    }

    /// Goes the way back when the primary is proven, and stays when it is refused.
    mutating func weighWayBack(at now: Instant, _ effects: inout Effects) {
        guard wayBackSince != nil, let proof = proofs[configuration.primary] else { return }
        guard let flaw = flaw(of: proof, against: nil) else {
            return goBack(at: now, &effects)
        }
        if proof.diagnosis.verdict == .bad {
            stay(because: "\(configuration.primary) \(flaw)", at: now, &effects)
        }
    }

    /// Begins the second half of a drill.
    mutating func goBack(at now: Instant, _ effects: inout Effects) {
        wayBackSince = nil
        begin(
            .failback, to: configuration.primary, cause: .ok, summary: "the way back of a drill.",
            byHand: true, isDrill: true, at: now, &effects)
    }

    /// Asks again, or gives the way back up.
    mutating func wayBackIsWoken(at now: Instant, _ effects: inout Effects) {
        guard let wayBackSince else { return }
        if now.moment - wayBackSince < Self.patience { return askAgain(at: now, &effects) }
        stay(
            because: "no proof of \(configuration.primary) came in time", at: now, &effects)
    }

    /// Makes an ordinary failover of a drill whose primary is not good any more.
    mutating func stay(because reason: String, at now: Instant, _ effects: inout Effects) {
        wayBackSince = nil
        effects.add(.wake(group: name, at: nil))
        incident?.isDrill = false
        closeDrill(
            .stayed, because: "\(reason), so \(active) stays in use as after any failover",
            at: now, &effects)
    }

    /// Ends a drill and answers who ordered it.
    mutating func closeDrill(
        _ outcome: DrillOutcome, because reason: String? = nil, at now: Instant,
        _ effects: inout Effects
    ) {
        guard isDrilling else { return }
        // What failed before the way back is not made good by it.
        let outcome = outcome == .succeeded ? drill?.outcome ?? outcome : outcome
        drill?.outcome = outcome
        drill?.finishedAt = now.wall
        wayBackSince = nil
        let start =
            switch outcome {
            case .succeeded: "the drill succeeded"
            case .failed: "the drill failed"
            case .stayed: "the drill ended without the way back"
            }
        let text = reason.map { "\(start): \($0)." } ?? "\(start)."
        effects.announce(self, .drillFinished, text)
        effects.add(.remember)
        // Another order may be what ends it.
        guard order?.kind == .drill else { return }
        answerOrder(done: outcome == .succeeded, "\(name): \(text)", &effects)
    }
}
