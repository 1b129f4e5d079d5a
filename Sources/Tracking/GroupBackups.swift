import Model

/// A backup that has quietly died.
extension GroupTrack {
    /// Whether something is held against a backup.
    func isTroubled(_ backup: String) -> Bool { troubled[backup] != nil }

    /// Whether a backup should be checked at its fast interval: it is in use and seems to die.
    func wantsFast(_ backup: String) -> Bool { active == backup && isMoved && isTroubled(backup) }

    /// Takes in a routine check of a backup that is bad, or was.
    mutating func backupChecked(
        _ result: CheckResult, isSettled: Bool, isNewCredential: Bool, at now: Instant,
        _ effects: inout Effects
    ) {
        let backup = result.profile
        if isNewCredential { troubled[backup]?.forget() }
        switch result.diagnosis.verdict {
        case .unknown: break
        case .good: backupIsGood(backup, at: now, &effects)
        case .bad:
            guard isSettled else { return }
            let wasSilent = troubled[backup].map { $0.last == nil } ?? true
            troubled[backup, default: BackupTrack()].refuse(result)
            confirmBackup(backup, result, wasSilent: wasSilent, at: now, &effects)
            if backup == active { activeBackupIsBad(at: now, &effects) }
        }
    }

    private mutating func backupIsGood(
        _ backup: String, at now: Instant, _ effects: inout Effects
    ) {
        guard let track = troubled.removeValue(forKey: backup) else { return }
        if backup == active, isMoved { blockedReason = nil }
        guard track.failingSince != nil else { return }
        effects.announce(
            self, .backupRecovered, "the backup \(backup) is accepted again.", about: backup)
        effects.add(.remember)
        adviseOfBackups(at: now.wall, &effects)
    }

    /// Tells of a backup with its `fall`th bad answer, once.
    private mutating func confirmBackup(
        _ backup: String, _ result: CheckResult, wasSilent: Bool, at now: Instant,
        _ effects: inout Effects
    ) {
        guard let track = troubled[backup] else { return }
        guard track.failingSince == nil, track.failures >= configuration.fall else {
            // After a restart the warning gets its reason back.
            if wasSilent, track.failingSince != nil { adviseOfBackups(at: now.wall, &effects) }
            return
        }
        troubled[backup]?.failingSince = now.wall
        let use = backup == active ? ", which is in use," : ""
        let text =
            "the backup \(backup)\(use) is refused: \(result.diagnosis.cause.title). \(rest)"
        effects.announce(
            self, .backupFailing, text, about: backup, cause: result.diagnosis.cause)
        effects.add(.remember)
        adviseOfBackups(at: now.wall, &effects)
        guard configuration.hook != nil else { return }
        effects.add(
            .runHook(
                HookRun(
                    event: .backupFailing, group: name, from: backup, to: active,
                    cause: result.diagnosis.cause, message: text,
                    incident: effects.newIncidentID(), attempt: 1)))
    }

    private var failingBackups: [String] {
        configuration.backups.filter { troubled[$0]?.failingSince != nil }
    }

    /// Which backups are left, as a sentence.
    private var rest: String {
        let rest = configuration.backups.filter { troubled[$0]?.failingSince == nil }
        return rest.isEmpty
            ? "No backup of \(name) is usable now." : "Left: \(rest.joined(separator: ", "))."
    }

    /// Puts the warnings of the status in accord; the event of the backup is what tells of them.
    mutating func adviseOfBackups(at now: WallTime, _ effects: inout Effects) {
        let failing = failingBackups
        var new: [Advisory] = []
        if !failing.isEmpty {
            let list = failing.map { backup in
                backup
                    + (troubled[backup]?.last.map { " (\($0.diagnosis.cause.title))" } ?? "")
            }
            let names = list.joined(separator: ", ")
            new.append(
                Advisory(
                    .backupFailing,
                    "\(failing.count == 1 ? "The backup" : "The backups") \(names) \(failing.count == 1 ? "is" : "are") refused.",
                    since: failing.compactMap { troubled[$0]?.failingSince }.min()))
        }
        if failing.count == configuration.backups.count {
            new.append(
                Advisory(
                    .noUsableBackup,
                    "No backup of \(name) is usable: if its primary fails, nothing can stand in."))
        }
        advisories.replace(
            .backups, with: new, about: .group(name), isTold: false, at: now, &effects)
    }

    /// Takes up what an earlier daemon has told of the backups.
    mutating func takeUp(_ backups: [RememberedBackup]) {
        for backup in backups where configuration.backups.contains(backup.name) {
            troubled[backup.name] = BackupTrack(failingSince: backup.since)
        }
    }

    var rememberedBackups: [RememberedBackup] {
        configuration.backups.compactMap { backup in
            troubled[backup]?.failingSince.map { RememberedBackup(name: backup, since: $0) }
        }
    }
}
