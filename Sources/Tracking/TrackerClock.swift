import Model

/// What follows from this machine's clock.
extension Tracker {
    /// Takes in what an answer says of the clock, and tells when it becomes noticeably wrong, or right.
    mutating func hearClock(_ result: CheckResult, at now: Instant, _ effects: inout Effects) {
        guard let skew = result.skew, let endpoint = result.endpoint else { return }
        clock.hear(skew, from: endpoint.url, at: now)
        if clock.isCalm, machine.isEmpty { return }
        tellClock(at: now, &effects)
    }

    /// Warns of the clock from a minute on, until it is well below that again.
    mutating func tellClock(at now: Instant, _ effects: inout Effects) {
        guard let skew = clock.skew(at: now) else { return }
        let limit = machine.isEmpty ? ClockStatus.noticeable : Limits.clockIsFine
        machine.replace(
            .tracking, with: skew.magnitude < limit ? [] : [clockAdvisory(skew)], about: .machine,
            at: now.wall, &effects)
    }

    /// Lets the groups know what time it is by AWS's clock, once it is known.
    mutating func learnTime(at now: Instant, _ effects: inout Effects) {
        guard let skew = clock.skew(at: now) else { return }
        waitsForTime = false
        let known = Instant(moment: now.moment, wall: now.wall + skew)
        for name in groupNames { groups[name]?.timeIsKnown(known, &effects) }
    }

    /// Lets the groups know whether the clock is so wrong that nothing counts as bad.
    mutating func weighClock(at now: Instant) {
        let isWrong = clock.isWrong(at: now)
        guard isWrong != isClockWrong else { return }
        isClockWrong = isWrong
        for name in groupNames { groups[name]?.isClockWrong = isWrong }
    }

    /// The result as it counts: while the clock is wrong nothing is bad.
    func weighed(_ result: CheckResult, at now: Instant) -> CheckResult {
        guard isClockWrong, result.diagnosis.verdict == .bad else { return result }
        var diagnosis = result.diagnosis
        diagnosis.verdict = .unknown
        let place = clock.skew(at: now).map(clockPlace) ?? "wrong"
        diagnosis.summary =
            "This machine's clock is \(place), so this does not count: \(diagnosis.summary)"
        return result.diagnosed(diagnosis)
    }
}

private func clockAdvisory(_ skew: Duration) -> Advisory {
    let consequence =
        skew.magnitude > Limits.skew
        ? "AWS refuses its signatures, and nothing counts as bad until it is right."
        : "from \(Limits.skew.text) on AWS refuses its signatures."
    return Advisory(
        .clockSkew, "This machine's clock is \(clockPlace(skew)): \(consequence)",
        commands: ["timedatectl status", "timedatectl set-ntp true"])
}
