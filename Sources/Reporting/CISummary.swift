import Model

/// The version of the form that `credwatch check --ci` prints last.
let ciSchema = "credwatch-ci/1"

/// Renders a check as one line of JSON; packaging/ci-summary.schema.json describes it.
///
/// All keys are always there; what is absent is null. Never a secret, nothing that a CI system would obey.
package func renderCISummary(_ report: CIReport) -> [UInt8] {
    let document = report.document
    var json = JSONWriter(pretty: false, capacity: 1_024 * (document.profiles.count + 1))
    json.object { json in
        json.member("schema", ciSchema)
        json.member("generated_at", document.generatedAt)
        json.member("overall", document.overall.rawValue)
        json.member("exit_code", Int(document.overall.exitCode))
        json.object("counts") { json in
            for state in [ProfileState.healthy, .failing, .unknown] {
                json.member(
                    named: state.rawValue, document.profiles.count { $0.state == state })
            }
        }
        write(report.advice, to: &json)
        write(document.clock, to: &json)
        write(document.advisories, to: &json)
        json.array("profiles") { json in
            for profile in ordered(document.profiles) {
                write(profile, at: report.places[profile.name], to: &json)
            }
        }
    }
    json.finish()
    return withoutCommands(visibleJSON(json.bytes))
}

private func write(
    _ profile: ProfileStatus, at place: SourceLocation?, to json: inout JSONWriter
) {
    let diagnosis = profile.diagnosis
    json.object { json in
        json.member("name", redacted(profile.name))
        json.member("state", profile.state.rawValue)
        json.member("cause", diagnosis?.cause.rawValue)
        json.member("verdict", diagnosis?.verdict.rawValue)
        json.member("confidence", diagnosis?.confidence.rawValue)
        json.member("summary", diagnosis.map { redacted($0.summary) })
        json.member("remedy", diagnosis.map { redacted($0.remedy) })
        write(diagnosis?.commands ?? [], as: "commands", to: &json)
        let identity = profile.identity.map {
            CallerIdentity(
                account: redacted($0.account), arn: redacted($0.arn), userID: redacted($0.userID))
        }
        write(identity, to: &json)
        json.member("access_key_id", profile.accessKeyID.map(shownKeyID))
        json.member("source", profile.source.map { redacted($0) })
        json.member("file", place.map { redacted($0.file) })
        json.member("line", place.flatMap { $0.line > 0 ? $0.line : nil })
        json.member("expires_at", profile.expiresAt)
        json.member("latency_ms", profile.latency?.inMilliseconds)
        write(profile.advisories, to: &json)
    }
}

private func write(_ advice: PipelineAdvice?, to json: inout JSONWriter) {
    guard let advice else { return json.member("long_term_key", nil as String?) }
    json.object("long_term_key") { json in
        json.member("system", advice.system)
        write(advice.sentences, as: "sentences", to: &json)
        json.member("file", advice.file.map { redacted($0) })
        json.member("snippet", advice.snippet.map { redacted($0) })
        json.member("trust_policy", advice.trustPolicy.map { redacted($0) })
        write(advice.commands, as: "commands", to: &json)
    }
}

/// Writes the second of two number signs as `\u0023`, which says the same: they stand in strings only, and
/// `##[` is a command to some systems wherever it is in a line.
private func withoutCommands(_ json: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(json.count)
    for byte in json {
        if byte == 0x23, result.last == 0x23 {
            result += Array("\\u0023".utf8)
        } else {
            result.append(byte)
        }
    }
    return result
}
