package import Model

/// What a monitoring plugin answers; the raw values are its exit codes.
package enum PluginState: Int32, Sendable, Hashable, CaseIterable {
    case ok = 0
    case warning, critical, unknown

    /// The word of the first line.
    package var word: String {
        switch self {
        case .ok: "OK"
        case .warning: "WARNING"
        case .critical: "CRITICAL"
        case .unknown: "UNKNOWN"
        }
    }

    /// The state that stands for a sum: `degraded` still works, so it is a warning.
    package init(_ overall: Overall) {
        switch overall {
        case .healthy: self = .ok
        case .degraded: self = .warning
        case .failing: self = .critical
        case .unknown: self = .unknown
        }
    }

    /// Which of two is told when both are there: what is unknown may hide what is critical, and is hidden by it.
    private var weight: Int {
        switch self {
        case .ok: 0
        case .warning: 1
        case .unknown: 2
        case .critical: 3
        }
    }

    /// Returns the worse of two.
    func or(_ other: PluginState?) -> PluginState {
        guard let other else { return self }
        return other.weight > weight ? other : self
    }
}

/// What a monitoring agent asks about.
package struct PluginQuestion: Sendable, Hashable {
    /// An older status says nothing; nil leaves that to its `validUntil` alone.
    package var maxAge: Duration?
    /// The profiles to judge by; none, with no groups either, means all there is.
    package var profiles: [String]
    package var groups: [String]
    /// How long before a login ends that only a person can renew it is a warning.
    package var endWarning: Duration
    /// The same for critical; nil when it never is by itself.
    package var endCritical: Duration?

    package init(
        maxAge: Duration? = nil, profiles: [String] = [], groups: [String] = [],
        endWarning: Duration = EndNotice.quarter.lead, endCritical: Duration? = nil
    ) {
        self.maxAge = maxAge
        self.profiles = profiles
        self.groups = groups
        self.endWarning = endWarning
        self.endCritical = endCritical
    }

    /// Whether it is about a part only.
    var isSelective: Bool { !profiles.isEmpty || !groups.isEmpty }

    /// Judges how near the end of a login is; nil when it is far, or there is none.
    func judge(endOf profile: ProfileStatus, now: WallTime) -> PluginState? {
        guard let end = profile.endsForGood else { return nil }
        if let endCritical, end - now <= endCritical { return .critical }
        return end - now <= endWarning ? .warning : nil
    }
}

/// Judges the part of a status that is asked about.
///
/// Without a selection that is the status's own sum. A profile that was selected is judged by itself: failing
/// is critical, be it a spare or not. A group is judged by the profile that applications are to use; a spare in
/// trouble, or a state other than ready, is a warning. Of several, one unknown beside others is a warning, as
/// in the sum; what was not checked yet does not count beside others.
func judge(_ part: PluginPart, _ question: PluginQuestion, now: WallTime) -> PluginState {
    guard question.isSelective else {
        return part.profiles.reduce(PluginState(part.document.overall)) {
            $0.or(question.judge(endOf: $1, now: now))
        }
    }
    let states =
        part.selected.map { judge($0, question, now) }
        + part.document.groups.map { judge($0, part, question, now) }
    let known = states.compactMap(\.self)
    guard known.contains(where: { $0 != .unknown }) else { return .unknown }
    return known.reduce(.ok) { $0.or($1 == .unknown ? .warning : $1) }
}

/// Nil before the first check.
private func judge(_ profile: ProfileStatus, _ question: PluginQuestion, _ now: WallTime)
    -> PluginState?
{
    let end = question.judge(endOf: profile, now: now)
    switch profile.state {
    case .pending: return nil
    case .failing: return .critical
    case .unknown: return PluginState.unknown.or(end)
    case .healthy:
        let isWarned = profile.advisories.contains(where: \.kind.degrades)
        return (isWarned ? PluginState.warning : .ok).or(end)
    }
}

private func judge(
    _ group: GroupStatus, _ part: PluginPart, _ question: PluginQuestion, _ now: WallTime
) -> PluginState? {
    guard let active = part.profile(group.active) else { return .unknown }
    let state = judge(active, question, now)
    let spares = part.members(of: group).filter { $0.name != group.active }
    let isTroubled = spares.contains { judge($0, question, now).map { $0 != .ok } ?? false }
    let isWarned =
        group.advisories.contains(where: \.kind.degrades)
        || group.staleUsers.map { $0.report.count > 0 } ?? false
    guard isTroubled || isWarned || group.state != .ready else { return state }
    return (state ?? .unknown).or(.warning)
}
