import Model

/// What a group's applications use now.
extension Tracker {
    /// The profile that a group's applications should use; nil when there is no such group.
    package func activeProfile(of group: String) -> String? {
        groups[group]?.active
    }

    /// Whether no move of a group is under way.
    package func isSettled(_ group: String) -> Bool {
        groups[group].map { $0.state != .failingOver } ?? false
    }
}
