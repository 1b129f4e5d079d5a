package import Model

/// What can happen to a failover group that people should hear of.
package enum GroupChange: Sendable, Hashable, CaseIterable {
    /// The primary is refused; the rules of confirmation run.
    case confirming
    /// The primary is in use and nothing is wrong, perhaps again.
    case ready
    /// A failover is due and cannot happen; the group's detail says why.
    case blocked
    case failoverStarted, failedOver, failoverFailed
    /// The primary is good again while a backup is active.
    case primaryRecovered
    case failedBack
}

/// Makes the entry for a change of a failover group, as the group stands after it.
package func entry(for change: GroupChange, of group: GroupStatus) -> JournalEntry {
    let incident = group.incident
    let name = "group \(group.name)"
    let switching = "from \(incident?.from ?? group.primary) to \(incident?.to ?? group.active)"
    let reason = incident.map { $0.byHand ? "ordered by hand" : $0.summary } ?? ""
    let (kind, priority, message): (EventKind, Priority, String) =
        switch change {
        case .confirming:
            (
                .groupConfirming, .warning,
                joined("\(name) confirms the failure of \(group.primary)", group.detail)
            )
        case .ready:
            (
                .groupReady, .notice,
                joined("\(name) is ready, \(group.active) is active", group.detail)
            )
        case .blocked: (.groupBlocked, .error, joined("\(name) cannot fail over", group.detail))
        case .failoverStarted:
            (.failoverStarted, .error, "\(name) fails over \(switching)" + clause(reason))
        case .failedOver:
            (.failedOver, .error, "\(name) has failed over \(switching)" + clause(reason))
        case .failoverFailed:
            (
                .failoverFailed, .critical,
                joined("\(name) could not fail over \(switching)" + clause(reason), group.detail)
            )
        case .primaryRecovered:
            (
                .primaryRecovered, .notice,
                "\(name): the primary \(group.primary) is good again; \(group.active) stays active"
                    + " until `credwatch failback \(group.name)`"
            )
        case .failedBack: (.failedBack, .notice, "\(name) is back on \(group.active)")
        }
    var fields = Fields()
    fields.add("CREDWATCH_GROUP", group.name)
    fields.add("CREDWATCH_GROUP_STATE", group.state.rawValue)
    fields.add("CREDWATCH_ACTIVE", group.active)
    fields.add("CREDWATCH_INCIDENT", incident?.id)
    fields.add("CREDWATCH_FROM", incident?.from)
    fields.add("CREDWATCH_TO", incident?.to)
    fields.add("CREDWATCH_CAUSE", incident?.cause.rawValue)
    return JournalEntry(kind, priority, message, fields.list)
}

private func clause(_ reason: String) -> String {
    reason.isEmpty ? "" : ": \(reason)"
}
