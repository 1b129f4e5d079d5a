/// The sum of all profiles and groups; exit codes follow it.
package enum Overall: String, Sendable, Hashable, CaseIterable {
    case healthy, degraded, failing, unknown

    /// 0 healthy, 1 degraded, 2 failing, 3 unknown.
    package var exitCode: Int32 {
        switch self {
        case .healthy: 0
        case .degraded: 1
        case .failing: 2
        case .unknown: 3
        }
    }
}

/// One profile as the status file shows it.
package struct ProfileStatus: Sendable, Hashable {
    package var name: String
    package var state: ProfileState
    package var since: WallTime?
    package var diagnosis: Diagnosis?
    package var identity: CallerIdentity?
    package var accessKeyID: String?
    package var source: String?
    package var lastAttemptAt: WallTime?
    package var lastSuccessAt: WallTime?
    package var failingSince: WallTime?
    package var consecutiveFailures: Int
    package var latency: Duration?
    package var expiresAt: WallTime?
    /// When a person has to act at the latest, as in ``ObtainedCredentials/endsForGood``.
    package var endsForGood: WallTime?
    /// What was told of that end last; not in the status file.
    package var endTold: EndNotice?
    /// When the access key was made, as a second identity was told; not in the status file.
    package var keyCreatedAt: WallTime?
    package var nextCheckAt: WallTime?
    /// What is worth a warning although the credential works.
    package var advisories: [Advisory]
    /// The last 24 hours, up to the half hour in which the document was made.
    package var history: History

    package init(
        name: String, state: ProfileState, since: WallTime? = nil, diagnosis: Diagnosis? = nil,
        identity: CallerIdentity? = nil, accessKeyID: String? = nil, source: String? = nil,
        lastAttemptAt: WallTime? = nil, lastSuccessAt: WallTime? = nil,
        failingSince: WallTime? = nil, consecutiveFailures: Int = 0, latency: Duration? = nil,
        expiresAt: WallTime? = nil, endsForGood: WallTime? = nil, endTold: EndNotice? = nil,
        keyCreatedAt: WallTime? = nil, nextCheckAt: WallTime? = nil, advisories: [Advisory] = [],
        history: History = History()
    ) {
        self.history = history
        self.advisories = advisories
        self.name = name
        self.state = state
        self.since = since
        self.diagnosis = diagnosis
        self.identity = identity
        self.accessKeyID = accessKeyID
        self.source = source
        self.lastAttemptAt = lastAttemptAt
        self.lastSuccessAt = lastSuccessAt
        self.failingSince = failingSince
        self.consecutiveFailures = consecutiveFailures
        self.latency = latency
        self.expiresAt = expiresAt
        self.endsForGood = endsForGood
        self.endTold = endTold
        self.keyCreatedAt = keyCreatedAt
        self.nextCheckAt = nextCheckAt
    }
}

/// One failover group as the status file shows it.
package struct GroupStatus: Sendable, Hashable {
    package var name: String
    package var primary: String
    package var backups: [String]
    package var active: String
    package var state: GroupState
    /// What the group waits for, or why it does not move; a sentence, empty when there is nothing to say.
    package var detail: String
    /// What moves its applications.
    package var means: MoveMeans
    package var incident: Incident?
    /// The last attempt to move them, by whatever means.
    package var hook: HookRecord?
    /// The last drill; nil before the first.
    package var drill: Drill?
    /// What is worth a warning although the group is ready.
    package var advisories: [Advisory]
    /// Who still uses the key of before the last move; nil when nobody is looked for.
    package var staleUsers: StaleUsers?

    package init(
        name: String, primary: String, backups: [String], active: String, state: GroupState,
        detail: String = "", means: MoveMeans = .hook, incident: Incident? = nil,
        hook: HookRecord? = nil, drill: Drill? = nil, advisories: [Advisory] = [],
        staleUsers: StaleUsers? = nil
    ) {
        self.staleUsers = staleUsers
        self.advisories = advisories
        self.name = name
        self.primary = primary
        self.backups = backups
        self.active = active
        self.state = state
        self.detail = detail
        self.means = means
        self.incident = incident
        self.hook = hook
        self.drill = drill
    }
}

