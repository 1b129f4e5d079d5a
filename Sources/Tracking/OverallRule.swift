package import Model

/// Sums up profiles and groups.
///
/// Failing when a profile fails that applications may be using; degraded when only a spare fails (a
/// member of groups whose active profile is another one, and healthy), when a group is not ready,
/// when a part is unknown, when a login ends within a quarter of an hour and only a person can help, or
/// while a warning that degrades lasts, `advisories` being those about the machine itself, while a process
/// uses the key of before a move;
/// unknown when nothing is known at all. Profiles that were not checked yet do not count beside others.
package func overall(
    profiles: [ProfileStatus], groups: [GroupStatus], advisories: [Advisory] = []
) -> Overall {
    var failing: [String] = []
    var (healthyCount, unknownCount) = (0, 0)
    var needsLoginSoon = false
    var isWarned =
        advisories.contains(where: \.kind.degrades)
        || groups.contains { $0.advisories.contains(where: \.kind.degrades) }
        || groups.contains { $0.staleUsers.map { $0.report.count > 0 } ?? false }
    // Read where they lie: a copy of each of ten thousand would count some twenty references.
    profiles.withUnsafeBufferPointer { profiles in
        for index in profiles.indices {
            switch profiles[index].state {
            case .pending: break
            case .healthy:
                healthyCount += 1
                needsLoginSoon = needsLoginSoon || profiles[index].needsLoginSoon
                isWarned = isWarned || profiles[index].advisories.contains(where: \.kind.degrades)
            case .unknown: unknownCount += 1
            case .failing: failing.append(profiles[index].name)
            }
        }
    }
    if healthyCount == 0, failing.isEmpty { return .unknown }
    guard !failing.isEmpty else {
        let isWhole =
            unknownCount == 0 && !needsLoginSoon && !isWarned
            && groups.allSatisfy { $0.state == .ready }
        return isWhole ? .healthy : .degraded
    }
    let healthy = Set(profiles.filter { $0.state == .healthy }.map(\.name))
    let isSpare = { (profile: String) in
        let memberships = groups.filter { $0.primary == profile || $0.backups.contains(profile) }
        return !memberships.isEmpty
            && memberships.allSatisfy { $0.active != profile && healthy.contains($0.active) }
    }
    return failing.allSatisfy(isSpare) ? .degraded : .failing
}

extension ProfileStatus {
    /// Whether it was told that somebody has to log in within a quarter of an hour, or at once.
    fileprivate var needsLoginSoon: Bool {
        endTold.map { $0 >= .quarter } ?? false
    }
}
