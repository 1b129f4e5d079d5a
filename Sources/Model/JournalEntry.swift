/// The importance of a journal entry, by syslog's numbers.
package enum Priority: Int, Sendable, Hashable {
    case critical = 2
    case error = 3
    case warning = 4
    case notice = 5
    case info = 6
    case debug = 7
}

/// The kinds of journal entry; each has a MESSAGE_ID of its own, by which `journalctl` can filter.
package enum EventKind: String, Sendable, Hashable, CaseIterable {
    case daemonStarted = "daemon_started"
    case daemonStopping = "daemon_stopping"
    case configReloaded = "config_reloaded"
    case configRefused = "config_refused"
    case profileHealthy = "profile_healthy"
    case profileFailing = "profile_failing"
    case profileUnknown = "profile_unknown"
    case credentialsEnding = "credentials_ending"
    case credentialsEnded = "credentials_ended"
    case warning
    case warningOver = "warning_over"
    case groupConfirming = "group_confirming"
    case groupReady = "group_ready"
    case groupBlocked = "group_blocked"
    case failoverStarted = "failover_started"
    case failedOver = "failed_over"
    case failoverFailed = "failover_failed"
    case primaryRecovered = "primary_recovered"
    case failedBack = "failed_back"
    case keyStillUsed = "key_still_used"
    case keyUnused = "key_unused"
    case keyUsersUnseen = "key_users_unseen"
    case backupFailing = "backup_failing"
    case backupRecovered = "backup_recovered"
    case reminder
    case drillFinished = "drill_finished"
    case hookStarted = "hook_started"
    case hookFinished = "hook_finished"
    case hookOutput = "hook_output"
    case hookUnusable = "hook_unusable"
    case switched
    case switchFailed = "switch_failed"
    case unitRestarted = "unit_restarted"
    case unitFailed = "unit_failed"
    case statusFileFailed = "status_file_failed"
    case statusFileRestored = "status_file_restored"
    case stateFileFailed = "state_file_failed"
    case stateFileRestored = "state_file_restored"
    case stateFileSetAside = "state_file_set_aside"
    case metricsUnserved = "metrics_unserved"
    case metricsServed = "metrics_served"
    case credentialsUnserved = "credentials_unserved"
    case credentialsServed = "credentials_served"
    case clockJumped = "clock_jumped"
    case resumedFromSuspend = "resumed_from_suspend"
    case heartbeatFailed = "heartbeat_failed"
    case heartbeatRestored = "heartbeat_restored"
    case keyRotated = "key_rotated"
    case rotationFailed = "rotation_failed"
    case commandReceived = "command_received"
    case dailySummary = "daily_summary"
    case entriesLost = "entries_lost"
    case internalProblem = "internal_problem"
}

/// One entry of the journal: a line for people, fields for machines.
package struct JournalEntry: Sendable, Hashable {
    package var kind: EventKind
    package var priority: Priority
    package var message: String
    /// Names in capitals, as the journal wants them, with `CREDWATCH_` or `AWS_` in front.
    package var fields: [Field]

    package struct Field: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(_ kind: EventKind, _ priority: Priority, _ message: String, _ fields: [Field] = [])
    {
        self.kind = kind
        self.priority = priority
        self.message = message
        self.fields = fields
    }
}
