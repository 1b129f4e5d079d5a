package import Model

/// Makes the entry for heartbeats that no longer arrive at the dead-man service, or for another reason than
/// before.
package func entry(forHeartbeatTo host: String, failure: String) -> JournalEntry {
    var fields = Fields()
    fields.add("CREDWATCH_HEARTBEAT_HOST", host)
    fields.add("CREDWATCH_REASON", failure)
    return JournalEntry(
        .heartbeatFailed, .warning,
        "The heartbeat does not arrive at \(host): \(failure). It is tried again.", fields.list)
}

/// Makes the entry for heartbeats that arrive again.
package func entry(forRestoredHeartbeatTo host: String, after length: Duration) -> JournalEntry {
    JournalEntry(
        .heartbeatRestored, .notice,
        "The heartbeat arrives at \(host) again after \(length.rough).",
        [JournalEntry.Field("CREDWATCH_HEARTBEAT_HOST", host)])
}
