package import Model

/// Makes the entry for processes that still use the key of before a move.
package func entry(forUsersOf stale: StaleUsers, in group: String) -> JournalEntry {
    let message =
        "group \(group): \(staleWords(stale)). Restart what is of them, else it fails with the old key."
    return JournalEntry(.keyStillUsed, .warning, message, fields(of: stale, in: group))
}

/// Makes the entry for when the last of them is gone.
package func entry(forNoUsersOf stale: StaleUsers, in group: String) -> JournalEntry {
    let message =
        "group \(group): no process that credwatch can see uses \(key(of: stale)) any more\(blindness(of: stale.report))."
    return JournalEntry(.keyUnused, .notice, message, fields(of: stale, in: group))
}

/// Makes the entry for a look that has found nobody and could not see everybody.
package func entry(forUnseenUsersOf stale: StaleUsers, in group: String) -> JournalEntry {
    let message =
        "group \(group): no process is seen to use \(key(of: stale))\(blindness(of: stale.report))."
    return JournalEntry(.keyUsersUnseen, .info, message, fields(of: stale, in: group))
}

private func fields(of stale: StaleUsers, in group: String) -> [JournalEntry.Field] {
    var fields = Fields()
    fields.add("CREDWATCH_GROUP", group)
    fields.add("CREDWATCH_PROFILE", stale.profile)
    fields.add("CREDWATCH_ACCESS_KEY_ID", shownKeyID(stale.accessKeyID))
    fields.add("CREDWATCH_KEY_USERS", "\(stale.report.count)")
    let pids = stale.report.users.map { "\($0.pid)" }.joined(separator: " ")
    if !pids.isEmpty { fields.add("CREDWATCH_KEY_USER_PIDS", pids) }
    return fields.list
}

/// Says who uses a key: `2 processes still use access key AKIA… of app: pid 812 nginx (app.service, user app)`.
func staleWords(_ stale: StaleUsers) -> String {
    let report = stale.report
    let verb = report.count == 1 ? "process still uses" : "processes still use"
    return "\(report.count) \(verb) \(key(of: stale)): \(names(of: report))\(blindness(of: report))"
}

/// Says it of a group, as a clause for tables; nil while nobody is known to use an old key.
func staleText(_ group: GroupStatus) -> String? {
    guard let stale = group.staleUsers, stale.report.count > 0 else { return nil }
    return staleWords(stale)
}

/// Names the first processes of a report, and counts the others.
func names(of report: KeyUsersReport, limit: Int = 5) -> String {
    let shown = report.users.prefix(limit).map(words(for:)).joined(separator: ", ")
    let rest = report.count - min(limit, report.users.count)
    return rest > 0 ? "\(shown) and \(rest) more" : shown
}

/// A process in a few words: `pid 812 nginx (app.service, user app, started before the switch)`.
func words(for user: KeyUser) -> String {
    var place = [user.unit, "user \(user.user)"].compactMap(\.self)
    switch user.reason {
    case .environment: break
    case .startedBefore: place.append("started before the switch")
    }
    // A process may call itself anything.
    return
        "pid \(user.pid) \(bounded(visible(user.command), bytes: 64)) (\(place.joined(separator: ", ")))"
}

/// Says what was not seen, behind a sentence; empty when everything was.
func blindness(of report: KeyUsersReport) -> String {
    var clauses: [String] = []
    if report.unreadable > 0 {
        let noun = report.unreadable == 1 ? "process" : "processes"
        clauses.append("\(report.unreadable) \(noun) could not be looked at")
    }
    if report.isBlind { clauses.append("the processes of others are hidden from credwatch") }
    if report.isCut { clauses.append("there was no time for all processes") }
    return clauses.isEmpty ? "" : "; " + clauses.joined(separator: ", ")
}

private func key(of stale: StaleUsers) -> String {
    "access key \(shownKeyID(stale.accessKeyID)) of \(stale.profile)"
}
