import Model

/// Returns the words of the first line: what is in trouble first, then how many are not.
func pluginHead(_ part: PluginPart, _ question: PluginQuestion, now: WallTime) -> String {
    let profiles = part.profiles
    if profiles.isEmpty, part.document.groups.isEmpty { return "no profile is configured" }
    var clauses: [String] = []
    for state in [ProfileState.failing, .unknown] {
        let some = profiles.filter { $0.state == state }
        guard !some.isEmpty else { continue }
        clauses.append(
            "\(some.count) of \(plural(profiles.count, "profile")) \(state.rawValue)"
                + " (\(names(of: some, limit: 3)))")
    }
    let groups = part.document.groups
    let moved = groups.filter { $0.state != .ready }
    clauses += moved.prefix(3).map { "group \($0.name) \(words(for: $0))" }
    if moved.count > 3 { clauses.append("\(moved.count - 3) more groups not ready") }
    let ending = profiles.filter { question.judge(endOf: $0, now: now) != nil }
    clauses += ending.prefix(3).compactMap { profile in
        profile.endsForGood.map { "\(profile.name): \(words(forEnd: $0, at: now))" }
    }
    if ending.count > 3 { clauses.append("\(ending.count - 3) more logins that end") }
    let warnings = allWarnings(of: part.document).filter(\.advisory.kind.degrades)
    clauses += warnings.prefix(3).map {
        "\($0.subject): \(words(forCode: $0.advisory.kind.rawValue))"
    }
    if warnings.count > 3 { clauses.append("\(warnings.count - 3) more warnings") }
    let healthy = profiles.count { $0.state == .healthy }
    let pending = profiles.count { $0.state == .pending }
    if healthy > 0 || clauses.isEmpty && pending == 0 {
        clauses.append(
            clauses.isEmpty && pending == 0
                ? "\(plural(healthy, "profile")) healthy" : "\(healthy) healthy")
    }
    if pending > 0 { clauses.append("\(pending) not checked yet") }
    if moved.isEmpty, !groups.isEmpty { clauses.append("\(plural(groups.count, "group")) ready") }
    return clauses.joined(separator: ", ")
}

/// Returns the lines below the first one: for each profile in trouble its cause and what to do, for each
/// group that is not ready where it stands, and the warnings; not all of very many.
func pluginDetails(_ part: PluginPart, _ question: PluginQuestion, now: WallTime) -> [String] {
    var lines: [String] = []
    for state in [ProfileState.failing, .unknown] {
        for profile in part.profiles.lazy.filter({ $0.state == state }).prefix(detailLimit) {
            lines += details(of: profile)
        }
    }
    for group in part.document.groups where group.state != .ready || staleText(group) != nil {
        lines += details(of: group)
    }
    for profile in part.profiles {
        guard question.judge(endOf: profile, now: now) != nil, let end = profile.endsForGood
        else { continue }
        lines.append(
            "\(profile.name): \(words(forEnd: end, at: now)), at \(end.rfc3339);"
                + " somebody has to log in, or to put in other credentials")
    }
    // What makes no state worse comes last: nobody should have to look for the rest behind it.
    let warnings = allWarnings(of: part.document)
    for isGrave in [true, false] {
        let some = warnings.lazy.filter { $0.advisory.kind.degrades == isGrave }
        for (subject, advisory) in some.prefix(detailLimit) {
            let kind = isGrave ? "warning" : "note"
            lines.append("\(subject): \(kind) \(advisory.kind.rawValue): \(advisory.message)")
            lines += advisory.commands.map(line(of:))
        }
    }
    return lines.map { pluginText($0, bytes: lineLimit) }
}

/// More have no place in an answer, so there is no need to word them.
private let detailLimit = 1_000
/// The bytes of a line.
private let lineLimit = 500

private func details(of profile: ProfileStatus) -> [String] {
    let since = (profile.failingSince ?? profile.since).map { " since \($0.rfc3339)" } ?? ""
    guard let diagnosis = profile.diagnosis else {
        return ["\(profile.name): \(profile.state.rawValue)\(since)"]
    }
    var lines = [
        "\(profile.name): \(profile.state.rawValue)\(since), \(diagnosis.cause.title):"
            + " \(diagnosis.summary)"
    ]
    if !diagnosis.remedy.isEmpty { lines.append("\(profile.name): do: \(diagnosis.remedy)") }
    return lines + diagnosis.commands.map(line(of:))
}

/// A command as it is typed; none that would be cut, since the part of one does something else.
private func line(of command: String) -> String {
    command.utf8.count <= lineLimit - 20
        ? "  $ \(command)" : "  (a command that is too long for here, see credwatch status)"
}

private func details(of group: GroupStatus) -> [String] {
    var line = "group \(group.name): \(words(for: group))"
    if let incident = group.incident { line += ", \(words(for: incident))" }
    if let result = group.hook?.result {
        line += ", \(group.means.name)\(result.isSuccess ? "" : ":") \(words(for: result))"
    }
    if let drill = drillText(group) { line += ", \(drill)" }
    return [group.detail.isEmpty ? line : "\(line): \(group.detail)"]
        + [staleText(group)].compactMap { $0.map { "group \(group.name): \($0)" } }
}

private func plural(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
}

/// Returns the performance data: counts and the age always, of single profiles and groups when they were
/// selected.
func pluginData(_ part: PluginPart, _ question: PluginQuestion, now: WallTime) -> [PluginDatum] {
    let profiles = part.profiles
    var data = [ProfileState.healthy, .failing, .unknown, .pending].map { state in
        PluginDatum(
            label: state.rawValue, value: profiles.count { $0.state == state },
            maximum: profiles.count)
    }
    let age = max(now - part.document.generatedAt, .zero)
    data.append(PluginDatum(label: "age", value: Int(age.components.seconds), unit: "s"))
    for profile in part.selected {
        let isHealthy = profile.state == .healthy
        data.append(
            PluginDatum(label: "\(profile.name) healthy", value: isHealthy ? 1 : 0, maximum: 1))
        data.append(
            PluginDatum(label: "\(profile.name) failures", value: profile.consecutiveFailures))
        guard let end = profile.endsForGood else { continue }
        // A range that ends nowhere: what lies below it alerts.
        data.append(
            PluginDatum(
                label: "\(profile.name) login", value: Int((end - now).components.seconds),
                unit: "s", warning: "\(question.endWarning.components.seconds):",
                critical: question.endCritical.map { "\($0.components.seconds):" } ?? "",
                minimum: nil))
    }
    guard question.isSelective else { return data }
    for group in part.document.groups {
        data.append(
            PluginDatum(
                label: "group \(group.name) on backup",
                value: group.active == group.primary ? 0 : 1,
                maximum: 1))
    }
    return data
}
