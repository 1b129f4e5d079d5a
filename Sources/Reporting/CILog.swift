import Model

/// Renders a check for a CI system's log: plain lines, what they mean to the system around them, no colour.
///
/// Each line begins with a word of credwatch's own, so that no text of others is taken for a command. Ends
/// with a line feed.
package func renderCILog(_ report: CIReport, at site: CISite) -> String {
    var log = CILog(dialect: site.dialect, time: report.document.generatedAt)
    let findings = report.findings
    let others = findings.filter { $0.code != CIFinding.longTermKey }
    log.annotate(findings.filter { $0.code == CIFinding.longTermKey })
    if let advice = report.advice { log.add(advice) }
    for profile in ordered(report.document.profiles) { log.add(profile, report.places) }
    for finding in others where finding.isAdvisory {
        log.line("\(finding.level.rawValue) \(finding.title)")
        for line in finding.lines { log.line("    note: \(line)") }
    }
    log.annotate(others, afterWarnings: report.advice == nil ? 0 : 1)
    if let clock = clockClause(report.document) { log.line("note \(clock)") }
    log.line("\(report.document.overall.rawValue): \(ciCounts(report.document))")
    return log.text
}

/// How many profiles are in each state: `3 profiles: 1 healthy, 2 failing, 0 unknown`.
func ciCounts(_ document: StatusDocument) -> String {
    let states = [ProfileState.healthy, .failing, .unknown].map { state in
        "\(document.profiles.count { $0.state == state }) \(state.rawValue)"
    }
    let count = document.profiles.count
    return "\(count) profile\(count == 1 ? "" : "s"): \(states.joined(separator: ", "))"
}

extension CIFinding {
    /// Whether it is a warning about something that works, rather than a profile in trouble or the advice.
    fileprivate var isAdvisory: Bool { AdvisoryKind(rawValue: code) != nil }
}

/// The lines of a log.
private struct CILog {
    let dialect: CIDialect
    let time: WallTime
    private var lines: [String] = []
    private var sections = 0

    init(dialect: CIDialect, time: WallTime) {
        self.dialect = dialect
        self.time = time
    }

    var text: String { lines.joined(separator: "\n") + "\n" }

    mutating func line(_ text: String) { lines.append(text) }

    mutating func annotate(_ findings: [CIFinding], afterWarnings told: Int = 0) {
        guard dialect == .gitHub else { return }
        lines += annotations(of: findings, afterWarnings: told).map(\.line)
    }

    /// Adds what the system can fold up below a title.
    private mutating func section(_ title: String, _ body: (inout CILog) -> Void) {
        sections += 1
        let number = sections
        switch dialect {
        case .plain: line(title)
        case .gitHub: line(WorkflowCommand(name: "group", message: title).line)
        case .gitLab:
            line("\u{1B}[0Ksection_start:\(time.seconds):credwatch_\(number)\r\u{1B}[0K\(title)")
        }
        body(&self)
        switch dialect {
        case .plain: break
        case .gitHub: line(WorkflowCommand(name: "endgroup").line)
        case .gitLab:
            line("\u{1B}[0Ksection_end:\(time.seconds):credwatch_\(number)\r\u{1B}[0K")
        }
    }

    mutating func add(_ advice: PipelineAdvice) {
        section("advice: how this job of \(ciText(advice.system)) gets a role in place of a key") {
            log in
            for sentence in advice.sentences { log.line("    note: \(ciText(sentence))") }
            if let file = advice.file, let snippet = advice.snippet {
                log.line("    in \(ciText(file)):")
                log.quote(snippet)
            }
            if let policy = advice.trustPolicy {
                log.line("    trust policy of the role, trust.json:")
                log.quote(policy)
            }
            guard !advice.commands.isEmpty else { return }
            log.line("    once, by an administrator of the account:")
            for command in advice.commands { log.line("    run: \(ciText(command))") }
        }
    }

    /// Adds lines that are to be copied; a bar in front keeps them from being anything else.
    private mutating func quote(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            self.line("    | \(ciText(String(line)))")
        }
    }

    mutating func add(_ profile: ProfileStatus, _ places: [String: SourceLocation]) {
        let head =
            "\(profile.state.rawValue) \(ciText(profile.name)): \(ciText(causeOrIdentity(profile)))"
        guard isTroubled(profile), let diagnosis = profile.diagnosis else {
            let key = profile.accessKeyID.map { ", access key \(ciText(shownKeyID($0)))" }
            return line(head + (key ?? ""))
        }
        section(head) { log in
            log.line("    what: \(ciText(diagnosis.summary))")
            log.line("    sure: \(words(for: diagnosis.confidence))")
            if !diagnosis.remedy.isEmpty { log.line("    do: \(ciText(diagnosis.remedy))") }
            for command in diagnosis.commands { log.line("    run: \(ciText(command))") }
            if let key = keyAndSource(profile) { log.line("    seen: \(ciText(key))") }
            for fact in diagnosis.evidence.prefix(12) {
                log.line("    seen: \(ciText(Reporting.text(of: fact)))")
            }
            for other in diagnosis.others {
                log.line("    or: \(ciText("\(other.cause.title): \(other.what). \(other.test)"))")
            }
            if let place = places[profile.name] {
                log.line("    at: \(ciText(place.description))")
            }
        }
    }
}
