package import Model

/// Sums up profiles and groups.
///
/// Failing when a profile fails that applications may be using; degraded when only a spare fails (a
/// member of groups whose active profile is another one, and healthy), when a group is not ready, when
/// a part is unknown, or when a login ends within a quarter of an hour and only a person can help; unknown when nothing is known at all. Profiles that were not checked yet do
/// not count beside others.
package func overall(profiles: [ProfileStatus], groups: [GroupStatus]) -> Overall {
    let known = profiles.filter { $0.state != .pending }
    if known.allSatisfy({ $0.state == .unknown }) { return .unknown }
    let failing = Set(known.filter { $0.state == .failing }.map(\.name))
    guard !failing.isEmpty else {
        let isWhole =
            known.allSatisfy { $0.state == .healthy && !$0.needsLoginSoon }
            && groups.allSatisfy { $0.state == .ready }
        return isWhole ? .healthy : .degraded
    }
    let healthy = Set(known.filter { $0.state == .healthy }.map(\.name))
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
