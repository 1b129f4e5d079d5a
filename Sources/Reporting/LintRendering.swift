package import Model

/// Renders findings as lines that editors and CI understand: `file:line:column: severity: message [code]`.
///
/// Each ends with a line feed. No text that a file could have put there acts on a terminal.
package func renderLint(_ report: LintReport) -> String {
    report.findings.map { line(of: $0) + "\n" }.joined()
}

/// Returns what was looked at and how much was found, a sentence without a full stop.
package func lintSummary(_ report: LintReport) -> String {
    let errors = report.findings.count { $0.severity == .error }
    let warnings = report.findings.count - errors
    let looked =
        report.looked.isEmpty
        ? "there is nothing to look at" : "looked at " + report.looked.joined(separator: ", ")
    guard errors + warnings > 0 else { return visible("no findings; \(looked)") }
    let counts = [(errors, "error"), (warnings, "warning")].filter { $0.0 > 0 }.map {
        "\($0) \($1)\($0 == 1 ? "" : "s")"
    }
    return visible(counts.joined(separator: " and ") + "; \(looked)")
}

/// Renders findings as JSON: schema `credwatch-lint/1`, without secrets.
package func renderLintJSON(_ report: LintReport) -> [UInt8] {
    var json = JSONWriter(pretty: true)
    json.object { json in
        json.member("schema", "credwatch-lint/1")
        json.member("errors", report.findings.count { $0.severity == .error })
        json.member("warnings", report.findings.count { $0.severity == .warning })
        json.array("findings") { json in
            for finding in report.findings { json.object { write(finding, to: &$0) } }
        }
        json.array("looked") { json in
            for place in report.looked { json.element(place) }
        }
    }
    json.finish()
    return json.bytes
}

private func line(of finding: LintFinding) -> String {
    let text = finding.remedy.isEmpty ? finding.message : "\(finding.message) \(finding.remedy)"
    return "\(visible(finding.place.description)): \(finding.severity.rawValue): "
        + "\(visible(redacted(text))) [\(finding.code.rawValue)]"
}
