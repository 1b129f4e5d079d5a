package import Model

/// The version of the form that `credwatch doctor --json` prints.
let doctorSchema = "credwatch-doctor/1"

/// Renders a doctor's report as JSON; packaging/doctor.schema.json describes it.
///
/// All keys are always there; what is absent is null. Never a secret.
package func renderDoctorJSON(_ report: DoctorReport) -> [UInt8] {
    var json = JSONWriter(pretty: true)
    json.object { json in
        json.member("schema", doctorSchema)
        json.member("profile", report.profile)
        json.member("generated_at", report.startedAt)
        json.member("duration_ms", report.duration.inMilliseconds)
        json.member("limit_ms", report.limit.inMilliseconds)
        json.member("exit_code", Int(report.exitCode))
        json.member("headline", redacted(headline(of: report)))
        write(.configuration, report.configuration, to: &json) { write($0, to: &$1) }
        write(.lint, report.lint, to: &json) { write($0, to: &$1) }
        write(.identity, report.identity, to: &json) { write($0, to: &$1) }
        write(.user, report.user, to: &json) { write($0, to: &$1) }
        write(.precedence, report.precedence, to: &json) { write($0, to: &$1) }
        write(.network, report.network, to: &json) { write($0, to: &$1) }
        if let users = report.keyUsers {
            write(.keyUsers, users, to: &json) { write($0, to: &$1) }
        } else {
            json.member(named: DoctorPart.keyUsers.rawValue, nil)
        }
        write(report.pipeline, to: &json)
        write(.verdict, report.verdict, to: &json) { write($0 as Diagnosis?, to: &$1) }
        json.array("remedy") { json in
            for remedy in report.remedies {
                json.object { json in
                    json.member("sentence", redacted(remedy.sentence))
                    write(remedy.commands, as: "commands", to: &json)
                }
            }
        }
        json.array("requests") { json in
            for request in report.requests { write(request, to: &json) }
        }
        json.member("requests_left_out", report.requestsLeftOut)
    }
    json.finish()
    return json.bytes
}

/// Writes a part as an object: its state, what is to say, and its content as the member `found`.
private func write<Content>(
    _ part: DoctorPart, _ section: DoctorSection<Content>, to json: inout JSONWriter,
    _ content: (Content, inout JSONWriter) -> Void
) {
    json.object(named: part.rawValue) { json in
        json.member("state", name(of: section.state))
        if case .notAsked(let reason) = section.state {
            json.member("reason", redacted(reason))
        } else {
            json.member("reason", nil as String?)
        }
        write(section.notes, as: "notes", to: &json)
        if let found = section.content {
            json.object("found") { content(found, &$0) }
        } else {
            json.member("found", nil as String?)
        }
    }
}

private func name(of state: DoctorState) -> String {
    switch state {
    case .ok: "ok"
    case .warning: "warning"
    case .problem: "problem"
    case .unknown: "unknown"
    case .notAsked: "not_asked"
    }
}

private func write(_ report: LintReport, to json: inout JSONWriter) {
    write(report.looked, as: "looked_at", to: &json)
    json.array("findings") { json in
        // The form of evidence, whose kind is `finding`.
        for finding in report.findings { write(Evidence.finding(finding), to: &json) }
    }
}

private func write(_ identity: DoctorIdentity, to json: inout JSONWriter) {
    let result = identity.result
    json.member("cause", result.diagnosis.cause.rawValue)
    json.member("verdict", result.diagnosis.verdict.rawValue)
    write(result.identity, to: &json)
    json.member("expected_account", identity.expected.account)
    json.member("expected_arn", identity.expected.arn)
    json.member("access_key_id", result.accessKeyID.map(shownKeyID))
    json.member("source", result.source.map { redacted($0) })
    json.member("expires_at", result.expiresAt)
    guard let cleaned = identity.cleaned else {
        return json.member("without_foreign_characters", nil as String?)
    }
    json.object("without_foreign_characters") { json in
        json.array("removed") { json in
            for character in cleaned.removed {
                json.object { json in
                    json.member("field", character.field)
                    json.member("name", character.name)
                    json.member("position", character.position)
                    json.member("place", character.place.description)
                }
            }
        }
        if let isAccepted = cleaned.isAccepted {
            json.member("accepted", isAccepted)
        } else {
            json.member("accepted", nil as String?)
        }
        json.member("answer", redacted(cleaned.answer))
    }
}

