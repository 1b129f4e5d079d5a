package import Model

/// Renders an explanation for people: the sources in their order, where AWS is asked, the steps, and what
/// the SDKs skip.
///
/// Ends with a line feed.
package func renderExplanation(_ explanation: Explanation, style: TableStyle) -> String {
    var blocks: [String] = []
    func add(_ text: String) {
        blocks.append(wrapped(redacted(text), to: style.width).joined(separator: "\n"))
    }
    if let plan = explanation.plan {
        add("Profile \(explanation.profile) takes its credentials from \(plan.source).")
        blocks.append(sources(of: plan, style))
        if !plan.searched.isEmpty { blocks.append(list("NOTHING WAS IN", plan.searched, style)) }
        if let probes = explanation.probes { blocks.append(verdicts(plan, probes, style)) }
        blocks.append(
            list(
                "WHERE AWS IS ASKED",
                [
                    "region \(plan.region.value) (\(plan.region.provenance))",
                    "endpoint \(plan.endpoint.value.url) (\(plan.endpoint.provenance))",
                ], style))
        let steps = plan.steps.enumerated().map { "\($0 + 1). \($1.summary)" }
        blocks.append(list("STEPS", steps, style))
    }
    if let problem = explanation.problem {
        add("Profile \(explanation.profile) leads to no credentials.")
        blocks.append(
            list(
                problem.cause.title.uppercased(),
                [problem.summary, problem.remedy] + problem.places, style))
    }
    if !explanation.notes.isEmpty {
        blocks.append(
            list(
                "WORTH A LOOK", explanation.notes.map { "\($0.location): \($0.sentence)" }, style))
    }
    return blocks.joined(separator: "\n\n") + "\n"
}

func sources(of plan: Plan, _ style: TableStyle) -> String {
    var table = TextTable(["SOURCE", "STANDING", "ACCESS KEY", "FROM"], flexible: 3)
    let winner = plan.rows.firstIndex { $0.standing == .chosen }
    for (index, row) in plan.rows.enumerated() {
        table.add(
            [
                row.source.title, word(for: row.standing, isFirst: index == winner),
                row.accessKeyID.map(shownKeyID) ?? "-", redacted(row.title),
            ], color: color(of: row.standing), notes: row.remarks(in: plan))
    }
    return table.render(style)
}

private func verdicts(_ plan: Plan, _ probes: [Explanation.Probe], _ style: TableStyle) -> String {
    var table = TextTable(
        ["SOURCE ALONE", "VERDICT", "ACCESS KEY", "CAUSE OR IDENTITY"], flexible: 3)
    for probe in probes where plan.rows.indices.contains(probe.row) {
        let diagnosis = probe.result.diagnosis
        let isGood = diagnosis.verdict == .good
        table.add(
            [
                plan.rows[probe.row].source.title, word(for: diagnosis.verdict),
                probe.result.accessKeyID.map(shownKeyID) ?? "-",
                isGood ? probe.result.identity?.arn ?? "-" : diagnosis.cause.title,
            ], color: color(of: diagnosis.verdict),
            notes: [redacted(plan.rows[probe.row].title)]
                + (isGood ? [] : [redacted(diagnosis.summary)]))
    }
    return table.render(style)
}

private func list(_ title: String, _ lines: [String], _ style: TableStyle) -> String {
    ([title]
        + lines.filter { !$0.isEmpty }
        .flatMap { wrapped(redacted($0), to: style.width, indent: "  ") })
        .joined(separator: "\n")
}

/// An id as it may be shown: a secret that was pasted in its place is not.
func shownKeyID(_ id: String) -> String {
    id.utf8.count < 32 ? id : "<redacted>"
}

extension Plan.Row {
    /// What else there is to say about a source in its plan, as clauses.
    func remarks(in plan: Plan) -> [String] {
        var remarks = [detail].compactMap(\.self)
        switch standing {
        case .chosen: break
        case .shadowed: remarks.append("\(plan.source) hides \(title)")
        case .notConsulted where detail == nil:
            remarks.append("not asked, since the profile is named")
        case .notConsulted: break
        }
        if let problem { remarks.append("it would fail: \(problem.clause)") }
        return remarks.map(redacted)
    }
}

extension ResolveProblem {
    /// What is wrong, as a clause with its place.
    fileprivate var clause: String {
        switch self {
        case .profileMissing(let name, _, _): "there is no profile \(name)"
        case .noSource: "nothing is configured"
        case .fileUnreadable(let path, let reason, _): "\(path): \(reason)"
        case .fileMalformed(let location, let what): "\(what) (\(location))"
        case .incomplete(let missing, let present): "\(missing) is missing beside \(present)"
        case .unsupportedSource(let property, let location):
            "\(property) is not supported (\(location))"
        case .badSetting(let name, let what, let provenance): "\(name): \(what) (\(provenance))"
        case .badChain(let what, let provenance): "\(what) (\(provenance))"
        case .needsMFA(let serial): "it wants a code from an MFA device (\(serial))"
        case .surroundings(let subject, let what, _): "\(subject): \(what)"
        case .timedOut(let path): "reading \(path) took too long"
        }
    }
}

extension Diagnosis {
    /// The places that the diagnosis rests on, and that its summary does not name.
    fileprivate var places: [String] {
        evidence.compactMap { fact in
            guard case .location(let provenance) = fact else { return nil }
            let place = provenance.description
            return summary.holds(place) ? nil : "at \(place)"
        }
    }
}

private func word(for standing: Plan.Standing, isFirst: Bool) -> String {
    switch standing {
    case .chosen: isFirst ? "wins" : "its link"
    case .shadowed: "shadowed"
    case .notConsulted: "not asked"
    }
}

private func word(for verdict: Verdict) -> String {
    switch verdict {
    case .good: "accepted"
    case .bad: "refused"
    case .unknown: "unknown"
    }
}

private func color(of standing: Plan.Standing) -> String {
    standing == .chosen ? "\u{1B}[32m" : "\u{1B}[2m"
}

private func color(of verdict: Verdict) -> String {
    switch verdict {
    case .good: "\u{1B}[32m"
    case .bad: "\u{1B}[1;31m"
    case .unknown: "\u{1B}[33m"
    }
}
