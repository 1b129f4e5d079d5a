import Model

/// What is done about the end of a profile's credential that only a person can put off.
extension ProfileTrack {
    /// Begins to watch an end of before a restart.
    mutating func startEnding(at now: Instant, _ effects: inout Effects) {
        ending?.start(at: now)
        tell(at: now.moment, &effects)
    }

    /// Takes in what a check says of the end.
    mutating func receiveEnding(_ result: CheckResult, _ effects: inout Effects) {
        let old = ending
        guard old != nil || result.endsForGood != nil else { return }
        ending = EndWatch.following(old, result)
        if ending?.end != old?.end { effects.add(.remember) }
        tell(at: result.finishedAt.moment, &effects)
    }

    /// Looks at the end because a notice is near or due.
    mutating func endNears(at now: Moment, _ effects: inout Effects) {
        endWake = nil
        let isNear = ending?.wantsLook(at: now) ?? false
        let isTold = tell(at: now, &effects)
        // What is over by its own word may be refused now, and what is renewed may be news.
        if isNear || isTold == .passed { effects.add(.check(profile: configuration.name)) }
    }

    /// Tells what is due, and asks to be woken for what comes next.
    @discardableResult
    private mutating func tell(at now: Moment, _ effects: inout Effects) -> EndNotice? {
        let notice = ending?.takeDue(at: now)
        if let notice, let ending {
            effects.add(
                .announce(
                    .end(
                        EndChange(
                            profile: configuration.name, notice: notice, end: ending.end,
                            left: ending.left(at: now) ?? .zero, result: last))))
            effects.add(.remember)
        }
        let wake = ending?.wake(at: now)
        if wake != endWake {
            endWake = wake
            effects.add(.watchEnd(profile: configuration.name, at: wake))
        }
        return notice
    }
}
