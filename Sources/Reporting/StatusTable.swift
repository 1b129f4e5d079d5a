package import Model

/// How a table may look.
package struct TableStyle: Sendable, Hashable {
    package var color: Bool
    /// The columns of the terminal; `Int.max` when there is no limit.
    package var width: Int
    /// Whether signs beyond ASCII can be shown.
    package var isUnicode: Bool
    /// How much is listed before the rest is only counted.
    package var extent: TableExtent

    package init(
        color: Bool = false, width: Int = .max, isUnicode: Bool = false,
        extent: TableExtent = .whole
    ) {
        self.color = color
        self.width = width
        self.isUnicode = isUnicode
        self.extent = extent
    }
}

/// How much of thousands of profiles a table lists.
package struct TableExtent: Sendable, Hashable {
    /// How many profiles in trouble are explained; of more than these only the first three are.
    package var explained: Int
    /// How many profiles that are not in trouble, and how many warnings, are listed.
    package var listed: Int

    package init(explained: Int, listed: Int) {
        self.explained = explained
        self.listed = listed
    }

    package static let whole = TableExtent(explained: .max, listed: .max)
    /// What a person can take in: on a terminal.
    package static let screen = TableExtent(explained: 10, listed: 50)
    /// All rows, for `grep`, but not a page of words about each of thousands.
    package static let pipe = TableExtent(explained: 10, listed: .max)
}

/// Renders a status for people: a head line, a table of profiles with the troubled ones first and explained,
/// a table of groups, and the warnings.
///
/// After `validUntil` the first lines say that the rest is old. Ends with a line feed.
package func renderTable(_ document: StatusDocument, style: TableStyle, now: WallTime) -> String {
    var blocks = staleLines(document, style: style, now: now)
    blocks.append(head(of: document, style: style, now: now))
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
    var blocks = [checkTable(document.profiles, style: style, now: now)]
    if let warnings = warningTable(document, style: style, now: now) { blocks.append(warnings) }
    if let clock = clockClause(document) {
        blocks.append(wrapped("\(clock).", to: style.width).joined(separator: "\n"))
    }
    return blocks.joined(separator: "\n\n") + "\n"
}

private func groupTable(_ groups: [GroupStatus], style: TableStyle) -> String {
    var table = TextTable(["GROUP", "STATE", "ACTIVE", "DETAIL"], flexible: 3)
    let ordered = ordered(groups)
    let troubled = ordered.count { $0.state != .ready }
    let limit = troubled.addingReportingOverflow(style.extent.listed)
    let shown = ordered.prefix(limit.overflow ? .max : limit.partialValue)
    for group in shown {
        table.add(
            [group.name, words(for: group.state), group.active, detail(of: group)],
            color: color(of: group.state), notes: notes(on: group))
    }
    let rest = ordered.count - shown.count
    return table.render(style) + (rest > 0 ? "\nand \(rest) more groups, ready: see --all" : "")
}

/// Returns groups with those that need a look first.
func ordered(_ groups: [GroupStatus]) -> [GroupStatus] {
    GroupState.allCases.reversed().flatMap { state in groups.filter { $0.state == state } }
}

private func detail(of group: GroupStatus) -> String {
    group.detail.isEmpty ? "-" : group.detail
}

/// Shouts that a status is old; nothing while it is not.
private func staleLines(_ document: StatusDocument, style: TableStyle, now: WallTime) -> [String] {
    guard document.validUntil < now else { return [] }
    let late = (now - document.validUntil).rough
    let text =
        "STALE: this status was valid until \(document.validUntil.rfc3339), \(late) ago, and nothing"
        + " renews it. All that follows is old: take every state for unknown, and see"
        + " `systemctl status credwatch`."
    let lines = wrapped(text, to: style.width, indent: "!! ")
    let shouted = style.color ? lines.map { "\u{1B}[1;37;41m\($0)\u{1B}[0m" } : lines
    return [shouted.joined(separator: "\n")]
}

private func head(of document: StatusDocument, style: TableStyle, now: WallTime) -> String {
    let counts = counts(of: document, naming: 3)
    let age = max(now - document.generatedAt, .zero).rough
    let clock = clockClause(document).map { "\($0), " } ?? ""
    let isStale = document.validUntil < now
    let state = isStale ? Overall.unknown : document.overall
    let was = isStale ? " (was \(document.overall.rawValue))" : ""
    let text =
        "credwatch: \(state.rawValue)\(was), \(counts), \(clock)"
        + "written \(age) ago by pid \(document.daemon.pid) on \(document.daemon.host)"
    var lines = wrapped(text, to: style.width)
    let begin = "credwatch: \(state.rawValue)"
    if style.color, let first = lines.first, first.hasPrefix(begin) {
        lines[0] =
            "credwatch: \(color(of: state))\(state.rawValue)\u{1B}[0m"
            + first.dropFirst(begin.count)
    }
    return lines.joined(separator: "\n")
}

/// Says how wrong the clock is; nil when that is not worth a word.
func clockClause(_ document: StatusDocument) -> String? {
    guard let skew = document.clock?.skew, skew.magnitude >= ClockStatus.noticeable else {
        return nil
    }
    return "this machine's clock is \(clockPlace(skew))"
}

private func notes(on group: GroupStatus) -> [String] {
    [incidentText(group), hookText(group), drillText(group), staleText(group)].compactMap(\.self)
}

/// Says what incident a group is in; nil when in none.
func incidentText(_ group: GroupStatus) -> String? {
    group.incident.map { "\(words(for: $0)), incident \($0.id)" }
}

/// Says which move an incident is: `failover from app to spare, key deactivated, since 2026-…`.
func words(for incident: Incident) -> String {
    let why =
        incident.isDrill ? "a drill" : incident.byHand ? "ordered by hand" : incident.cause.title
    return "\(incident.event.rawValue) from \(incident.from) to \(incident.to), \(why),"
        + " since \(incident.startedAt.rfc3339)"
}

/// Says how the last attempt to move a group's applications went; nil when there was none.
func hookText(_ group: GroupStatus) -> String? {
    guard let hook = group.hook else { return nil }
    let result = hook.result.map { words(for: $0) } ?? "runs"
    return "\(group.means.name) for \(hook.event.rawValue): \(result), attempt \(hook.attempt),"
        + " started \(hook.startedAt.rfc3339)"
}

/// Says how a group's last drill went; nil when there was none.
func drillText(_ group: GroupStatus) -> String? {
    group.drill.map { drill in
        "drill of \(drill.startedAt.rfc3339): "
            + (drill.finishedAt == nil
                ? "runs" : drill.outcome.map { words(for: $0) } ?? "not known")
    }
}

private func words(for outcome: DrillOutcome) -> String {
    switch outcome {
    case .succeeded: "succeeded"
    case .failed: "failed"
    case .stayed: "ended without the way back"
    }
}

/// The name of a group's state with spaces: `failed over`.
func words(for state: GroupState) -> String {
    words(forCode: state.rawValue)
}

/// A code with spaces in the place of its underscores.
func words(forCode code: String) -> String {
    code.split(separator: "_").joined(separator: " ")
}

private func color(of state: GroupState) -> String {
    switch state {
    case .ready: "\u{1B}[32m"
    case .confirming, .failingOver, .failedOver: "\u{1B}[33m"
    case .failoverFailed: "\u{1B}[1;31m"
    }
}

private func color(of state: Overall) -> String {
    switch state {
    case .healthy: "\u{1B}[1;32m"
    case .degraded, .unknown: "\u{1B}[1;33m"
    case .failing: "\u{1B}[1;31m"
    }
}
