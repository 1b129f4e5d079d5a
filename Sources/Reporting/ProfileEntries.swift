package import Model

/// Makes the entry for a profile that changed its state, or the cause of it.
///
/// A failing profile is an error, an unknown one a warning, a healthy one a notice.
package func entry(for change: ProfileChange) -> JournalEntry {
    let (result, state, previous) = (change.result, change.to, change.from)
    let profile = result.profile
    var fields = Fields()
    fields.add("CREDWATCH_PROFILE", profile)
    fields.add("CREDWATCH_STATE", state.rawValue)
    fields.add("CREDWATCH_PREVIOUS_STATE", previous.rawValue)
    fields.add(result.diagnosis)
    fields.add("CREDWATCH_ACCESS_KEY_ID", result.accessKeyID)
    fields.add("CREDWATCH_SOURCE", result.source)
    fields.add("CREDWATCH_ACCOUNT", result.identity?.account)
    fields.add("CREDWATCH_ARN", result.identity?.arn)
    fields.add("AWS_ENDPOINT", result.endpoint?.url)
    fields.add("CREDWATCH_LATENCY_MS", result.latency.map { Int($0.inMilliseconds.rounded()) })

    let findings = joined(result.diagnosis.summary, result.diagnosis.remedy)
    let still = state == previous ? "still " : ""
    switch state {
    case .healthy:
        let length = change.previousFor?.rough
        let again = isTrouble(previous) ? " again" + (length.map { " after \($0)" } ?? "") : ""
        let owner = result.identity.map { ": \($0.arn)" } ?? ""
        return JournalEntry(
            .profileHealthy, .notice, "\(profile) is healthy\(again)\(owner)", fields.list)
    case .failing:
        return JournalEntry(
            .profileFailing, .error, "\(profile) is \(still)failing: \(findings)", fields.list)
    case .unknown:
        return JournalEntry(
            .profileUnknown, .warning, "\(profile) is \(still)unknown: \(findings)", fields.list)
    case .pending:
        return JournalEntry(
            .profileUnknown, .info, "\(profile) waits for its first answer", fields.list)
    }
}

/// Makes the entry for a login, or a session token in a file, that nears its end or has reached it.
///
/// What has ended is an error, since somebody should act now; before that it is a warning.
package func entry(for change: EndChange) -> JournalEntry {
    var fields = Fields()
    fields.add("CREDWATCH_PROFILE", change.profile)
    fields.add("CREDWATCH_EXPIRES_AT", change.end.rfc3339)
    fields.add("CREDWATCH_NOTICE", change.notice.rawValue)
    fields.add("CREDWATCH_ACCESS_KEY_ID", change.result?.accessKeyID)
    fields.add("CREDWATCH_SOURCE", change.result?.source)
    let source = change.result?.source.map { " (\($0))" } ?? ""
    let remedy =
        "credwatch cannot renew it: log in again, or put new credentials in its place\(source)."
    if change.notice == .passed {
        return JournalEntry(
            .credentialsEnded, .error,
            "\(change.profile): login ended at \(change.end.rfc3339); \(remedy)", fields.list)
    }
    return JournalEntry(
        .credentialsEnding, .warning,
        "\(change.profile): login ends in \(change.left.minutesLeft), at"
            + " \(change.end.rfc3339); \(remedy)", fields.list)
}

private func isTrouble(_ state: ProfileState) -> Bool {
    switch state {
    case .failing, .unknown: true
    case .pending, .healthy: false
    }
}
