import Model

/// The form of the history file that this version writes and reads.
let historySchema = "credwatch-history/1"

/// Returns the last hours as JSON; `letters` ends with the half hour that begins at `newest`.
func encodeHistory(_ histories: [RememberedHistory]) -> [UInt8] {
    var writer = JSONWriter(capacity: 128 * (histories.count + 1))
    writer.object { root in
        root.member("schema", historySchema)
        root.array("profiles") { profiles in
            for profile in histories {
                profiles.object { object in
                    object.member("name", profile.name)
                    object.member(
                        "newest", WallTime(seconds: Int64(profile.newest) * History.seconds))
                    object.member("letters", profile.history)
                }
            }
        }
    }
    writer.finish()
    return writer.bytes
}

/// Decodes a history file, refusing whatever this version would not have written.
func decodeHistory(_ bytes: [UInt8]) throws(StateFormatProblem) -> [RememberedHistory] {
    try decodeKept(bytes, schema: historySchema) { row throws(JSONFault) in
        try row.rows("profiles").map(history)
    } names: {
        [("profile", $0.map(\.name))]
    }
}

private func history(_ row: JSONRow) throws(JSONFault) -> RememberedHistory {
    let time = try row.string("newest")
    guard let newest = WallTime(parsing: time), newest.seconds % History.seconds == 0 else {
        throw row.fault("newest", .invalid("\(quoted(time)) is not the begin of a half hour"))
    }
    guard let history = History(letters: try row.string("letters")) else {
        throw row.fault(
            "letters",
            .invalid("it is not at most \(History.count) of the letters h, u, f and -"))
    }
    // The years 1 to 9999 fit.
    return RememberedHistory(
        name: try row.string("name"),
        newest: Int32(truncatingIfNeeded: newest.seconds / History.seconds), history: history)
}
