package import Model

/// What a check found, for the pipeline that ran it.
package struct CIReport: Sendable {
    package var document: StatusDocument
    /// How the job gets a role; nil where it has no long-term key.
    package var advice: PipelineAdvice?
    /// Where a profile's trouble stands in the job's repository, by the profile's name; paths are relative.
    package var places: [String: SourceLocation]

    package init(
        _ document: StatusDocument, advice: PipelineAdvice? = nil,
        places: [String: SourceLocation] = [:]
    ) {
        self.document = document
        self.advice = advice
        self.places = places
    }
}

/// One thing that a pipeline is told of, its texts fit for a log.
struct CIFinding: Hashable {
    enum Level: String, CaseIterable {
        case error, warning, notice
    }

    /// The code of the advice.
    static let longTermKey = "long_term_key"

    var level: Level
    /// Whom it is about: a profile, or `this machine`.
    var subject: String
    /// A cause, the code of a warning, or `long_term_key`.
    var code: String
    /// A few words: `app is failing: key deactivated`.
    var title: String
    /// What it is, what to do, and commands: a line each.
    var lines: [String]
    var place: SourceLocation?
}

extension CIReport {
    /// What the pipeline is told of: the advice first, then what fails, what is unknown, and the warnings.
    var findings: [CIFinding] {
        var findings: [CIFinding] = []
        if let advice {
            findings.append(
                CIFinding(
                    level: .warning, subject: "this job",
                    code: CIFinding.longTermKey,
                    title: "long-term access key in \(ciText(advice.system))",
                    lines: advice.sentences.map(ciText)))
        }
        let troubled = ordered(document.profiles).prefix { isTroubled($0) }
        findings += troubled.map(finding(about:))
        findings += document.advisories.map { finding(about: "this machine", $0) }
        for profile in ordered(document.profiles) {
            findings += profile.advisories.map { finding(about: profile.name, $0) }
        }
        return findings
    }

    private func finding(about profile: ProfileStatus) -> CIFinding {
        let name = ciText(profile.name)
        return CIFinding(
            level: profile.state == .failing ? .error : .warning, subject: name,
            code: profile.diagnosis?.cause.rawValue ?? profile.state.rawValue,
            title: "\(name) is \(profile.state.rawValue): \(ciText(causeOrIdentity(profile)))",
            lines: profile.diagnosis.map(lines(of:)) ?? [],
            // A path that cannot be told as it is names no file.
            place: places[profile.name].flatMap { ciText($0.file) == $0.file ? $0 : nil })
    }

    private func finding(about subject: String, _ advisory: Advisory) -> CIFinding {
        let subject = ciText(subject)
        return CIFinding(
            level: advisory.kind.degrades ? .warning : .notice, subject: subject,
            code: advisory.kind.rawValue,
            title: "\(subject): \(words(forCode: advisory.kind.rawValue))",
            lines: [ciText(advisory.message)] + advisory.commands.map { "run: " + ciText($0) },
            place: nil)
    }

    private func lines(of diagnosis: Diagnosis) -> [String] {
        var lines = [ciText(diagnosis.summary)]
        if diagnosis.confidence != .certain {
            lines.append("sure: \(words(for: diagnosis.confidence))")
        }
        if !diagnosis.remedy.isEmpty { lines.append("do: " + ciText(diagnosis.remedy)) }
        return lines + diagnosis.commands.map { "run: " + ciText($0) }
    }
}

/// Returns a foreign text as one harmless line of a CI system's log.
///
/// Without secrets, every control and hidden character made visible, and with no `##`, by which GitHub
/// (`##[`), Azure (`##vso[`) and TeamCity (`##teamcity[`) know their commands in the middle of a line; at most
/// 2 KiB. A line that begins with it may still begin with `::`, so whoever prints it puts a word in front.
func ciText(_ text: String) -> String {
    let shown = bounded(visible(redacted(text)), bytes: 2_048)
    guard shown.utf8.contains(0x23) else { return shown }
    var result = ""
    var previous: Unicode.Scalar?
    for scalar in shown.unicodeScalars {
        if scalar == "#", previous == "#" { result += " " }
        result.unicodeScalars.append(scalar)
        previous = scalar
    }
    return result
}
