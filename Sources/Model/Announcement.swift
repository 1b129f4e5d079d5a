/// A change of one profile, as it goes to the journal.
package struct ProfileChange: Sendable, Hashable {
    package var from: ProfileState
    package var to: ProfileState
    package var result: CheckResult
    /// How long the profile was in the state that it left; nil when that is not known.
    package var previousFor: Duration?
    package var consecutiveFailures: Int

    package init(
        from: ProfileState, to: ProfileState, result: CheckResult, previousFor: Duration?,
        consecutiveFailures: Int
    ) {
        self.from = from
        self.to = to
        self.result = result
        self.previousFor = previousFor
        self.consecutiveFailures = consecutiveFailures
    }
}

/// A change of one failover group, as it goes to the journal.
package struct GroupChange: Sendable, Hashable {
    package var kind: EventKind
    package var group: String
    package var state: GroupState
    package var active: String
    /// What happened, a sentence.
    package var message: String
    package var incident: Incident?
    /// The member that it is about, where it is about one, and why.
    package var profile: String?
    package var cause: Cause?

    package init(
        kind: EventKind, group: String, state: GroupState, active: String, message: String,
        incident: Incident?, profile: String? = nil, cause: Cause? = nil
    ) {
        self.profile = profile
        self.cause = cause
        self.kind = kind
        self.group = group
        self.state = state
        self.active = active
        self.message = message
        self.incident = incident
    }
}

/// A credential nears an end that only a person can put off, or has reached it.
package struct EndChange: Sendable, Hashable {
    package var profile: String
    package var notice: EndNotice
    package var end: WallTime
    /// How long it is until then; negative when it has passed.
    package var left: Duration
    /// What the last check found; nil after a restart.
    package var result: CheckResult?

    package init(
        profile: String, notice: EndNotice, end: WallTime, left: Duration, result: CheckResult?
    ) {
        self.profile = profile
        self.notice = notice
        self.end = end
        self.left = left
        self.result = result
    }
}

/// A warning about something that works has come up, or is over.
package struct AdvisoryChange: Sendable, Hashable {
    package enum Subject: Sendable, Hashable {
        case profile(String)
        case group(String)
        /// The machine itself: its clock.
        case machine
    }

    package var subject: Subject
    package var advisory: Advisory
    package var isOver: Bool

    package init(subject: Subject, advisory: Advisory, isOver: Bool) {
        self.subject = subject
        self.advisory = advisory
        self.isOver = isOver
    }
}

/// What Tracking wants to be told to people.
package enum Announcement: Sendable, Hashable {
    case profile(ProfileChange)
    case group(GroupChange)
    case end(EndChange)
    case advisory(AdvisoryChange)
}
