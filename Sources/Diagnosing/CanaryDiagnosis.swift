package import Model

/// Joins what STS said with what the canary says.
///
/// `good` is the diagnosis of an accepted credential. `before` is the last report that came to a
/// conclusion, if the newest one does not. A denial is bad if it `counts`. When it counted a moment ago and
/// cannot be asked again, nothing is known: the old denial is no evidence of now, and neither is STS's good
/// answer. The same holds for a backup that is being proven (`isProof`): it is not, until its own canary is.
package func canaryDiagnosis(
    good: Diagnosis, _ report: CanaryReport, before: CanaryReport? = nil, _ subject: CanarySubject,
    counts: Bool, isProof: Bool = false
) -> Diagnosis {
    switch report.standing {
    case .fine:
        return good
    case .denied:
        return denial(report, good, subject, counts ? .bad : .good)
    case .unexpected:
        var diagnosis = good
        diagnosis.evidence += notes(report, subject)
        return diagnosis
    case .open:
        if let before, before.standing == .denied {
            var diagnosis = denial(before, good, subject, counts ? .unknown : .good)
            diagnosis.evidence += notes(report, subject)
            return diagnosis
        }
        var diagnosis = good
        if counts, isProof, let doubt = report.doubts.first {
            diagnosis.cause = doubt.cause
            diagnosis.verdict = .unknown
            diagnosis.confidence = .likely
            diagnosis.summary =
                "AWS accepts the key, but the canary \(doubt.call.title) of \(subject.profile) could not be asked (\(doubt.why)), so it is not proven."
            diagnosis.remedy = "See why the canary cannot be asked; it is tried again."
            diagnosis.others = [
                Candidate(
                    .permissionLost, "the permission is missing",
                    test: "An answer to the canary tells.")
            ]
        }
        diagnosis.evidence += notes(report, subject)
        return diagnosis
    }
}

/// The warning of a canary about a credential that works: a denial that does not count, an answer other
/// than it should be, or none at all for `openRuns` runs.
package func canaryAdvisory(
    _ report: CanaryReport, before: CanaryReport? = nil, _ subject: CanarySubject, counts: Bool,
    openRuns: Int
) -> Advisory? {
    switch report.standing {
    case .fine: return nil
    case .denied:
        if counts { return nil }
        let diagnosis = denial(report, nil, subject, .good)
        return Advisory(.canaryFailed, diagnosis.summary, commands: diagnosis.commands)
    case .unexpected:
        let notes = notes(report, subject).compactMap(\.noteText)
        return Advisory(
            .canaryFailed,
            "The canary of \(subject.profile) is not answered as it should be: \(notes.joined(separator: "; "))."
        )
    case .open:
        if let before, before.standing == .denied {
            return canaryAdvisory(before, subject, counts: counts, openRuns: 0)
        }
        guard openRuns >= patience, let doubt = report.doubts.first else { return nil }
        return Advisory(
            .canaryFailed,
            "The canary \(doubt.call.title) of \(subject.profile) has had no usable answer \(openRuns) times in a row: \(doubt.why)."
        )
    }
}

/// How many runs without an answer are none of anybody's business.
private let patience = 3

extension Evidence {
    fileprivate var noteText: String? {
        if case .note(let text) = self { text } else { nil }
    }
}

/// A line for each call that is neither fine nor denied.
private func notes(_ report: CanaryReport, _ subject: CanarySubject) -> [Evidence] {
    report.entries.compactMap { entry in
        switch entry.reading {
        case .fine, .denied: nil
        case .unexpected(let what):
            .note(
                "canary \(entry.outcome.call.title)\(expected(entry.outcome)): \(what)\(words(entry.outcome, subject))"
            )
        case .open(_, let why):
            .note("canary \(entry.outcome.call.title): nothing is concluded, since \(why)")
        }
    }
}

private func expected(_ outcome: CanaryOutcome) -> String {
    if case .request(_, _, _, let status) = outcome.call.form {
        " should have HTTP status \(status)"
    } else {
        ""
    }
}

/// The message of an error, for a line.
private func words(_ outcome: CanaryOutcome, _ subject: CanarySubject) -> String {
    guard case .refused(let error, _) = outcome.answer, !error.message.isEmpty else { return "" }
    return " (\(subject.clean(error.message)))"
}

// MARK: - Denied

private func denial(
    _ report: CanaryReport, _ good: Diagnosis?, _ subject: CanarySubject, _ verdict: Verdict
) -> Diagnosis {
    let denials = report.denials
    let named = denials.contains { $0.denial.isQuarantine }
    let isQuarantined = named || report.quarantinePolicy != nil
    let prose = CanaryProse(report, subject)
    return Diagnosis(
        cause: isQuarantined ? .quarantined : .permissionLost, verdict: verdict,
        confidence: prose.others.isEmpty ? .certain : .likely,
        summary: isQuarantined ? prose.quarantined : prose.permissionLost,
        remedy: isQuarantined ? prose.quarantineRemedy : prose.remedy,
        commands: isQuarantined ? prose.quarantineCommands : prose.commands,
        evidence: denials.flatMap { evidence(of: $0.outcome, subject) }
            + (report.quarantinePolicy.map {
                [
                    .inquiry(
                        action: "iam:ListAttachedUserPolicies",
                        "\(subject.clean($0)) is attached to the user")
                ]
            } ?? []) + notes(report, subject) + (good?.evidence ?? []),
        others: prose.others)
}

private func evidence(of outcome: CanaryOutcome, _ subject: CanarySubject) -> [Evidence] {
    var list: [Evidence] = [.note("the canary \(outcome.call.title) is denied")]
    if case .refused(let error, _) = outcome.answer {
        list.append(
            .serviceError(
                code: subject.clean(error.code), message: subject.clean(error.message)))
    }
    if let details = outcome.answer.details {
        if let id = details.requestID { list.append(.requestID(subject.shownRequestID(id))) }
        list.append(.httpStatus(details.httpStatus))
    }
    if let target = outcome.target { list.append(.endpoint(target.place)) }
    return list
}
