import Model

/// What is known of the keys that the applications of each group have, and when they need others. Pure.
struct Renewals: Sendable {
    /// What a good answer of a profile in use leads to.
    enum Finding: Sendable, Hashable {
        case nothing
        /// Seen for the first time; the files are as somebody made them.
        case noted
        /// The profile has another key than its applications.
        case renew(group: String)
    }

    private(set) var known: [String: RememberedSwitch] = [:]
    /// The groups that a profile is in use in; nil when no group has files to switch.
    private(set) var users: [String: [String]]?
    /// What runs now, so that two moves of a group never overtake each other.
    private var busy: Set<String> = []

    /// Takes over what an earlier daemon knew.
    init(_ remembered: [RememberedSwitch] = []) {
        for group in remembered { known[group.group] = group }
    }

    var remembered: [RememberedSwitch] { known.values.sorted { $0.group < $1.group } }

    /// Learns which profile is in use in each group that has files to switch.
    mutating func update(active: [(group: String, profile: String)]) {
        let groups = Set(active.map(\.group))
        known = known.filter { groups.contains($0.key) }
        users = active.isEmpty ? nil : [:]
        for (group, profile) in active { users?[profile, default: []].append(group) }
    }

    /// Takes in a good answer of a profile with the key that gave it; `endsSoon` is true for a session, whose
    /// keys are others each time.
    mutating func accepted(
        _ profile: String, keyID: String, isSession: Bool, in group: String
    ) -> Finding {
        guard !isSession else { return .nothing }
        guard let before = known[group], before.profile == profile else {
            known[group] = RememberedSwitch(group: group, profile: profile, accessKeyID: keyID)
            return .noted
        }
        guard before.accessKeyID != keyID, !busy.contains(group) else { return .nothing }
        return .renew(group: group)
    }

    /// Takes in that the files have a profile's keys; returns when they have to be written anew.
    mutating func written(
        _ group: String, _ profile: String, _ outcome: MoveOutcome, at now: WallTime
    ) {
        guard let keyID = outcome.keyID else { return }
        known[group] = RememberedSwitch(
            group: group, profile: profile, accessKeyID: keyID,
            renewAt: outcome.expiresAt.map { renewal(of: $0, at: now) }, isWritten: true)
    }

    mutating func begin(_ group: String) { busy.insert(group) }
    mutating func end(_ group: String) { busy.remove(group) }
    func isBusy(_ group: String) -> Bool { busy.contains(group) }
}

/// When a session that begins now is written anew: when a third of its life is left, and not sooner than in
/// a minute.
func renewal(of end: WallTime, at now: WallTime) -> WallTime {
    let life = max((end - now).nanoseconds, 0)
    return now + max(.nanoseconds(life / 3 * 2), .seconds(60))
}
