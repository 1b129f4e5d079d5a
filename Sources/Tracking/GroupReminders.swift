import Model

/// Reminders that a backup is still in use: 1, 2, 4, 8 … days after the failover.
extension GroupTrack {
    /// The last one comes after some thousand years.
    static let mostReminders = 20
    private static let day: Int64 = 86_400
    /// How long one waits for AWS's time before it looks again.
    private static let patience = Duration.seconds(60)

    /// How long after the failover a reminder comes, counted from 0.
    static func age(of reminder: Int) -> Duration {
        .seconds(day << Int64(min(reminder, mostReminders)))
    }

    /// When the next one is due; nil when none is.
    private var reminderDue: Moment? {
        guard configuration.policy.reminds, isMoved, let since = moves.onBackupSince,
            moves.reminders < Self.mostReminders
        else { return nil }
        return since.moment + Self.age(of: moves.reminders)
    }

    /// Begins or ends to count the time on a backup, as the active profile wants it.
    mutating func countTimeOnBackup(at now: Instant, _ effects: inout Effects) {
        if !isMoved {
            moves.onBackupSince = nil
            moves.keptOnBackupSince = nil
            moves.reminders = 0
        } else if moves.onBackupSince == nil {
            moves.onBackupSince = now
            moves.reminders = 0
        }
        scheduleReminder(&effects)
    }

    /// Wishes for the next reminder, or for none any more.
    mutating func scheduleReminder(_ effects: inout Effects) {
        let due = reminderDue
        guard due != nil || isReminding else { return }
        isReminding = due != nil
        effects.add(.remind(group: name, at: due))
    }

    /// Reminds, when it is time: once, however many were missed.
    mutating func remind(at now: Instant, _ effects: inout Effects) {
        guard let due = reminderDue, due <= now.moment, state != .failingOver,
            let since = moves.onBackupSince
        else { return scheduleReminder(&effects) }
        guard moves.keptOnBackupSince == nil else {
            // How long it has been is not known before an answer tells what time it is.
            return effects.add(.remind(group: name, at: now.moment + Self.patience))
        }
        let age = now.moment - since.moment
        while moves.reminders < Self.mostReminders, Self.age(of: moves.reminders) <= age {
            moves.reminders += 1
        }
        let days = age.nanoseconds / 1_000_000_000 / Self.day
        let back =
            recoveryAnnounced
            ? "; the primary is good again, and `credwatch failback \(name)` moves back."
            : "; the primary is not good again yet."
        let text =
            "\(active) has been in use in place of \(configuration.primary) for \(days) \(days == 1 ? "day" : "days")"
            + back
        effects.announce(self, .reminder, text)
        effects.add(.remember)
        notify(.reminder, text, &effects)
        scheduleReminder(&effects)
    }

    /// Learns AWS's time, by which what an earlier daemon kept is measured anew.
    mutating func timeIsKnown(_ now: Instant, _ effects: inout Effects) {
        guard moves.keptOnBackupSince != nil else { return }
        moves.confirmTimeOnBackup(at: now)
        scheduleReminder(&effects)
    }

    /// Follows a new configuration of what the group does by itself.
    mutating func policyChanged(
        from old: FailoverPolicy?, at now: Instant, _ effects: inout Effects
    ) {
        guard let old else { return }
        adviseOfBackups(at: now.wall, &effects)
        if old.flap != configuration.policy.flap { forgetFlaps(at: now.wall, &effects) }
        if old.reminds != configuration.policy.reminds { scheduleReminder(&effects) }
    }
}
