import Model

/// Writes how journal and dead-man service take what they are told.
func writeSurroundings(_ document: StatusDocument, to writer: inout MetricsWriter) {
    let (journal, heartbeat) = (document.journal, document.heartbeat)
    writer.family(.gauge, "credwatch_journal_reachable", "0 while the journal takes no entries.") {
        $0.sample(journal.isReachable ? 1 : 0)
    }
    writer.family(
        .gauge, "credwatch_journal_waiting_entries",
        "How many entries wait until the journal takes them."
    ) { $0.sample(Double(journal.waiting)) }
    writer.family(
        .counter, "credwatch_journal_dropped_entries",
        "Entries dropped since the start, since more waited than are kept."
    ) { $0.sample(Double(journal.dropped)) }
    writer.family(
        .gauge, "credwatch_heartbeat_last_success_timestamp_seconds",
        "When the dead-man service last took a heartbeat, 0 before the first; nothing without one."
    ) {
        if let heartbeat { $0.sample(heartbeat.lastSuccessAt.map { Double($0.seconds) } ?? 0) }
    }
    writer.family(
        .gauge, "credwatch_heartbeat_failing",
        "1 while heartbeats do not arrive at the dead-man service; nothing without one."
    ) {
        if let heartbeat { $0.sample(heartbeat.failure == nil ? 0 : 1) }
    }
}
