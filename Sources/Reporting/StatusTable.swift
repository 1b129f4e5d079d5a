package import Model

/// How a table may look.
package struct TableStyle: Sendable, Hashable {
    package var color: Bool
    /// The columns of the terminal; `Int.max` when there is no limit.
    package var width: Int

    package init(color: Bool = false, width: Int = .max) {
        self.color = color
        self.width = width
    }
}

/// Renders a status for people: a head line, a table of profiles with the troubled ones first and explained,
/// a table of groups, and the warnings.
///
/// After `validUntil` the head says that the rest is old. Ends with a line feed.
package func renderTable(_ document: StatusDocument, style: TableStyle, now: WallTime) -> String {
    var blocks = [wrapped(head(of: document, now: now), to: style.width).joined(separator: "\n")]
    if !document.profiles.isEmpty {
        blocks.append(profileTable(document.profiles, style: style, now: now))
    }
    if !document.groups.isEmpty {
        blocks.append(groupTable(document.groups, style: style))
    }
    if let warnings = warningTable(document, style: style, now: now) { blocks.append(warnings) }
    return blocks.joined(separator: "\n\n") + "\n"
}

/// Renders what a single pass has found: a table of profiles with the troubled ones first and explained, the
/// warnings, and a clock that is noticeably wrong. Ends with a line feed.
package func renderCheckTable(_ document: StatusDocument, style: TableStyle) -> String {
    let now = document.generatedAt
    var blocks = [profileTable(document.profiles, style: style, now: now)]
    if let warnings = warningTable(document, style: style, now: now) { blocks.append(warnings) }
    if let clock = clockClause(document) {
        blocks.append(wrapped("\(clock).", to: style.width).joined(separator: "\n"))
    }
    return blocks.joined(separator: "\n\n") + "\n"
}

private func profileTable(_ profiles: [ProfileStatus], style: TableStyle, now: WallTime) -> String {
    var table = TextTable(["PROFILE", "STATE", "SINCE", "CAUSE OR IDENTITY", "NEXT"], flexible: 3)
    let ordered = profiles.sorted { (rank($0.state), $0.name) < (rank($1.state), $1.name) }
    for profile in ordered {
        table.add(
            [
                profile.name, profile.state.rawValue,
                profile.since.map { max(now - $0, .zero).rough } ?? "-",
                causeOrIdentity(profile),
                profile.nextCheckAt.map { $0 > now ? "in \(($0 - now).rough)" : "due" } ?? "-",
            ],
            color: color(of: profile.state), notes: notes(on: profile, now))
    }
    return table.render(style)
}

private func groupTable(_ groups: [GroupStatus], style: TableStyle) -> String {
    var table = TextTable(["GROUP", "STATE", "ACTIVE", "DETAIL"], flexible: 3)
    let ordered = GroupState.allCases.reversed().flatMap { state in
        groups.filter { $0.state == state }
    }
    for group in ordered {
        let words = group.state.rawValue.split(separator: "_").joined(separator: " ")
        table.add(
            [group.name, words, group.active, group.detail.isEmpty ? "-" : group.detail],
            color: color(of: group.state), notes: notes(on: group))
    }
    return table.render(style)
}

private func head(of document: StatusDocument, now: WallTime) -> String {
    let counts = counts(of: document, naming: 3)
    let age = max(now - document.generatedAt, .zero).rough
    let clock = clockClause(document).map { "\($0), " } ?? ""
    let origin =
        "\(clock)written \(age) ago by pid \(document.daemon.pid) on \(document.daemon.host)"
    guard document.validUntil < now else {
        return "credwatch: \(document.overall.rawValue), \(counts), \(origin)"
    }
    let late = (now - document.validUntil).rough
    return "credwatch: unknown, because this status is stale: it was valid until"
        + " \(document.validUntil.rfc3339), \(late) ago. What follows is old: \(counts), \(origin)"
}

/// Says how wrong the clock is; nil when that is not worth a word.
private func clockClause(_ document: StatusDocument) -> String? {
    guard let skew = document.clock?.skew, skew.magnitude >= ClockStatus.noticeable else {
        return nil
    }
    return "this machine's clock is \(clockPlace(skew))"
}

private func rank(_ state: ProfileState) -> Int {
    switch state {
    case .failing: 0
    case .unknown: 1
    case .pending: 2
    case .healthy: 3
    }
}

private func causeOrIdentity(_ profile: ProfileStatus) -> String {
    switch profile.state {
    case .failing, .unknown: profile.diagnosis.map { $0.cause.title } ?? "-"
    case .pending: "not checked yet"
    case .healthy: profile.identity?.arn ?? "-"
    }
}

/// Returns what stands below a profile: an end that nears, and the diagnosis of one in trouble.
private func notes(on profile: ProfileStatus, _ now: WallTime) -> [Note] {
    var ending: [Note] = []
    if let end = profile.endsForGood, end - now < EndNotice.hour.lead {
        ending = [Note(words(forEnd: end, at: now))]
    }
    guard profile.state == .failing || profile.state == .unknown,
        let diagnosis = profile.diagnosis
    else { return ending }
    var source = profile.source.map { "from \($0)" }
    if let id = profile.accessKeyID {
        source = "access key \(id)" + (source.map { " \($0)" } ?? "")
    }
    return notes(on: diagnosis, about: source) + ending
}

private func notes(on group: GroupStatus) -> [String] {
    var notes: [String] = []
    if let incident = group.incident {
        let why = incident.byHand ? "ordered by hand" : incident.cause.title
        notes.append(
            "\(incident.event.rawValue) from \(incident.from) to \(incident.to), \(why),"
                + " since \(incident.startedAt.rfc3339), incident \(incident.id)")
    }
    if let hook = group.hook {
        let result = hook.result.map { words(for: $0) } ?? "runs"
        notes.append(
            "hook for \(hook.event.rawValue): \(result), attempt \(hook.attempt),"
                + " started \(hook.startedAt.rfc3339)")
    }
    return notes
}

private func color(of state: ProfileState) -> String {
    switch state {
    case .failing: "\u{1B}[1;31m"
    case .unknown: "\u{1B}[33m"
    case .healthy: "\u{1B}[32m"
    case .pending: "\u{1B}[2m"
    }
}

private func color(of state: GroupState) -> String {
    switch state {
    case .ready: "\u{1B}[32m"
    case .confirming, .failingOver, .failedOver: "\u{1B}[33m"
    case .failoverFailed: "\u{1B}[1;31m"
    }
}
