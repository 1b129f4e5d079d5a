import Model

// What a group does by itself, in the state file; each member is absent where there is nothing to keep.

/// Writes what is kept of a group beside where it stands.
func encodeMoves(of group: RememberedGroup, _ object: inout JSONWriter) {
    if !group.failingBackups.isEmpty {
        object.array("failing_backups") { backups in
            for backup in group.failingBackups {
                backups.object { object in
                    object.member("name", backup.name)
                    object.member("since", backup.since)
                }
            }
        }
    }
    if group.moves != RememberedMoves() {
        let moves = group.moves
        object.object("moves") { object in
            if let time = moves.endedAt { object.member("ended_at", time) }
            if !moves.failovers.isEmpty {
                object.array("failovers") { times in
                    for time in moves.failovers { times.element(time.rfc3339) }
                }
            }
            if moves.failed > 0 { object.member("failed", moves.failed) }
            if let time = moves.onBackupSince { object.member("on_backup_since", time) }
            if moves.reminders > 0 { object.member("reminders", moves.reminders) }
        }
    }
    if let flaps = group.flaps {
        object.object("flaps") { object in
            object.member("answers", String(flaps.answers.map { $0 ? "b" : "g" }))
            object.member("flapping", flaps.isFlapping)
        }
    }
    if let drill = group.drill {
        object.object("drill") { object in
            object.member("started_at", drill.startedAt)
            if let time = drill.finishedAt { object.member("finished_at", time) }
            if let outcome = drill.outcome { object.member("outcome", outcome.rawValue) }
        }
    }
}

/// Reads the same into a group; a file of an earlier version has none of it.
func decodeMoves(_ row: JSONRow, into group: inout RememberedGroup) throws(JSONFault) {
    if row.has("failing_backups") {
        group.failingBackups = try row.rows("failing_backups").map { row throws(JSONFault) in
            RememberedBackup(name: try row.text("name"), since: try row.time("since"))
        }
    }
    if let moves = try row.optionalRow("moves") { group.moves = try decodeMoves(moves) }
    if let flaps = try row.optionalRow("flaps") {
        let answers = try flaps.string("answers")
        guard answers.utf8.count <= 64, answers.utf8.allSatisfy({ $0 == 0x62 || $0 == 0x67 })
        else { throw flaps.fault("answers", .invalid("\(quoted(answers)) is not of b and g")) }
        group.flaps = RememberedFlaps(
            answers: answers.utf8.map { $0 == 0x62 }, isFlapping: try flaps.truth("flapping"))
    }
    if let drill = try row.optionalRow("drill") {
        group.drill = Drill(
            startedAt: try drill.time("started_at"),
            finishedAt: try drill.timeIfPresent("finished_at"),
            outcome: try drill.choiceIfPresent("outcome"))
    }
}

private func decodeMoves(_ row: JSONRow) throws(JSONFault) -> RememberedMoves {
    var moves = RememberedMoves()
    moves.endedAt = try row.timeIfPresent("ended_at")
    if row.has("failovers") {
        for text in try row.strings("failovers") {
            guard let time = WallTime(parsing: text) else {
                throw row.fault("failovers", .invalid("\(quoted(text)) is not a time"))
            }
            moves.failovers.append(time)
        }
    }
    if row.has("failed") { moves.failed = try row.number("failed", in: 0...1_000_000) }
    moves.onBackupSince = try row.timeIfPresent("on_backup_since")
    if row.has("reminders") { moves.reminders = try row.number("reminders", in: 0...1_000) }
    return moves
}
