/// The health of one profile, by its last answer.
package enum ProfileState: String, Sendable, Hashable, CaseIterable {
    case pending, healthy, failing, unknown
}

/// Where a failover group stands.
package enum GroupState: String, Sendable, Hashable, CaseIterable {
    case ready, confirming
    case failingOver = "failing_over"
    case failedOver = "failed_over"
    case failoverFailed = "failover_failed"
}

/// The occasions on which a hook runs; the raw values are what the hook sees.
package enum HookEvent: String, Sendable, Hashable, CaseIterable {
    /// Applications should now use `to`.
    case failover
    /// Every attempt failed; a notice, nothing to switch.
    case failoverFailed = "failover_failed"
    /// The primary is good again while a backup is active; a notice, nothing to switch.
    case recovered
    /// The way back: applications should now use `to`, the primary.
    case failback
    /// A backup is confirmed bad; a notice, nothing to switch. `from` is that backup, `to` what is in use.
    case backupFailing = "backup_failing"
    /// The group still uses a backup, days after the failover; a notice, nothing to switch.
    case reminder
    /// `credwatch hook test`; nothing to switch.
    case test
}

/// One run of a hook, as it is written down before it starts.
package struct HookRun: Sendable, Hashable {
    package var event: HookEvent
    package var group: String
    package var from: String
    package var to: String
    package var cause: Cause
    package var message: String
    /// A UUID, the same for all attempts of one incident.
    package var incident: String
    /// From 1.
    package var attempt: Int
    /// Whether it belongs to a drill, which fails back by itself.
    package var isDrill: Bool

    package init(
        event: HookEvent, group: String, from: String, to: String, cause: Cause, message: String,
        incident: String, attempt: Int, isDrill: Bool = false
    ) {
        self.isDrill = isDrill
        self.event = event
        self.group = group
        self.from = from
        self.to = to
        self.cause = cause
        self.message = message
        self.incident = incident
        self.attempt = attempt
    }
}

/// How a hook's run ended.
package enum HookResult: Sendable, Hashable {
    /// Exit code 0 is success.
    case exited(code: Int)
    case killed(signal: Int)
    /// The time limit ran out and the process group was ended.
    case timedOut
    /// It could not be started, with the reason.
    case notStarted(String)
    /// credwatch itself ended before the hook did.
    case interrupted
    /// A file could not be switched, so no hook was run; nothing is changed. The reason.
    case switchFailed(String)
    /// The files were switched, and hold a good credential, but what follows failed: a unit does not come back.
    case incomplete(String)

    package var isSuccess: Bool { self == .exited(code: 0) }
}

/// A run of a hook with its end.
package struct HookRecord: Sendable, Hashable {
    package var event: HookEvent
    package var attempt: Int
    package var startedAt: WallTime
    package var finishedAt: WallTime?
    /// Nil while it runs.
    package var result: HookResult?

    package init(
        event: HookEvent, attempt: Int, startedAt: WallTime, finishedAt: WallTime? = nil,
        result: HookResult? = nil
    ) {
        self.event = event
        self.attempt = attempt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.result = result
    }
}

/// One confirmed failure of a primary, or one order of an operator, until it is settled.
package struct Incident: Sendable, Hashable {
    package var id: String
    /// `failover` or `failback`.
    package var event: HookEvent
    package var from: String
    package var to: String
    package var cause: Cause
    package var summary: String
    package var startedAt: WallTime
    /// Attempts whose intent was written, so also those that a crash cut short.
    package var attempts: Int
    /// True when an operator ordered it.
    package var byHand: Bool
    /// The access key id that `from` had when the move began; not in the status file.
    package var oldKeyID: String?
    /// Whether it is one of the two ends of a drill.
    package var isDrill = false
    /// Whether a run has switched the files to `to`, though it was not a success.
    package var hasSwitched = false

    package init(
        id: String, event: HookEvent, from: String, to: String, cause: Cause, summary: String,
        startedAt: WallTime, attempts: Int = 0, byHand: Bool = false, oldKeyID: String? = nil
    ) {
        self.oldKeyID = oldKeyID
        self.id = id
        self.event = event
        self.from = from
        self.to = to
        self.cause = cause
        self.summary = summary
        self.startedAt = startedAt
        self.attempts = attempts
        self.byHand = byHand
    }
}

/// How a drill ended.
package enum DrillOutcome: String, Sendable, Hashable, CaseIterable {
    /// There and back.
    case succeeded
    /// Something could not be moved, on the way there or back, or a restart cut it short.
    case failed
    /// What was moved worked, and the backup is still in use as after any failover: the primary was
    /// refused or not proven meanwhile, or the group had to move. Nothing failed that was tried.
    case stayed
}

/// A rehearsal of a failover, with the way back.
package struct Drill: Sendable, Hashable {
    package var startedAt: WallTime
    /// Nil while it runs.
    package var finishedAt: WallTime?
    package var outcome: DrillOutcome?

    package init(
        startedAt: WallTime, finishedAt: WallTime? = nil, outcome: DrillOutcome? = nil
    ) {
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.outcome = outcome
    }
}
