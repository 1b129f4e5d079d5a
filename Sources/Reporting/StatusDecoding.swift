package import Model

/// Decodes the bytes of a status file; `path` names it in problems.
package func decodeStatus(_ bytes: [UInt8], path: String) throws(StatusReadProblem)
    -> StatusDocument
{
    guard let json = JSONValue(parsing: bytes) else {
        throw .malformed(path: path, place: "", what: "it is not valid JSON")
    }
    let schema: String
    do throws(JSONFault) {
        let row = try JSONRow(json)
        schema = try row.string("schema")
        if schema == statusSchema { return try document(row) }
    } catch {
        throw .malformed(path: path, place: error.place, what: clause(error.kind))
    }
    throw .unsupportedSchema(path: path, found: schema)
}

private func document(_ row: JSONRow) throws(JSONFault) -> StatusDocument {
    let daemon = try row.row("daemon")
    return StatusDocument(
        generatedAt: try row.time("generated_at"),
        validUntil: try row.time("valid_until"),
        overall: try row.value("overall"),
        daemon: DaemonStatus(
            version: try daemon.string("version"), pid: try daemon.number("pid"),
            startedAt: try daemon.time("started_at"), host: try daemon.string("host")),
        clock: try row.optionalRow("clock").map { row throws(JSONFault) in
            ClockStatus(
                skew: try row.milliseconds("skew_ms"), measuredAt: try row.time("measured_at"))
        },
        journal: try row.optionalRow("journal").map(journal) ?? JournalStatus(),
        heartbeat: try row.optionalRow("heartbeat").map(heartbeat),
        advisories: try row.rows("warnings").map(advisory),
        profiles: try row.rows("profiles").map(profile),
        groups: try row.rows("groups").map(group))
}

private func journal(_ row: JSONRow) throws(JSONFault) -> JournalStatus {
    JournalStatus(
        isReachable: try row.truth("reachable"), waiting: try row.number("waiting"),
        dropped: try row.number("dropped"))
}

private func heartbeat(_ row: JSONRow) throws(JSONFault) -> HeartbeatStatus {
    HeartbeatStatus(
        host: try row.string("host"), lastSuccessAt: try row.optionalTime("last_success_at"),
        failingSince: try row.optionalTime("failing_since"),
        failure: try row.optionalString("failure"))
}

