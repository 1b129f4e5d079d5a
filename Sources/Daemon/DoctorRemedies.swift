import Model

/// So many findings of files become steps at most; the rest is in the list of findings.
private let mostFindings = 8

/// Puts the steps of the remedy together, the surest first; `command` asks for the same report again.
///
/// Names of files and variables come from others and are quoted for the shell.
func remedies(
    for report: DoctorReport, in environment: AWSEnvironment, asking command: String
) -> [DoctorRemedy] {
    var steps = cleanings(report.identity.content?.cleaned)
    if let diagnosis = report.verdict.content, !diagnosis.remedy.isEmpty {
        if diagnosis.cause == .malformedValue, !steps.isEmpty {
            // The same with fewer words, but with commands that show the place as well.
            if !diagnosis.commands.isEmpty { steps[0].commands = diagnosis.commands }
        } else {
            steps.append(DoctorRemedy(diagnosis.remedy, commands: diagnosis.commands))
        }
    }
    let places = Set(steps.flatMap(\.commands))
    let isWrong = report.verdict.content.map { $0.cause != .ok } ?? false
    if isWrong { steps += unsetting(report.configuration.content?.plan, environment) }
    let findings = (report.lint.content?.findings ?? []).sorted {
        ($0.severity == .error ? 0 : 1) < ($1.severity == .error ? 0 : 1)
    }
    let fixes = findings.map(fix).filter { Set($0.commands).isDisjoint(with: places) }
    steps += fixes.prefix(mostFindings)
    if fixes.count > mostFindings {
        steps.append(
            DoctorRemedy("Mend the other \(fixes.count - mostFindings) findings as well."))
    }
    for advisory in report.user.content?.advisories ?? [] {
        steps.append(DoctorRemedy(advisory.message, commands: advisory.commands))
    }
    if let pipeline = report.pipeline {
        let done = "Give the job a role in place of the key, then delete the key"
        steps.append(DoctorRemedy("\(done): the part about \(pipeline.system) says how."))
    }
    if !steps.isEmpty { steps.append(DoctorRemedy("Look again.", commands: [command])) }
    return unique(steps)
}

/// The steps that take characters out which do not belong, one for each line or variable.
private func cleanings(_ cleaned: CleanedValues?) -> [DoctorRemedy] {
    guard let cleaned else { return [] }
    var steps: [DoctorRemedy] = []
    var places: [Provenance] = []
    for character in cleaned.removed where !places.contains(character.place) {
        places.append(character.place)
        let here = cleaned.removed.filter { $0.place == character.place }
        let which = here.prefix(4).map { "\($0.name) at position \($0.position)" }
            .joined(separator: ", ")
        let more = here.count > 4 ? " and \(here.count - 4) more characters" : ""
        let outcome = cleaned.isAccepted == true ? "; AWS accepts the key without" : ""
        steps.append(
            DoctorRemedy(
                "Delete \(which)\(more) from the \(character.field) in \(character.place)\(outcome).",
                commands: editing(character.place)))
    }
    return steps
}

/// The step that takes the keys of our own environment away where they hide another source.
private func unsetting(_ plan: Plan?, _ environment: AWSEnvironment) -> [DoctorRemedy] {
    guard let plan, let winner = plan.rows.first(where: { $0.standing == .chosen }),
        winner.source == .environmentKeys, case .environment(_, nil) = winner.provenance,
        let hidden = plan.rows.first(where: {
            if case .shadowed = $0.standing { $0.accessKeyID != nil } else { false }
        })
    else { return [] }
    let names = [
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN",
    ].filter { environment.variables[$0] != nil }
    return [
        DoctorRemedy(
            "If \(hidden.title) is meant, take the keys out of the environment, and out of what sets them.",
            commands: ["unset " + names.joined(separator: " ")])
    ]
}

private func fix(_ finding: LintFinding) -> DoctorRemedy {
    let text = finding.remedy.isEmpty ? finding.message : finding.remedy
    return DoctorRemedy("\(finding.place): \(text)", commands: commands(for: finding))
}

/// The command that mends a finding, or opens its line.
private func commands(for finding: LintFinding) -> [String] {
    if finding.code == .worldReadable, case .file(let location) = finding.place {
        return ["chmod o-rwx -- \(shellQuoted(path: location.file))"]
    }
    return editing(finding.place)
}

/// The command that opens the line, or lets go of the variable.
private func editing(_ place: Provenance) -> [String] {
    switch place {
    case .file(let location), .configuration(let location):
        let line = location.line > 0 ? "+\(location.line) " : ""
        return ["\"${EDITOR:-vi}\" \(line)\(shellQuoted(path: location.file))"]
    case .environment, .builtIn: return []
    }
}

/// The steps without those that stand there already.
private func unique(_ steps: [DoctorRemedy]) -> [DoctorRemedy] {
    var seen: Set<DoctorRemedy> = []
    return steps.filter { seen.insert($0).inserted }
}
