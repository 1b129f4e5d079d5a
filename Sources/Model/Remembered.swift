/// What is kept of a profile's health across restarts.
package struct RememberedProfile: Sendable, Hashable {
    package var name: String
    package var state: ProfileState
    package var cause: Cause?
    package var since: WallTime?
    package var failingSince: WallTime?
    package var lastSuccessAt: WallTime?
    /// When a person has to act at the latest, in whole seconds.
    package var endsForGood: WallTime?
    /// What was told of that end last, so a restart does not tell it again.
    package var endTold: EndNotice?

    package init(
        name: String, state: ProfileState, cause: Cause? = nil, since: WallTime? = nil,
        failingSince: WallTime? = nil, lastSuccessAt: WallTime? = nil,
        endsForGood: WallTime? = nil, endTold: EndNotice? = nil
    ) {
        self.name = name
        self.state = state
        self.cause = cause
        self.since = since
        self.failingSince = failingSince
        self.lastSuccessAt = lastSuccessAt
        self.endsForGood = endsForGood
        self.endTold = endTold
    }
}

/// The bad answers of a primary that counted when the daemon ended.
package struct RememberedRefusals: Sendable, Hashable {
    package var count: Int
    /// The start of the first and of the last, on the clock of the boot that they were in.
    package var first: Moment
    package var last: Moment
    /// The start of the last by the wall clock: another boot, or a clock that was set, shows in it.
    package var lastAt: WallTime
    /// Whose answers they were; nil where there was no key to ask with.
    package var accessKeyID: String?

    package init(
        count: Int, first: Moment, last: Moment, lastAt: WallTime, accessKeyID: String? = nil
    ) {
        self.count = count
        self.first = first
        self.last = last
        self.lastAt = lastAt
        self.accessKeyID = accessKeyID
    }
}

/// A backup that is confirmed bad, which was told.
package struct RememberedBackup: Sendable, Hashable {
    package var name: String
    package var since: WallTime

    package init(name: String, since: WallTime) {
        self.name = name
        self.since = since
    }
}

/// What a group has moved by itself, and what it reminds of.
package struct RememberedMoves: Sendable, Hashable {
    /// When the last move of the daemon's own came to its end.
    package var endedAt: WallTime?
    /// When its failovers of the last hour began, in their order.
    package var failovers: [WallTime] = []
    /// How many moves away from the active backup have failed one after the other.
    package var failed = 0
    /// Since when a backup is in use.
    package var onBackupSince: WallTime?
    /// How many reminders are behind it.
    package var reminders = 0

    package init() {}
}

/// The last answers of a primary, to judge whether it flaps.
package struct RememberedFlaps: Sendable, Hashable {
    /// Whether each was bad, the oldest first.
    package var answers: [Bool]
    package var isFlapping: Bool

    package init(answers: [Bool], isFlapping: Bool) {
        self.answers = answers
        self.isFlapping = isFlapping
    }
}

/// What is kept of a group across restarts.
package struct RememberedGroup: Sendable, Hashable {
    package var name: String
    package var state: GroupState
    /// The profile that applications should use.
    package var active: String
    package var incident: Incident?
    package var hook: HookRecord?
    /// The notice that the primary is good again was given, so a restart does not give it again.
    package var recoveryAnnounced: Bool
    package var refusals: RememberedRefusals?
    package var failingBackups: [RememberedBackup] = []
    package var moves = RememberedMoves()
    package var flaps: RememberedFlaps?
    /// The last drill, also one that still runs.
    package var drill: Drill?

    package init(
        name: String, state: GroupState, active: String, incident: Incident? = nil,
        hook: HookRecord? = nil, recoveryAnnounced: Bool = false,
        refusals: RememberedRefusals? = nil
    ) {
        self.name = name
        self.state = state
        self.active = active
        self.incident = incident
        self.hook = hook
        self.recoveryAnnounced = recoveryAnnounced
        self.refusals = refusals
    }
}

/// The content of the state file.
package struct RememberedState: Sendable, Hashable {
    package var profiles: [RememberedProfile]
    package var groups: [RememberedGroup]

    package init(profiles: [RememberedProfile] = [], groups: [RememberedGroup] = []) {
        self.profiles = profiles
        self.groups = groups
    }
}