private func profile(_ row: JSONRow) throws(JSONFault) -> ProfileStatus {
    ProfileStatus(
        name: try row.string("name"),
        state: try row.value("state"),
        since: try row.optionalTime("since"),
        diagnosis: try diagnosis(row),
        identity: try row.optionalRow("identity").map { row throws(JSONFault) in
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
        nextCheckAt: try row.optionalTime("next_check_at"),
        advisories: try row.rows("warnings").map(advisory),
        history: try history(row))
}

/// The last hours; a daemon of before them, which may still run after an upgrade, tells nothing.
private func history(_ row: JSONRow) throws(JSONFault) -> History {
    guard let letters = try row.optionalString("history") else { return History() }
    guard let history = History(letters: letters) else {
        throw row.corrupt(
            "history", "it is not at most \(History.count) of the letters h, u, f and -")
    }
    return history
}

private func advisory(_ row: JSONRow) throws(JSONFault) -> Advisory {
    Advisory(
        try row.value("code"), try row.string("message"), commands: try row.strings("commands"),
        since: try row.optionalTime("since"))
}

private func diagnosis(_ row: JSONRow) throws(JSONFault) -> Diagnosis? {
    guard try row.optionalString("cause") != nil else { return nil }
    return Diagnosis(
        cause: try row.value("cause"), verdict: try row.value("verdict"),
        confidence: try row.value("confidence"),
        summary: try row.string("summary"), remedy: try row.string("remedy"),
        commands: try row.strings("commands"),
        evidence: try row.rows("evidence").map(evidence),
        others: try row.rows("others").map { row throws(JSONFault) in
            Candidate(
                try row.value("cause"), try row.string("what"), test: try row.string("test"))
        })
}

private func group(_ row: JSONRow) throws(JSONFault) -> GroupStatus {
    GroupStatus(
        name: try row.string("name"),
        primary: try row.string("primary"),
        backups: try row.strings("backups"),
        active: try row.string("active"),
        state: try row.value("state"),
        detail: try row.string("detail"),
        // A daemon of before the switcher wrote no such member, and had hooks only.
        means: try row.optionalString("moved_by") == nil ? .hook : row.value("moved_by"),
        incident: try row.optionalRow("incident").map { row throws(JSONFault) in
            var incident = Incident(
                id: try row.string("id"), event: try row.value("event"),
                from: try row.string("from"), to: try row.string("to"),
                cause: try row.value("cause"), summary: try row.string("summary"),
                startedAt: try row.time("started_at"), attempts: try row.number("attempts"),
                byHand: try row.truth("by_hand"))
            incident.isDrill = try row.optionalTruth("drill") ?? false
            return incident
        },
        hook: try row.optionalRow("hook").map { row throws(JSONFault) in
            HookRecord(
                event: try row.value("event"), attempt: try row.number("attempts"),
                startedAt: try row.time("started_at"),
                finishedAt: try row.optionalTime("finished_at"), result: try hookResult(row))
        },
        drill: try row.optionalRow("last_drill").map { row throws(JSONFault) in
            Drill(
                startedAt: try row.time("started_at"),
                finishedAt: try row.optionalTime("finished_at"),
                outcome: try row.optionalString("outcome") == nil ? nil : row.value("outcome"))
        },
        advisories: try row.rows("warnings").map(advisory),
        staleUsers: try row.optionalRow("stale_users").map { row throws(JSONFault) in
            StaleUsers(
                profile: try row.string("profile"),
                accessKeyID: try row.string("access_key_id"), since: try row.time("since"),
                lookedAt: try row.optionalTime("looked_at"), report: try KeyUsersReport(row))
        })
}

private func hookResult(_ row: JSONRow) throws(JSONFault) -> HookResult? {
    switch try row.optionalString("result") {
    case nil: nil
    case "succeeded", "failed": .exited(code: try row.number("exit_code"))
    case "killed": .killed(signal: try row.number("signal"))
    case "timed_out": .timedOut
    case "not_started": .notStarted(try row.string("reason"))
    case "interrupted": .interrupted
    case "switch_failed": .switchFailed(try row.string("reason"))
    case "incomplete": .incomplete(try row.string("reason"))
    case .some(let other): throw row.corrupt("result", "\"\(other)\" is not known")
    }
}

private func evidence(_ row: JSONRow) throws(JSONFault) -> Evidence {
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
    case .inquiry: .inquiry(action: try row.string("action"), try row.string("answer"))
    case .keyAccount: .keyAccount(try row.string("account"))
    case .finding:
        .finding(
            LintFinding(
                try row.value("code"), try row.value("severity"), at: try provenance(row),
                try row.string("message"), remedy: try row.string("remedy")))
    case .note: .note(try row.string("note"))
    }
}

private func secondOpinion(_ row: JSONRow) throws(JSONFault) -> Evidence {
    let name = try row.string("question")
    guard let question = question(named: name) else {
        throw row.corrupt("question", "\"\(name)\" is not known")
    }
    return .secondOpinion(question, try row.string("answer"))
}

private func provenance(_ row: JSONRow) throws(JSONFault) -> Provenance {
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

private func clause(_ kind: JSONFault.Kind) -> String {
    switch kind {
    case .missing(let name): "\"\(name)\" is missing"
    case .wrongType: "it has the wrong type"
    case .noFit: "it is not a number, or not one that fits"
    case .invalid(let what): visible(bounded(what, bytes: 200))
    }
}
