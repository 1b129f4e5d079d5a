import FoundationEssentials
package import Model

/// Decodes the bytes of a status file; `path` names it in problems.
package func decodeStatus(_ bytes: [UInt8], path: String) throws(StatusReadProblem)
    -> StatusDocument
{
    do {
        return try JSONDecoder().decode(DecodedStatus.self, from: Data(bytes)).document
    } catch let error as UnsupportedSchema {
        throw .unsupportedSchema(path: path, found: error.found)
    } catch let error as DecodingError {
        let (place, what) = explain(error)
        throw .malformed(path: path, place: place, what: what)
    } catch {
        throw .malformed(path: path, place: "", what: "it is not valid JSON")
    }
}

private struct UnsupportedSchema: Error {
    var found: String
}

private struct DecodedStatus: Decodable {
    var document: StatusDocument

    init(from decoder: any Decoder) throws {
        let row = try Row(decoder)
        let schema = try row.string("schema")
        guard schema == statusSchema else { throw UnsupportedSchema(found: schema) }
        let daemon = try row.row("daemon")
        document = StatusDocument(
            generatedAt: try row.time("generated_at"),
            validUntil: try row.time("valid_until"),
            overall: try row.value("overall"),
            daemon: DaemonStatus(
                version: try daemon.string("version"), pid: try daemon.number("pid"),
                startedAt: try daemon.time("started_at"), host: try daemon.string("host")),
            profiles: try row.rows("profiles").map(profile),
            groups: try row.rows("groups").map(group))
    }
}

private func profile(_ row: Row) throws -> ProfileStatus {
    ProfileStatus(
        name: try row.string("name"),
        state: try row.value("state"),
        since: try row.optionalTime("since"),
        diagnosis: try diagnosis(row),
        identity: try row.optionalRow("identity").map { row in
            CallerIdentity(
                account: try row.string("account"), arn: try row.string("arn"),
                userID: try row.string("user_id"))
        },
        accessKeyID: try row.optionalString("access_key_id"),
        source: try row.optionalString("source"),
        lastAttemptAt: try row.optionalTime("last_attempt_at"),
        lastSuccessAt: try row.optionalTime("last_success_at"),
        failingSince: try row.optionalTime("failing_since"),
        consecutiveFailures: try row.number("consecutive_failures"),
        latency: try row.optionalMilliseconds("latency_ms"),
        expiresAt: try row.optionalTime("expires_at"),
        endsForGood: try row.optionalTime("ends_for_good_at"),
        nextCheckAt: try row.optionalTime("next_check_at"))
}

private func diagnosis(_ row: Row) throws -> Diagnosis? {
    guard try row.optionalString("cause") != nil else { return nil }
    return Diagnosis(
        cause: try row.value("cause"), verdict: try row.value("verdict"),
        summary: try row.string("summary"), remedy: try row.string("remedy"),
        evidence: try row.rows("evidence").map(evidence))
}

private func group(_ row: Row) throws -> GroupStatus {
    GroupStatus(
        name: try row.string("name"),
        primary: try row.string("primary"),
        backups: try row.strings("backups"),
        active: try row.string("active"),
        state: try row.value("state"),
        detail: try row.string("detail"),
        incident: try row.optionalRow("incident").map { row in
            Incident(
                id: try row.string("id"), event: try row.value("event"),
                from: try row.string("from"), to: try row.string("to"),
                cause: try row.value("cause"), summary: try row.string("summary"),
                startedAt: try row.time("started_at"), attempts: try row.number("attempts"),
                byHand: try row.truth("by_hand"))
        },
        hook: try row.optionalRow("hook").map { row in
            HookRecord(
                event: try row.value("event"), attempt: try row.number("attempts"),
                startedAt: try row.time("started_at"),
                finishedAt: try row.optionalTime("finished_at"), result: try hookResult(row))
        })
}

private func hookResult(_ row: Row) throws -> HookResult? {
    switch try row.optionalString("result") {
    case nil: nil
    case "succeeded", "failed": .exited(code: try row.number("exit_code"))
    case "killed": .killed(signal: try row.number("signal"))
    case "timed_out": .timedOut
    case "not_started": .notStarted(try row.string("reason"))
    case "interrupted": .interrupted
    case .some(let other): throw row.corrupt("result", "\"\(other)\" is not known")
    }
}

private func evidence(_ row: Row) throws -> Evidence {
    let kind: EvidenceKind = try row.value("kind")
    return switch kind {
    case .requestID: .requestID(try row.string("request_id"))
    case .httpStatus: .httpStatus(try row.number("http_status"))
    case .serviceError:
        .serviceError(code: try row.string("code"), message: try row.string("message"))
    case .skew: .skew(try row.milliseconds("skew_ms"))
    case .endpoint: .endpoint(try row.string("endpoint"))
    case .secondOpinion: try secondOpinion(row)
    case .transport:
        .transport(phase: try row.value("phase"), reason: try row.string("reason"))
    case .location: .location(try provenance(row))
    case .character:
        .character(
            field: try row.string("field"), name: try row.string("name"),
            position: try row.number("position"))
    case .expectation:
        .expectation(
            field: try row.string("field"), expected: try row.string("expected"),
            actual: try row.string("actual"))
    case .note: .note(try row.string("note"))
    }
}

private func secondOpinion(_ row: Row) throws -> Evidence {
    let name = try row.string("question")
    guard let question = question(named: name) else {
        throw row.corrupt("question", "\"\(name)\" is not known")
    }
    return .secondOpinion(question, try row.string("answer"))
}

private func provenance(_ row: Row) throws -> Provenance {
    let origin = try row.string("origin")
    switch origin {
    case "environment":
        return .environment(
            variable: try row.string("variable"), of: try row.optionalString("reason"))
    case "built_in": return .builtIn(try row.string("reason"))
    case "file", "configuration":
        let location = SourceLocation(
            file: try row.string("file"), line: try row.number("line"),
            column: try row.optionalNumber("column") ?? 0)
        return origin == "file" ? .file(location) : .configuration(location)
    default: throw row.corrupt("origin", "\"\(origin)\" is not known")
    }
}

private func explain(_ error: DecodingError) -> (place: String, what: String) {
    switch error {
    case .keyNotFound(let key, let context):
        (place(context.codingPath), "\"\(key.stringValue)\" is missing")
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
        (place(context.codingPath), "it has the wrong type")
    case .dataCorrupted(let context) where context.codingPath.isEmpty:
        ("", "it is not valid JSON")
    case .dataCorrupted(let context):
        (place(context.codingPath), visible(bounded(context.debugDescription, bytes: 200)))
    @unknown default: ("", "it is not valid")
    }
}

private func place(_ path: [any CodingKey]) -> String {
    path.reduce("") { text, key in
        if let index = key.intValue { return text + "[\(index)]" }
        return text + (text.isEmpty ? "" : ".") + key.stringValue
    }
}
