package import Model

/// Makes the entry for a change that Tracking announces.
package func entry(for announcement: Announcement) -> JournalEntry {
    switch announcement {
    case .profile(let change): entry(for: change)
    case .group(let change): entry(for: change)
    case .end(let change): entry(for: change)
    case .advisory(let change): entry(for: change)
    }
}

/// Makes the entry for a change of a failover group; the message begins with the group's name.
package func entry(for change: GroupChange) -> JournalEntry {
    var fields = Fields()
    fields.add("CREDWATCH_GROUP", change.group)
    fields.add("CREDWATCH_GROUP_STATE", change.state.rawValue)
    fields.add("CREDWATCH_ACTIVE", change.active)
    fields.add("CREDWATCH_PROFILE", change.profile)
    fields.add("CREDWATCH_INCIDENT", change.incident?.id)
    fields.add("CREDWATCH_FROM", change.incident?.from)
    fields.add("CREDWATCH_TO", change.incident?.to)
    fields.add("CREDWATCH_CAUSE", (change.cause ?? change.incident?.cause)?.rawValue)
    return JournalEntry(
        change.kind, priority(of: change), "group \(change.group): \(change.message)",
        fields.list)
}

/// How loud a change of a group is: what somebody should look at now is an error, and that nobody looks
/// after the applications any more is critical.
private func priority(of change: GroupChange) -> Priority {
    switch change.kind {
    // A drill that leaves the group elsewhere than it was wants a look.
    case .drillFinished where change.state != .ready: .error
    case .failoverFailed: .critical
    case .groupBlocked, .failoverStarted, .failedOver, .backupFailing: .error
    case .groupConfirming, .reminder: .warning
    case .groupReady, .primaryRecovered, .failedBack, .backupRecovered, .drillFinished: .notice
    default: .info
    }
}
