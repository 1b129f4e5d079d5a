import Model

/// The form of the file of switched keys that this version writes and reads.
let switchSchema = "credwatch-switches/1"

/// Returns what is known of switched keys as JSON; it holds no secret.
func encodeSwitches(_ switches: [RememberedSwitch]) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { root in
        root.member("schema", switchSchema)
        root.array("groups") { groups in
            for group in switches {
                groups.object { object in
                    object.member("name", group.group)
                    object.member("profile", group.profile)
                    object.member("access_key_id", group.accessKeyID)
                    if let time = group.renewAt { object.member("renew_at", time) }
                    object.member("written", group.isWritten)
                }
            }
        }
    }
    writer.finish()
    return writer.bytes
}

/// Decodes the file, refusing whatever this version would not have written.
func decodeSwitches(_ bytes: [UInt8]) throws(StateFormatProblem) -> [RememberedSwitch] {
    try decodeKept(bytes, schema: switchSchema) { row throws(JSONFault) in
        try row.rows("groups").map(switched)
    } names: {
        [("group", $0.map(\.group))]
    }
}

private func switched(_ row: JSONRow) throws(JSONFault) -> RememberedSwitch {
    RememberedSwitch(
        group: try row.string("name"), profile: try row.string("profile"),
        accessKeyID: try row.string("access_key_id"), renewAt: try renewal(row),
        isWritten: try row.truth("written"))
}

private func renewal(_ row: JSONRow) throws(JSONFault) -> WallTime? {
    guard let text = try row.optionalString("renew_at") else { return nil }
    guard let time = WallTime(parsing: text) else {
        throw row.fault("renew_at", .invalid("\(quoted(text)) is not a time"))
    }
    return time
}
