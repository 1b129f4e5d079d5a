import Model

/// The form of a rotation's journal that this version writes and reads.
private let rotationSchema = "credwatch-rotation/1"

/// Returns a journal as JSON.
package func encodeRotation(_ rotation: RotationRecord) -> [UInt8] {
    var writer = JSONWriter(pretty: true)
    writer.object { root in
        root.member("schema", rotationSchema)
        root.member("stage", rotation.stage.rawValue)
        root.member("profile", rotation.profile)
        root.member("user", rotation.user)
        root.member("account", rotation.account)
        switch rotation.place {
        case .credentialsFile(let path, let profile):
            root.member("credentials_file", path)
            root.member("section", profile)
        case .configFile(let path, let profile):
            root.member("config_file", path)
            root.member("section", profile)
        case .environmentFile(let path): root.member("environment_file", path)
        }
        root.member("old_key", rotation.oldKeyID)
        root.member("old_key_was_good", rotation.oldKeyWasGood)
        root.member("new_key", rotation.newKeyID)
        root.member("replaced_key", rotation.replacedKeyID)
        root.array("keys_before") { list in
            for id in rotation.keysBefore { list.element(id) }
        }
        root.member("using", rotation.using)
        root.member(
            "delete_after_seconds", rotation.deleteAfter.map { Int($0.components.seconds) })
        root.member("started_at", rotation.startedAt)
        root.member("real_path", rotation.realPath)
        root.member("kept_path", rotation.keptPath)
        root.member("switched_at", rotation.switchedAt)
        root.member("moved_at", rotation.movedAt)
        root.member("deactivated_at", rotation.deactivatedAt)
    }
    writer.finish()
    return writer.bytes
}

/// A journal that this version cannot read; a clause says why.
package struct RotationFormatProblem: Error, Sendable, Hashable {
    package var reason: String
}

/// Decodes a journal, refusing whatever this version would not have written.
package func decodeRotation(_ bytes: [UInt8]) throws(RotationFormatProblem) -> RotationRecord {
    guard let json = JSONValue(parsing: bytes) else {
        throw RotationFormatProblem(reason: "it is not JSON, or ends too early")
    }
    do throws(JSONFault) {
        let row = try JSONRow(json)
        guard try row.string("schema") == rotationSchema else {
            throw row.fault("schema", .invalid("it is of another version"))
        }
        return try rotation(row)
    } catch {
        throw RotationFormatProblem(reason: clause(error))
    }
}

private func rotation(_ row: JSONRow) throws(JSONFault) -> RotationRecord {
    guard let stage = RotationStage(rawValue: try row.string("stage")) else {
        throw row.fault("stage", .invalid("there is no such stage"))
    }
    guard let started = try time(row, "started_at") else {
        throw row.fault("started_at", .invalid("it is missing"))
    }
    let seconds = try row.optionalNumber("delete_after_seconds")
    var record = RotationRecord(
        stage: stage, profile: try row.string("profile"), user: try row.string("user"),
        account: try row.string("account"), place: try place(row),
        oldKeyID: try row.string("old_key"), oldKeyWasGood: try row.truth("old_key_was_good"),
        keysBefore: try row.strings("keys_before"),
        replacedKeyID: try row.optionalString("replaced_key"),
        newKeyID: try row.optionalString("new_key"), using: try row.optionalString("using"),
        deleteAfter: seconds.map { .seconds($0) }, startedAt: started)
    record.realPath = try row.optionalString("real_path")
    record.keptPath = try row.optionalString("kept_path")
    record.switchedAt = try time(row, "switched_at")
    record.movedAt = try time(row, "moved_at")
    record.deactivatedAt = try time(row, "deactivated_at")
    return record
}

private func place(_ row: JSONRow) throws(JSONFault) -> SwitchPlace {
    if let path = try row.optionalString("credentials_file") {
        return .credentialsFile(path, profile: try row.string("section"))
    }
    if let path = try row.optionalString("config_file") {
        return .configFile(path, profile: try row.string("section"))
    }
    return .environmentFile(try row.string("environment_file"))
}

private func time(_ row: JSONRow, _ name: String) throws(JSONFault) -> WallTime? {
    guard let text = try row.optionalString(name) else { return nil }
    guard let time = WallTime(parsing: text) else {
        throw row.fault(name, .invalid("it is no time"))
    }
    return time
}

private func clause(_ fault: JSONFault) -> String {
    let place = fault.place.isEmpty ? "it" : fault.place
    return switch fault.kind {
    case .missing(let name): "\(name) is missing"
    case .wrongType: "\(place) has the wrong type"
    case .noFit: "\(place) is no number that fits"
    case .invalid(let what): "\(place): \(what)"
    }
}
