package import Model

/// What an operator orders by hand.
package enum OrderKind: String, Sendable, Hashable, CaseIterable {
    case failover, failback
    /// A failover with the way back after it.
    case drill
}

/// An operator's order, waiting for its answer.
package struct Order: Sendable, Hashable {
    /// By which the answer finds its way back.
    package var id: Int
    package var kind: OrderKind
    package var group: String
    /// Do it without a proof that the target is good.
    package var force: Bool

    package init(id: Int, kind: OrderKind, group: String, force: Bool) {
        self.id = id
        self.kind = kind
        self.group = group
        self.force = force
    }
}

/// What happened, as Tracking is told.
package enum Event: Sendable, Hashable {
    /// A scheduled or requested check of a profile came to its end.
    case checked(CheckResult)
    /// A probe that a group had asked for came to its end.
    case proved(group: String, CheckResult)
    case hookFinished(HookRun, HookResult, finishedAt: Instant)
    /// The time that a group had asked to be woken at has come.
    case woken(group: String)
    /// The time of a reminder that a group had asked for has come.
    case reminderDue(group: String)
    /// The time to look at the end of a profile's credential has come.
    case endNears(profile: String)
    case ordered(Order)
    /// A second identity has said more about a refusal: the diagnosis stands for that of the result that
    /// it refines, and counts as no further answer.
    case explained(profile: String, Diagnosis, fingerprint: Int?)
    /// What a source of warnings has seen of a profile, all of it; an empty list ends them.
    case advised(profile: String, by: AdvisorySource, [Advisory])
    case advisedGroup(group: String, by: AdvisorySource, [Advisory])
}

/// What is to be done because of it; the caller performs them in order.
package enum Effect: Sendable, Hashable {
    case announce(Announcement)
    /// Checks the profile at this interval from now on.
    case pace(profile: String, every: Duration)
    /// Checks a profile now, at the given endpoint in place of its own, and reports it to the group.
    case prove(group: String, profile: String, at: Endpoint?)
    /// Keeps the state on disk.
    case remember
    /// Runs the group's hook; for a failover or failback the state has to be on disk before it starts,
    /// since it holds the intent.
    case runHook(HookRun)
    /// Wakes the group at a moment; nil forgets an earlier wish.
    case wake(group: String, at: Moment?)
    /// Tells ``Event/reminderDue(group:)`` at a moment; nil forgets an earlier wish.
    case remind(group: String, at: Moment?)
    /// Tells ``Event/endNears(profile:)`` at a moment; nil forgets an earlier wish.
    case watchEnd(profile: String, at: Moment?)
    /// Checks a profile now, as the schedule would.
    case check(profile: String)
    case reply(order: Int, done: Bool, text: String)
}

/// The limits of the confirmation rules that are not configurable.
enum Limits {
    /// How close together a refusal and the backup's proof must be.
    static let sameMinute = Duration.seconds(60)
    static let skew = Duration.seconds(300)
    /// Below this a clock that was noticeably wrong is right again.
    static let clockIsFine = Duration.seconds(45)
    /// What was measured before that says nothing about the clock now.
    static let clockMemory = Duration.seconds(600)
    /// After a credential changes, bad answers do not count for this long.
    static let settling = Duration.seconds(5)
    /// Bad answers of before a restart count as long as this with the next one.
    static let refusalMemory = Duration.seconds(120)
    static let hookAttempts = 5
    static let firstRetry = Duration.seconds(2)
    /// How long an order waits for its proof.
    static let orderProof = Duration.seconds(60)
    /// Bad answers until a profile outside of any group counts as confirmed.
    static let fall = 3
}
