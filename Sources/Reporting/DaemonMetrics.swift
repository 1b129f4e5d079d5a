package import Model

/// How the daemon itself does, beside what the status file says.
package struct DaemonMetrics: Sendable, Hashable {
    /// Checks since the start, by what they came to.
    package struct Checks: Sendable, Hashable {
        package private(set) var good = 0
        package private(set) var bad = 0
        package private(set) var unknown = 0

        package init() {}

        package mutating func count(_ verdict: Verdict) {
            switch verdict {
            case .good: good &+= 1
            case .bad: bad &+= 1
            case .unknown: unknown &+= 1
            }
        }
    }

    /// Runs of a group's hook since the start, by how they ended.
    package struct HookRuns: Sendable, Hashable {
        package private(set) var succeeded = 0
        package private(set) var failed = 0

        package init() {}

        package mutating func count(_ result: HookResult) {
            if result.isSuccess { succeeded &+= 1 } else { failed &+= 1 }
        }
    }

    /// Requests for a group's credential since the start, by what they came to; those of strangers do not
    /// count.
    package struct Handouts: Sendable, Hashable {
        package private(set) var served = 0
        package private(set) var unavailable = 0

        package init() {}

        package mutating func count(isServed: Bool) {
            if isServed { served &+= 1 } else { unavailable &+= 1 }
        }
    }

    /// How the daemon's own rotation of a profile's key goes.
    package struct Rotation: Sendable, Hashable {
        /// When it was last looked whether the key is due, or an open rotation went on; nil before the
        /// first time.
        package private(set) var lastRunAt: WallTime?
        /// Whether that failed, or has left something to do at once; nil before the first time.
        package private(set) var isFailing: Bool?

        package init() {}

        package mutating func ended(isDone: Bool, at now: WallTime) {
            lastRunAt = now
            isFailing = !isDone
        }
    }

    package var checks = Checks()
    /// By profile; those with `rotate` only.
    package var rotations: [String: Rotation] = [:]
    /// By group.
    package var hookRuns: [String: HookRuns] = [:]
    /// By group.
    package var handouts: [String: Handouts] = [:]
    /// Whether the config that was read last is the one in force.
    package var isReloadSuccessful = true
    /// When the config in force was read.
    package var reloadedAt: WallTime
    package var isStatusFileFailing = false
    package var isStateFileFailing = false

    /// Begins with the config that the daemon started with.
    package init(startedAt: WallTime) {
        reloadedAt = startedAt
    }
}