private func write(_ user: DoctorUser, to json: inout JSONWriter) {
    json.member("asked_by", user.askedBy)
    json.array("evidence") { json in
        for evidence in user.evidence { write(evidence, to: &json) }
    }
    write(user.advisories, to: &json)
}

private func write(_ findings: [DoctorFinding], to json: inout JSONWriter) {
    json.array("findings") { json in
        for finding in findings {
            json.object { json in
                json.member("sentence", redacted(finding.sentence))
                json.member("warning", finding.isWarning)
            }
        }
    }
}

private func write(_ precedence: DoctorPrecedence, to json: inout JSONWriter) {
    write(precedence.findings, to: &json)
    json.member("compared_with", precedence.comparedWith)
    json.array("differences") { json in
        for difference in precedence.differences {
            json.object { json in
                json.member("setting", difference.setting)
                json.member("here", redacted(difference.here))
                json.member("there", redacted(difference.there))
            }
        }
    }
}

private func write(_ network: DoctorNetwork, to json: inout JSONWriter) {
    json.member("skew_ms", network.skew?.inMilliseconds)
    json.array("hosts") { json in
        for host in network.hosts {
            json.object { json in
                json.member("host", host.name)
                json.member("requests", host.requests)
                json.member("latency_ms", host.latency?.inMilliseconds)
                write(host.phases, to: &json)
                write(host.outcome, to: &json)
            }
        }
    }
    write(network.findings, to: &json)
}

private func write(_ list: [StaleUsers], to json: inout JSONWriter) {
    json.array("keys") { json in
        for stale in list {
            json.object { json in
                json.member("profile", stale.profile)
                json.member("access_key_id", shownKeyID(stale.accessKeyID))
                stale.report.write(to: &json) { redacted($0) }
            }
        }
    }
}

private func write(_ advice: PipelineAdvice?, to json: inout JSONWriter) {
    guard let advice else { return json.member(named: DoctorPart.pipeline.rawValue, nil) }
    json.object(named: DoctorPart.pipeline.rawValue) { json in
        json.member("system", advice.system)
        json.member("variable", advice.variable)
        write(advice.sentences, as: "sentences", to: &json)
        json.member("file", advice.file)
        json.member("snippet", advice.snippet)
        json.member("trust_policy", advice.trustPolicy)
        write(advice.commands, as: "commands", to: &json)
    }
}

private func write(_ request: RequestRecord, to json: inout JSONWriter) {
    json.object { json in
        json.member("at", request.startedAt)
        json.member("method", request.method)
        json.member("action", request.action)
        json.member("host", request.host)
        json.member("path", redacted(request.path))
        json.member("service", request.service)
        json.member("region", request.region)
        json.member("access_key_id", request.accessKeyID.map(shownKeyID))
        json.member("signer", request.signer.map { redacted($0) })
        json.member("latency_ms", request.latency?.inMilliseconds)
        json.member("skew_ms", request.skew?.inMilliseconds)
        write(request.phases, to: &json)
        write(request.outcome, to: &json)
    }
}

private func write(_ phases: ConnectionPhases?, to json: inout JSONWriter) {
    guard let phases else { return json.member("phases", nil as String?) }
    json.object("phases") { json in
        json.member("new_connection", phases.isNewConnection)
        json.member("lookup_ms", phases.lookedUpAfter.inMilliseconds)
        json.member("connect_ms", phases.connectedAfter.inMilliseconds)
        json.member("tls_ms", phases.securedAfter?.inMilliseconds)
    }
}

private func write(_ outcome: RequestRecord.Outcome, to json: inout JSONWriter) {
    var status: Int?
    var code: String?
    var phase: TransportPhase?
    var reason: String?
    switch outcome {
    case .pending: break
    case .answered(let number, let name): (status, code) = (number, name.map { redacted($0) })
    case .failed(let failed, _, let why): (phase, reason) = (failed, redacted(why))
    }
    json.member("http_status", status)
    json.member("code", code)
    json.member("failed_in", phase?.rawValue)
    json.member("failure", reason)
}
