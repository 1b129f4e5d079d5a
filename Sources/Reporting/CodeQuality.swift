import Model
import Signing

/// Renders the findings of a check as GitLab's report of code quality, for `artifacts:reports:codequality`.
///
/// A finding without a place in the repository is at the first line of the job's own definition, since GitLab
/// wants a place of each. Its fingerprint stays the same while the subject and what it is about do, so that
/// a merge request shows what is new and what is gone.
package func renderCodeQuality(_ report: CIReport, at site: CISite) -> [UInt8] {
    var json = JSONWriter(pretty: true)
    let definition = site.definition.isEmpty ? ".gitlab-ci.yml" : site.definition
    json.array { json in
        for finding in report.findings {
            let place = finding.place ?? SourceLocation(file: definition, line: 1)
            json.object { json in
                let words = ([finding.title] + finding.lines).joined(separator: "\n")
                json.member("description", bounded(words, bytes: 8_192))
                json.member("check_name", "credwatch/\(finding.code)")
                json.member("fingerprint", fingerprint(of: finding))
                json.member("severity", severity(of: finding.level))
                json.object("location") { json in
                    json.member("path", redacted(place.file))
                    json.object("lines") { $0.member("begin", max(1, place.line)) }
                }
            }
        }
    }
    json.finish()
    return visibleJSON(json.bytes)
}

private func severity(of level: CIFinding.Level) -> String {
    switch level {
    case .error: "blocker"
    case .warning: "major"
    case .notice: "minor"
    }
}

private func fingerprint(of finding: CIFinding) -> String {
    let text = "credwatch\n\(finding.subject)\n\(finding.code)"
    return hexDigest(.sha256, of: text) ?? text
}
