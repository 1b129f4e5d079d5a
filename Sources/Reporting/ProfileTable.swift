import Model

/// Renders the profiles, those in trouble first and explained; what the style leaves out is counted below.
func profileTable(_ profiles: [ProfileStatus], style: TableStyle, now: WallTime) -> String {
    let line = Sparkline(for: style)
    let titles = ["PROFILE", "STATE", "SINCE", "NEXT"] + (line == nil ? [] : ["LAST 24 H"])
    var table = TextTable(titles + ["CAUSE AND REMEDY, OR IDENTITY"], flexible: titles.count)
    let ordered = ordered(profiles)
    let troubled = ordered.prefix { isTroubled($0) }.count
    let explained = troubled <= style.extent.explained ? troubled : 3
    let shown =
        ordered.count - troubled <= style.extent.listed
        ? ordered.count : troubled + style.extent.listed
    for (index, profile) in ordered.prefix(shown).enumerated() {
        let isExplained = index < explained
        var cells = [profile.name, profile.state.rawValue, since(profile, now), next(profile, now)]
        if let line { cells.append(line.text(profile.history)) }
        cells.append(isExplained ? causeOrIdentity(profile) : causeAndRemedy(profile))
        table.add(
            cells, color: color(of: profile.state),
            notes: notes(on: profile, isExplained: isExplained, now),
            paint: line.map { TextTable.Paint(column: 4, apply: $0.colored) })
    }
    var lines = [table.render(style)]
    if explained < troubled {
        lines.append("\(explained) of \(troubled) in trouble are explained; see --all")
    }
    if shown < ordered.count {
        lines.append("and \(ordered.count - shown) more profiles, not in trouble; see --all")
    }
    return lines.joined(separator: "\n")
}

/// Renders the profiles of a single pass, which has no history.
func checkTable(_ profiles: [ProfileStatus], style: TableStyle, now: WallTime) -> String {
    var table = TextTable(["PROFILE", "STATE", "SINCE", "CAUSE OR IDENTITY", "NEXT"], flexible: 3)
    for profile in ordered(profiles) {
        table.add(
            [
                profile.name, profile.state.rawValue, since(profile, now),
                causeOrIdentity(profile), next(profile, now),
            ],
            color: color(of: profile.state), notes: notes(on: profile, isExplained: true, now))
    }
    return table.render(style)
}

/// Returns profiles with those in trouble first, and else by their names.
func ordered(_ profiles: [ProfileStatus]) -> [ProfileStatus] {
    profiles.sorted { (rank($0.state), $0.name) < (rank($1.state), $1.name) }
}

/// Whether somebody should look at a profile.
func isTroubled(_ profile: ProfileStatus) -> Bool {
    switch profile.state {
    case .failing, .unknown: true
    case .pending, .healthy: false
    }
}

private func rank(_ state: ProfileState) -> Int {
    switch state {
    case .failing: 0
    case .unknown: 1
    case .pending: 2
    case .healthy: 3
    }
}

private func since(_ profile: ProfileStatus, _ now: WallTime) -> String {
    profile.since.map { max(now - $0, .zero).rough } ?? "-"
}

private func next(_ profile: ProfileStatus, _ now: WallTime) -> String {
    profile.nextCheckAt.map { $0 > now ? "in \(($0 - now).rough)" : "due" } ?? "-"
}

/// Says what a profile is in trouble for, else who it is.
func causeOrIdentity(_ profile: ProfileStatus) -> String {
    switch profile.state {
    case .failing, .unknown: profile.diagnosis.map { $0.cause.title } ?? "-"
    case .pending: "not checked yet"
    case .healthy: profile.identity?.arn ?? "-"
    }
}

/// The same with what to do.
func causeAndRemedy(_ profile: ProfileStatus) -> String {
    let cause = causeOrIdentity(profile)
    guard isTroubled(profile), let remedy = profile.diagnosis?.remedy, !remedy.isEmpty else {
        return cause
    }
    return "\(cause): \(remedy)"
}

/// Returns what stands below a profile: an end that nears, and the diagnosis of one in trouble.
private func notes(on profile: ProfileStatus, isExplained: Bool, _ now: WallTime) -> [Note] {
    var ending: [Note] = []
    if let end = profile.endsForGood, end - now < EndNotice.hour.lead {
        ending = [Note(words(forEnd: end, at: now))]
    }
    guard isExplained, isTroubled(profile), let diagnosis = profile.diagnosis else {
        return ending
    }
    return notes(on: diagnosis, about: keyAndSource(profile)) + ending
}

/// Says which credential it is: `access key AKIA… from [app] in /home/app/.aws/credentials:4`.
func keyAndSource(_ profile: ProfileStatus) -> String? {
    let source = profile.source.map { "from \($0)" }
    guard let id = profile.accessKeyID else { return source }
    return "access key \(id)" + (source.map { " \($0)" } ?? "")
}

private func color(of state: ProfileState) -> String {
    switch state {
    case .failing: "\u{1B}[1;31m"
    case .unknown: "\u{1B}[33m"
    case .healthy: "\u{1B}[32m"
    case .pending: "\u{1B}[2m"
    }
}
