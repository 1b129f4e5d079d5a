import Model

/// What the daemon's one timer can be due for.
enum DueKey: Hashable, Sendable {
    case check(String)
    case group(String)
    case publish
    case keep
    case watchdog
    case overdue
    case summary
}

/// One check that waits or runs.
struct Job: Sendable {
    enum Purpose: Sendable {
        /// By the schedule, with the moment at which it was due; nil when somebody asked for it.
        case routine(due: Moment?)
        /// For a group that confirms.
        case proof(group: String, at: Endpoint?)
    }

    var profile: ProfileConfiguration
    var purpose: Purpose

    /// Where the check asks in place of the profile's own endpoint.
    var endpoint: Endpoint? {
        if case .proof(_, let endpoint) = purpose { endpoint } else { nil }
    }

    /// Whether the schedule, and nobody else, asked for it.
    var isScheduled: Bool {
        if case .routine(due: .some) = purpose { true } else { false }
    }

    /// What must not run twice at the same time.
    var identity: Identity {
        switch purpose {
        case .routine: Identity(profile: profile.name, group: nil)
        case .proof(let group, _): Identity(profile: profile.name, group: group)
        }
    }

    struct Identity: Hashable, Sendable {
        var profile: String
        var group: String?
    }
}

/// A job with the result of its check.
struct FinishedJob: Sendable {
    var id: UInt64
    var job: Job
    var result: CheckResult
}
