import Model

/// What a group's applications use now.
extension Tracker {
    /// The profile that a group's applications should use; nil when there is no such group.
    package func activeProfile(of group: String) -> String? {
        groups[group]?.active
    }

    /// Whether it may be decided any moment which profile the group uses: a failure is being confirmed, or the
    /// group moves.
    package func isUndecided(_ group: String) -> Bool {
        switch groups[group]?.state {
        case .confirming, .failingOver: true
        case .ready, .failedOver, .failoverFailed, nil: false
        }
    }

    /// Whether no move of a group is under way.
    package func isSettled(_ group: String) -> Bool {
        groups[group].map { $0.state != .failingOver } ?? false
    }
}
