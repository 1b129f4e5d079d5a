import Model

/// What the daemon's one timer can be due for.
enum DueKey: Hashable, Sendable {
    case check(String)
    case group(String)
    case end(String)
    /// That a group still uses a backup.
    case reminder(String)
    /// The daily look at the key of a profile.
    case look(String)
    /// The end of the time that IAM asked to wait.
    case investigations
    case publish
    case heartbeat
    case keep
    /// Writing the last hours down.
    case history
    case overdue
    /// The end of the wait of those who ask for a credential that is not proven yet.
    case handout
    case summary
    /// The comparison of a group's permissions.
    case equivalence(String)
    /// New keys of the profile that a group uses, to be written.
    case renewal(String)
    /// A look for who still uses the key that a group has moved away from.
    case keyUsers(String)
    /// The daily look whether a profile's key is to be rotated.
    case rotation(String)
}

/// One check that waits or runs.
///
/// An object, because it lies in several lists at once and a copy of a profile's configuration costs
/// twenty counts of references.
final class Job: Sendable {
    enum Purpose: Sendable {
        /// By the schedule, with the moment at which it was due; nil when somebody asked for it.
        case routine(due: Moment?)
        /// For a group that confirms.
        case proof(group: String, at: Endpoint?)

        /// The same for a check that somebody asked for.
        var unscheduled: Purpose {
            switch self {
            case .routine: .routine(due: nil)
            case .proof: self
            }
        }
    }

    let profile: ProfileConfiguration
    let purpose: Purpose
    /// What must not run twice at the same time.
    let identity: Identity
    /// Which of the configs since the start the profile is of.
    let generation: Int

    init(profile: ProfileConfiguration, purpose: Purpose, generation: Int = 0) {
        self.generation = generation
        self.profile = profile
        self.purpose = purpose
        identity =
            switch purpose {
            case .routine: Identity(profile: profile.name, group: nil)
            case .proof(let group, _): Identity(profile: profile.name, group: group)
            }
    }

    /// Where the check asks in place of the profile's own endpoint.
    var endpoint: Endpoint? {
        if case .proof(_, let endpoint) = purpose { endpoint } else { nil }
    }

    /// Whether the schedule, and nobody else, asked for it.
    var isScheduled: Bool {
        if case .routine(due: .some) = purpose { true } else { false }
    }

    /// Whether a group waits for the answer, so that every millisecond counts.
    var isProof: Bool {
        if case .proof = purpose { true } else { false }
    }

    struct Identity: Hashable, Sendable {
        var profile: String
        var group: String?
    }
}

/// A job with the result of its check; an object, because a result is wide and passes several hands.
final class FinishedJob: Sendable {
    let id: UInt64
    let job: Job
    let result: CheckResult

    init(id: UInt64, job: Job, result: consuming CheckResult) {
        self.id = id
        self.job = job
        self.result = result
    }
}

/// How long a check may take before it hangs: it asks at most four questions, each within the time limit, and
/// a canary takes that limit once more; the rest is for what happens in between.
func longestCheck(timeout: Duration, hasCanary: Bool) -> Duration {
    timeout * (hasCanary ? 5 : 4) + .seconds(5)
}

extension Configuration {
    /// How long any check may take, and time to see that it hangs: after that nothing goes on.
    var longestSilence: Duration {
        let timeout = profiles.map(\.timeout).max() ?? .seconds(10)
        return longestCheck(timeout: timeout, hasCanary: true) + .seconds(30)
    }
}