/// The daemon that wrote a status file.
package struct DaemonStatus: Sendable, Hashable {
    package var version: String
    package var pid: Int32
    package var startedAt: WallTime
    package var host: String

    package init(version: String, pid: Int32, startedAt: WallTime, host: String) {
        self.version = version
        self.pid = pid
        self.startedAt = startedAt
        self.host = host
    }
}

/// How far this machine's clock is from AWS's, by the answers to the checks.
package struct ClockStatus: Sendable, Hashable {
    /// AWS's clock minus ours.
    package var skew: Duration
    /// When the last answer came that says so.
    package var measuredAt: WallTime

    package init(skew: Duration, measuredAt: WallTime) {
        self.skew = skew
        self.measuredAt = measuredAt
    }

    /// From here on people are told of it.
    package static let noticeable = Duration.seconds(60)
}

/// How the journal takes what is written to it.
package struct JournalStatus: Sendable, Hashable {
    /// False while it takes nothing: journald has stopped, or is gone.
    package var isReachable: Bool
    /// How many entries wait for it to come back; none while it is reachable.
    package var waiting: Int
    /// How many were dropped since the start.
    package var dropped: Int

    package init(isReachable: Bool = true, waiting: Int = 0, dropped: Int = 0) {
        self.isReachable = isReachable
        self.waiting = waiting
        self.dropped = dropped
    }
}

/// How the heartbeats arrive at the dead-man service.
package struct HeartbeatStatus: Sendable, Hashable {
    /// The service's host; its URL is a secret.
    package var host: String
    /// When it last answered that all is well; nil before that.
    package var lastSuccessAt: WallTime?
    /// Since when none arrived; nil while they do.
    package var failingSince: WallTime?
    /// Why the last one did not arrive, as a clause.
    package var failure: String?

    package init(
        host: String, lastSuccessAt: WallTime? = nil, failingSince: WallTime? = nil,
        failure: String? = nil
    ) {
        self.host = host
        self.lastSuccessAt = lastSuccessAt
        self.failingSince = failingSince
        self.failure = failure
    }
}

/// Says where this machine's clock is: `2m 5s behind AWS's`; `skew` is AWS's clock minus ours.
package func clockPlace(_ skew: Duration) -> String {
    "\(skew.magnitude.rough) \(skew < .zero ? "ahead of" : "behind") AWS's"
}

/// Everything that the status file says.
package struct StatusDocument: Sendable, Hashable {
    package var generatedAt: WallTime
    /// After this a reader should treat every state as unknown.
    package var validUntil: WallTime
    package var overall: Overall
    package var daemon: DaemonStatus
    /// Nil before the first answer with a usable date.
    package var clock: ClockStatus?
    package var journal: JournalStatus
    /// Nil where none is configured.
    package var heartbeat: HeartbeatStatus?
    /// What is worth a warning about the machine itself.
    package var advisories: [Advisory]
    package var profiles: [ProfileStatus]
    package var groups: [GroupStatus]

    package init(
        generatedAt: WallTime, validUntil: WallTime, overall: Overall, daemon: DaemonStatus,
        clock: ClockStatus? = nil, journal: JournalStatus = JournalStatus(),
        heartbeat: HeartbeatStatus? = nil, advisories: [Advisory] = [],
        profiles: [ProfileStatus], groups: [GroupStatus]
    ) {
        self.journal = journal
        self.heartbeat = heartbeat
        self.clock = clock
        self.advisories = advisories
        self.generatedAt = generatedAt
        self.validUntil = validUntil
        self.overall = overall
        self.daemon = daemon
        self.profiles = profiles
        self.groups = groups
    }
}
