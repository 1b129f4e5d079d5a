import Model

/// Renders a check as the Markdown of a job's page on GitHub, to be appended to `GITHUB_STEP_SUMMARY`.
///
/// Every text that is not this file's own is written in references of characters, so that it is no link, no
/// mark and no HTML. Of thousands of profiles 200 have a row, and 20 in trouble their details: a step has
/// 1 MiB.
package func renderStepSummary(_ report: CIReport) -> String {
    let document = report.document
    var text = "### credwatch: \(document.overall.rawValue)\n\n"
    if let advice = report.advice { text += words(for: advice) }
    text += "\(ciCounts(document)).\n\n"
    let profiles = ordered(document.profiles)
    if !profiles.isEmpty { text += table(of: profiles.prefix(200)) }
    if profiles.count > 200 { text += "And \(profiles.count - 200) more profiles.\n\n" }
    for profile in profiles.prefix(20) where isTroubled(profile) { text += details(of: profile) }
    let warnings = allWarnings(of: document).prefix(50)
    for (subject, advisory) in warnings {
        text += "- \(markdown(subject)): \(markdown(advisory.message))\n"
    }
    return text + "\n"
}

private func words(for advice: PipelineAdvice) -> String {
    var text = "**\(markdown("A long-term access key is used in \(advice.system)."))** "
    text += advice.sentences.map(markdown).joined(separator: " ") + "\n\n"
    text += "<details><summary>How this job gets a role</summary>\n\n"
    if let file = advice.file, let snippet = advice.snippet {
        text += "In \(markdown(file)):\n\n" + block(snippet)
    }
    if let policy = advice.trustPolicy {
        text += "The trust policy of the role, trust.json:\n\n" + block(policy)
    }
    if !advice.commands.isEmpty {
        text += "Once, by an administrator of the account:\n\n"
        text += block(advice.commands.joined(separator: "\n"))
    }
    return text + "</details>\n\n"
}

private func table(of profiles: ArraySlice<ProfileStatus>) -> String {
    var text = "| profile | state | cause or identity | access key |\n| --- | --- | --- | --- |\n"
    for profile in profiles {
        let key = profile.accessKeyID.map { markdown(shownKeyID($0)) } ?? ""
        text += "| \(markdown(profile.name)) | \(profile.state.rawValue) "
        text += "| \(markdown(causeOrIdentity(profile))) | \(key) |\n"
    }
    return text + "\n"
}

private func details(of profile: ProfileStatus) -> String {
    guard let diagnosis = profile.diagnosis else { return "" }
    var text = "**\(markdown(profile.name))**: \(markdown(diagnosis.summary)) "
    text += "\(markdown(diagnosis.remedy))\n\n"
    if !diagnosis.commands.isEmpty { text += block(diagnosis.commands.joined(separator: "\n")) }
    return text
}

/// Returns a foreign text as Markdown that shows it and nothing else, on one line.
func markdown(_ text: String) -> String {
    var result = ""
    for scalar in bounded(visible(redacted(text)), bytes: 4_096).unicodeScalars {
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9", " ": result.unicodeScalars.append(scalar)
        case _ where scalar.value < 0x80: result += "&#\(scalar.value);"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// Returns lines that are to be copied, as a block that keeps them apart.
private func block(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return "<pre>\(lines.map { markdown(String($0)) }.joined(separator: "\n"))</pre>\n\n"
}
