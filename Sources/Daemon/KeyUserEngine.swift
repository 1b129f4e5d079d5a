import Model
import Reporting
import Scheduling
import Tracking

/// Who still uses the key of before a move.
///
/// The key is noted when the move begins, since the profile may have another one when it has ended; it is kept
/// with the incident, so that a restart while the group is failed over goes on looking.
extension Engine {
    /// Hears of a group's change; a move that has succeeded is the beginning of a watch.
    func keyUsersHear(of change: GroupChange, at now: Instant) {
        switch change.kind {
        case .failoverStarted:
            guard let incident = change.incident,
                let keyID = tracker.lastResult(of: incident.from)?.accessKeyID
            else { return oldKeys[change.group] = nil }
            oldKeys[change.group] = OldKey(profile: incident.from, keyID: keyID, since: now)
            tracker.noteOldKey(keyID, of: change.group, incident: incident.id)
        case .failoverFailed where change.incident?.to != change.active:
            oldKeys[change.group] = nil
        // One that failed after the files were switched has moved all the same.
        case .failedOver, .failedBack, .failoverFailed:
            let kept = change.incident.flatMap { OldKey($0, at: now) }
            guard let old = oldKeys.removeValue(forKey: change.group) ?? kept else { return }
            watchKeyUsers(of: old, in: change.group, now)
        default: break
        }
    }

    /// Goes on, after a restart, with the groups that have failed over.
    func resumeKeyUsers(at now: Instant) {
        for group in tracker.groupStatuses(at: now.moment) where group.state == .failedOver {
            guard let old = group.incident.flatMap({ OldKey($0, at: now) }) else { continue }
            watchKeyUsers(of: old, in: group.name, now)
        }
    }

    private func watchKeyUsers(of old: OldKey, in group: String, _ now: Instant) {
        // Both slots may hold one key; then there is no old one.
        let active = tracker.groupStatuses(at: now.moment).first { $0.name == group }?.active
        guard let active, tracker.lastResult(of: active)?.accessKeyID != old.keyID else { return }
        keyUsers[group] = KeyUserWatch(
            profile: old.profile, keyID: old.keyID, switchedAt: old.since)
        lookForKeyUsersSoon(of: group)
    }

    private func lookForKeyUsersSoon(of group: String) {
        schedule.set(
            .keyUsers(group), due: SystemClock.moment() + KeyUserWatch.firstDelay,
            slack: .seconds(1))
    }

    /// Looks again.
    func keyUsersAreDue(_ name: String) {
        guard let watch = keyUsers[name], !watch.isUnderWay else { return }
        guard let group = configuration.groups.first(where: { $0.name == name }) else {
            keyUsers[name] = nil
            return
        }
        // What is restarted now may be about to have the very key that was left before.
        guard tracker.isSettled(name) else { return lookForKeyUsersSoon(of: name) }
        keyUsers[name]?.isUnderWay = true
        let (question, find) = (watch.question(group), parts.findKeyUsers)
        let request = UsersRequest(
            group: name, keyID: watch.keyID, since: watch.switchedAt.moment)
        let mover = configuration.moverSocket
        Task.detached(executorPreference: parts.transport) { [self] in
            var report = await findUsersByMover(request, at: mover)
            if report == nil { report = await find(question) }
            await foundKeyUsers(report ?? KeyUsersReport(), of: watch.keyID, in: name)
        }
    }

    private func foundKeyUsers(_ report: KeyUsersReport, of keyID: String, in name: String) {
        // The group may have moved on meanwhile, or be gone.
        guard !isStopping, var watch = keyUsers[name], watch.keyID == keyID, watch.isUnderWay
        else { return }
        let now = SystemClock.now()
        guard tracker.isSettled(name) else {
            keyUsers[name]?.isUnderWay = false
            return lookForKeyUsersSoon(of: name)
        }
        let (news, delay) = watch.take(report, at: now.wall)
        switch news {
        case .used: parts.journal.write(entry(forUsersOf: watch.status, in: name))
        case .unused: parts.journal.write(entry(forNoUsersOf: watch.status, in: name))
        case .unseen: parts.journal.write(entry(forUnseenUsersOf: watch.status, in: name))
        case nil: break
        }
        keyUsers[name] = delay == nil ? nil : watch
        if let delay {
            schedule.set(.keyUsers(name), due: now.moment + delay, slack: delay / 10)
        }
        publication.markDirty(urgent: news != nil)
        turn()
    }

    /// Forgets what belongs to groups that a new config does not have.
    func dropKeyUsers() {
        let names = Set(configuration.groups.map(\.name))
        for name in keyUsers.keys where !names.contains(name) {
            keyUsers[name] = nil
            schedule.remove(.keyUsers(name))
        }
        oldKeys = oldKeys.filter { names.contains($0.key) }
    }
}

/// The key that a group leaves with a move.
struct OldKey: Sendable {
    let profile: String
    let keyID: String
    /// When the move began: what it restarts afterwards has the new key.
    let since: Instant
}

extension OldKey {
    /// Takes it from an incident, of before a restart perhaps; nil where none was noted.
    init?(_ incident: Incident, at now: Instant) {
        guard let keyID = incident.oldKeyID else { return nil }
        let age = max(now.wall - incident.startedAt, .zero)
        // Before this boot that is below zero, and no process is older.
        self.init(
            profile: incident.from, keyID: keyID,
            since: Instant(moment: now.moment - age, wall: incident.startedAt))
    }
}
