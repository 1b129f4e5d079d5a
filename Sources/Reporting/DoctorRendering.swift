package import Model

/// Renders a doctor's report for people: its parts in their order, the verdict, the remedy, the requests,
/// and the verdict once more, since the end is what a terminal shows.
///
/// Ends with a line feed. Commands are on lines of their own, as they are to be run.
package func renderDoctor(_ report: DoctorReport, style: TableStyle) -> String {
    var page = DoctorPage(style)
    page.paragraph(
        "credwatch doctor, profile \(report.profile), \(report.startedAt.rfc3339)", indent: 0)
    var number = 0
    func title(_ part: DoctorPart) -> String {
        number += 1
        return "\(number). \(part.title)"
    }
    page.heading(title(.configuration), report.configuration.state)
    page.add(report.configuration)
    page.heading(title(.lint), report.lint.state)
    page.add(report.lint)
    page.heading(title(.identity), report.identity.state)
    page.add(report.identity)
    page.heading(title(.user), report.user.state)
    page.add(report.user)
    page.heading(title(.precedence), report.precedence.state)
    page.add(report.precedence)
    page.heading(title(.network), report.network.state)
    page.add(report.network)
    if let users = report.keyUsers {
        page.heading(title(.keyUsers), users.state)
        page.add(users)
    }
    if let pipeline = report.pipeline {
        page.heading(title(.pipeline), .warning)
        page.add(pipeline)
    }
    page.heading(title(.verdict), report.verdict.state)
    page.add(report.verdict, besides: report.user.content?.evidence ?? [])
    if !report.remedies.isEmpty {
        page.heading("\(number + 1). What to do")
        number += 1
        page.add(report.remedies)
    }
    page.heading(title(.requests))
    page.add(report.requests, leftOut: report.requestsLeftOut)
    page.blank()
    page.paragraph(headline(of: report), indent: 0, color: color(of: worst(of: report)))
    return page.text
}

/// The verdict in one line: `app: PROBLEM: AWS does not recognise access key AKIA….`
func headline(of report: DoctorReport) -> String {
    let mark: String
    switch report.exitCode {
    case 0: mark = "healthy"
    case 1: mark = "healthy, with warnings"
    case 2: mark = "PROBLEM"
    default: mark = "unknown"
    }
    let summary: String
    if let diagnosis = report.verdict.content {
        summary = diagnosis.summary
    } else if case .notAsked(let reason) = report.verdict.state {
        summary = "Nobody asked AWS: \(reason)."
    } else {
        summary = "Nothing is known."
    }
    return "\(report.profile): \(mark): \(summary)"
}

private func worst(of report: DoctorReport) -> DoctorState {
    switch report.exitCode {
    case 0: .ok
    case 1: .warning
    case 2: .problem
    default: .unknown
    }
}

extension DoctorPage {
    mutating func add(_ section: DoctorSection<Explanation>) {
        if let explanation = section.content {
            if let plan = explanation.plan {
                paragraph(
                    "Profile \(explanation.profile) takes its credentials from \(plan.source).")
                table(sources(of: plan, tableStyle()))
                for place in plan.searched { bullet("nothing was in \(place)") }
                bullet("region \(plan.region.value) (\(plan.region.provenance))")
                bullet("endpoint \(plan.endpoint.value.url) (\(plan.endpoint.provenance))")
                for (index, step) in plan.steps.enumerated() {
                    bullet("step \(index + 1): \(step.summary)")
                }
            }
            if let problem = explanation.problem { paragraph(problem.summary) }
            for note in explanation.notes {
                bullet("\(note.location): \(note.sentence)", isWarning: true)
            }
        }
        notes(section.notes)
    }

    mutating func add(_ section: DoctorSection<LintReport>) {
        if let report = section.content {
            if report.findings.isEmpty {
                paragraph(
                    "Nothing is odd in \(report.looked.isEmpty ? "it" : list(report.looked)).")
            }
            for finding in report.findings {
                let isError = finding.severity == .error
                bullet(
                    "\(finding.place): \(finding.severity.rawValue): \(finding.message) [\(finding.code.rawValue)]",
                    isWarning: isError)
            }
        }
        notes(section.notes)
    }

    mutating func add(_ section: DoctorSection<DoctorIdentity>) {
        if let identity = section.content {
            let result = identity.result
            if let found = result.identity {
                bullet("account \(found.account)")
                bullet("identity \(found.arn)")
                bullet("user id \(found.userID)")
            } else {
                paragraph(result.diagnosis.summary)
            }
            if let id = result.accessKeyID { bullet("access key \(shownKeyID(id))") }
            if identity.expected.account != nil || identity.expected.arn != nil {
                let names = [identity.expected.account, identity.expected.arn]
                    .compactMap(\.self).joined(separator: ", ")
                let fits = result.identity != nil && result.diagnosis.cause != .wrongIdentity
                bullet(
                    "expected: \(names)" + (fits ? ", as it is" : ""),
                    isWarning: result.diagnosis.cause == .wrongIdentity)
            }
            if let end = result.expiresAt { bullet("the session ends at \(end.rfc3339)") }
            if let cleaned = identity.cleaned { add(cleaned) }
        }
        notes(section.notes)
    }

    private mutating func add(_ cleaned: CleanedValues) {
        for character in cleaned.removed.prefix(8) {
            bullet(
                "\(character.field) (\(character.place)): \(character.name) at position \(character.position)",
                isWarning: true)
        }
        if cleaned.removed.count > 8 {
            bullet("and \(cleaned.removed.count - 8) more characters", isWarning: true)
        }
        let what = cleaned.removed.count == 1 ? "this character" : "these characters"
        switch cleaned.isAccepted {
        case true:
            let first = cleaned.removed.first.map {
                "the \($0.name) at position \($0.position) of the \($0.field)"
            }
            let rest = cleaned.removed.count > 1 ? " and the others" : ""
            paragraph(
                "Asked once without \(what), AWS says: \(cleaned.answer). The key is good without \(first ?? what)\(rest)."
            )
        case false:
            paragraph(
                "Asked once without \(what), AWS says: \(cleaned.answer). So there is something else that is wrong."
            )
        case nil:
            paragraph("Asked once without \(what), AWS did not say: \(cleaned.answer).")
        }
    }

    mutating func add(_ section: DoctorSection<DoctorUser>) {
        if let user = section.content {
            if let name = user.askedBy { paragraph("Asked by profile \(name).") }
            for fact in user.evidence { bullet(Reporting.text(of: fact)) }
            for advisory in user.advisories { bullet(advisory.message, isWarning: true) }
        }
        notes(section.notes)
    }

    mutating func notes(_ notes: [String]) {
        for note in notes { bullet(note, isWarning: true) }
    }

    private func list(_ places: [String]) -> String {
        let shown = places.prefix(6).joined(separator: ", ")
        return places.count > 6 ? "\(shown) and \(places.count - 6) more" : shown
    }
}
