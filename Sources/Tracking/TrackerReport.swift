package import Model

/// What is told and kept.
extension Tracker {
    /// The latest result of a profile; nil before its first check.
    package func lastResult(of profile: String) -> CheckResult? {
        positions[profile].flatMap { profiles[$0].last }
    }

    /// What is to be kept across a restart.
    package var remembered: RememberedState {
        RememberedState(
            profiles: profiles.map(\.remembered),
            groups: groupNames.compactMap { groups[$0]?.remembered })
    }

    /// Takes up the last hours that an earlier daemon has seen; those of other profiles are dropped.
    package mutating func takeUp(_ histories: [RememberedHistory]) {
        for history in histories {
            if let position = positions[history.name] { profiles[position].takeUp(history) }
        }
    }

    /// The last hours of every profile of which something is known, to be kept across a restart.
    package var histories: [RememberedHistory] {
        profiles.withUnsafeBufferPointer { tracks in
            tracks.indices.compactMap {
                let past = tracks[$0].past
                guard !past.history.isEmpty else { return nil }
                return RememberedHistory(
                    name: tracks[$0].configuration.name, newest: past.newest,
                    history: past.history)
            }
        }
    }

    /// The status of every profile, in the order of the configuration.
    package func profileStatuses(at now: WallTime, nextCheckAt: (String) -> WallTime?)
        -> [ProfileStatus]
    {
        // Read where they lie: a copy of a track counts twenty references.
        profiles.withUnsafeBufferPointer { tracks in
            tracks.indices.map {
                tracks[$0].status(
                    nextCheckAt: nextCheckAt(tracks[$0].configuration.name), at: now)
            }
        }
    }

    /// The status of every group, in the order of the configuration.
    package func groupStatuses(at now: Moment) -> [GroupStatus] {
        groupNames.compactMap { groups[$0]?.status(at: now) }
    }

    /// What the status says of this machine's clock; nil before the first answer with a date.
    package func clockStatus(at now: Instant) -> ClockStatus? { clock.status(at: now) }

    /// What is worth a warning about the machine itself.
    package var advisories: [Advisory] { machine.list }

    /// How many profiles are in each state.
    package var counts: [ProfileState: Int] {
        profiles.reduce(into: [:]) { $0[$1.state, default: 0] += 1 }
    }
}
