package import Model

/// Renders an explanation as JSON: schema `credwatch-explain/1`, without secrets.
package func renderExplanationJSON(_ explanation: Explanation) -> [UInt8] {
    var json = JSONWriter(pretty: true)
    json.object { json in
        json.member("schema", "credwatch-explain/1")
        json.member("profile", explanation.profile)
        write(explanation, to: &json)
    }
    json.finish()
    return json.bytes
}

/// Writes what an explanation holds as members of the object at hand.
func write(_ explanation: Explanation, to json: inout JSONWriter) {
    json.member("source", explanation.plan.map { redacted($0.source) })
    if let problem = explanation.problem {
        json.object("problem") { write(problem, to: &$0) }
    } else {
        json.member("problem", nil as String?)
    }
    if let plan = explanation.plan {
        write(plan, explanation, to: &json)
    }
    json.array("notes") { json in
        for note in explanation.notes {
            json.object { json in
                json.member("file", note.location.file)
                json.member("line", note.location.line)
                json.member("sentence", redacted(note.sentence))
            }
        }
    }
}

private func write(_ plan: Plan, _ explanation: Explanation, to json: inout JSONWriter) {
    json.member("region", plan.region.value)
    json.member("region_from", plan.region.provenance.description)
    json.member("endpoint", redacted(plan.endpoint.value.url))
    json.member("endpoint_from", plan.endpoint.provenance.description)
    json.array("sources") { json in
        for (index, row) in plan.rows.enumerated() {
            json.object { json in
                json.member("source", row.source.rawValue)
                json.member("standing", name(of: row.standing))
                json.member("wins", index == explanation.winner)
                if case .shadowed(let source) = row.standing {
                    json.member("shadowed_by", source.rawValue)
                }
                json.member("title", redacted(row.title))
                json.member("place", row.provenance.description)
                json.member("access_key_id", row.accessKeyID.map(shownKeyID))
                json.array("remarks") { json in
                    for remark in row.remarks(in: plan) { json.element(remark) }
                }
                if let probe = explanation.probes?.first(where: { $0.row == index }) {
                    json.object("alone") { write(probe.result, to: &$0) }
                }
            }
        }
    }
    json.array("searched") { json in
        for place in plan.searched { json.element(place) }
    }
    json.array("steps") { json in
        for step in plan.steps { json.element(redacted(step.summary)) }
    }
}

private func write(_ result: CheckResult, to json: inout JSONWriter) {
    write(result.diagnosis, to: &json)
    json.member("access_key_id", result.accessKeyID.map(shownKeyID))
    json.member("account", result.identity?.account)
    json.member("arn", result.identity?.arn)
}

private func write(_ diagnosis: Diagnosis, to json: inout JSONWriter) {
    json.member("cause", diagnosis.cause.rawValue)
    json.member("verdict", diagnosis.verdict.rawValue)
    json.member("summary", redacted(diagnosis.summary))
    json.member("remedy", redacted(diagnosis.remedy))
    json.array("evidence") { json in
        for evidence in diagnosis.evidence { write(evidence, to: &json) }
    }
}

private func name(of standing: Plan.Standing) -> String {
    switch standing {
    case .chosen: "chosen"
    case .shadowed: "shadowed"
    case .notConsulted: "not_consulted"
    }
}
