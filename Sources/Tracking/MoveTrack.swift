import Model

/// What a group has moved by itself, when, and what it reminds of.
///
/// All is measured on the boot clock; over a restart, by the wall clock. One that was set back makes an age
/// zero, so that nothing is held for longer than it is configured for.
struct MoveTrack: Sendable {
    /// How many failovers are remembered at most.
    private static let limit = 100
    private static let hour = Duration.seconds(3_600)
    /// The longest rest after attempts that failed.
    private static let longestRest = Duration.seconds(21_600)

    private(set) var endedAt: Instant?
    private var failovers: [Instant] = []
    /// How many moves away from the active backup have failed one after the other.
    private(set) var failed = 0
    var onBackupSince: Instant?
    /// The same as an earlier daemon kept it, until AWS's time says how long ago that is.
    var keptOnBackupSince: WallTime?
    /// How many reminders are behind it.
    var reminders = 0

    init() {}

    /// Takes up what an earlier daemon kept.
    init(_ remembered: RememberedMoves, at now: Instant) {
        func past(_ time: WallTime) -> Instant {
            Instant(moment: now.moment - max(.zero, now.wall - time), wall: min(time, now.wall))
        }
        endedAt = remembered.endedAt.map(past)
        failovers = remembered.failovers.suffix(Self.limit).map(past)
        failed = min(max(remembered.failed, 0), 100)
        onBackupSince = remembered.onBackupSince.map(past)
        keptOnBackupSince = remembered.onBackupSince
        reminders = min(max(remembered.reminders, 0), GroupTrack.mostReminders)
    }

    var remembered: RememberedMoves {
        var moves = RememberedMoves()
        moves.endedAt = endedAt?.wall
        moves.failovers = failovers.map(\.wall)
        moves.failed = failed
        moves.onBackupSince = keptOnBackupSince ?? onBackupSince?.wall
        moves.reminders = reminders
        return moves
    }

    /// Measures the time on a backup of before the start anew: `now` is AWS's time.
    mutating func confirmTimeOnBackup(at now: Instant) {
        guard let kept = keptOnBackupSince else { return }
        keptOnBackupSince = nil
        let age = max(.zero, now.wall - kept)
        onBackupSince = Instant(moment: now.moment - age, wall: min(kept, now.wall))
        // A clock that was years ahead has told those of years at once: these are still to come.
        while reminders > 0, GroupTrack.age(of: reminders - 1) > age + .seconds(43_200) {
            reminders -= 1
        }
    }

    /// Takes note of a failover that begins by itself.
    mutating func began(at now: Instant) {
        failovers.removeAll { now.moment - $0.moment >= Self.hour }
        failovers.append(now)
        if failovers.count > Self.limit { failovers.removeFirst() }
    }

    /// Takes note of the end of a move.
    mutating func ended(_ incident: Incident, isDone: Bool, awayFromBackup: Bool, at now: Instant) {
        if !incident.byHand { endedAt = now }
        if isDone {
            failed = 0
        } else if awayFromBackup, !incident.byHand {
            failed += 1
        }
    }

    /// What holds a move of the daemon's own back, as a clause that stays the same for as long; nil when
    /// nothing does.
    func hold(_ event: HookEvent, _ policy: FailoverPolicy, at now: Moment) -> String? {
        if let endedAt {
            let rest = now - endedAt.moment
            if rest < policy.cooldown {
                return "the last move is less than \(policy.cooldown.text) ago (`cooldown`)"
            }
            if failed > 0, rest < backOff(policy) {
                return "the last attempt failed, and the next one waits"
            }
        }
        guard event == .failover, let most = policy.mostPerHour else { return nil }
        let count = failovers.count { now - $0.moment < Self.hour }
        return count < most
            ? nil : "there were \(count) failovers within an hour already (`max_per_hour`)"
    }

    private func backOff(_ policy: FailoverPolicy) -> Duration {
        let first = max(policy.failbackSpan, .seconds(60))
        return min(first * (1 << min(failed - 1, 10)), Self.longestRest)
    }
}
