/// What is worth a warning about a profile or a group that works.
package enum AdvisoryKind: String, Sendable, Hashable, CaseIterable {
    /// The access key is older than `max_key_age`.
    case keyOld = "key_old"
    /// Both keys of the user have been active for long.
    case twoActiveKeys = "two_active_keys"
    /// AWS's quarantine policy is attached to the user, because a key leaked.
    case quarantined
    /// A canary's call is denied, or answers otherwise than it should.
    case canaryFailed = "canary_failed"
    /// The clock is a minute and more away from AWS's.
    case clockSkew = "clock_skew"
    /// The backup is a key of the primary's own user.
    case backupSameUser = "backup_same_user"
    /// The backup is in the primary's account: its suspension ends both.
    case backupSameAccount = "backup_same_account"
    /// The backup may not do what the primary may, and what `equivalent_actions` asks for.
    case backupLacksPermission = "backup_lacks_permission"
    /// A backup is confirmed bad by its own checks.
    case backupFailing = "backup_failing"
    /// No backup is left that could stand in.
    case noUsableBackup = "no_usable_backup"
    /// The primary fails again and again.
    case primaryFlapping = "primary_flapping"
    /// A question of the daily look could not be asked: the permission is missing.
    case lookDenied = "look_denied"
    /// The daemon could not rotate the key, or has left a rotation open.
    case rotationFailed = "rotation_failed"

    /// Whether the sum of all is `degraded` while it lasts.
    ///
    /// A key that is old is no alarm that may hide another one; a backup that cannot stand in is.
    package var degrades: Bool {
        switch self {
        case .quarantined, .canaryFailed, .clockSkew, .backupLacksPermission, .backupFailing,
            .noUsableBackup, .primaryFlapping:
            true
        case .keyOld, .twoActiveKeys, .backupSameUser, .backupSameAccount, .lookDenied,
            .rotationFailed:
            false
        }
    }
}

/// A warning about something that works, as the status file and the journal tell it.
package struct Advisory: Sendable, Hashable {
    package var kind: AdvisoryKind
    /// A sentence.
    package var message: String
    /// As in ``Diagnosis/commands``.
    package var commands: [String]
    /// When it was seen first.
    package var since: WallTime?

    package init(
        _ kind: AdvisoryKind, _ message: String, commands: [String] = [], since: WallTime? = nil
    ) {
        self.kind = kind
        self.message = message
        self.commands = commands
        self.since = since
    }
}

/// Where advisories come from; each source replaces only its own.
package enum AdvisorySource: String, Sendable, Hashable, CaseIterable {
    /// The daily look with a second identity.
    case dailyLook = "daily_look"
    case canary
    /// The comparison of the permissions of primary and backup.
    case equivalence
    /// The daemon's own rotation of the key.
    case rotation
    /// What Tracking sees by itself: identities of primary and backup, the clock.
    case tracking
    /// What Tracking sees of the backups' own checks.
    case backups
    /// What Tracking counts of the primary's last answers.
    case flapping
}
