import Model

/// Renders the warnings of the machine, the profiles and the groups as a table; nil when there are none.
func warningTable(_ document: StatusDocument, style: TableStyle, now: WallTime) -> String? {
    var table = TextTable(["WARNING ABOUT", "CODE", "SINCE"], flexible: 0)
    let all = allWarnings(of: document)
    guard !all.isEmpty else { return nil }
    let shown = all.prefix(style.extent.listed)
    for (subject, advisory) in shown {
        table.add(
            [
                subject, advisory.kind.rawValue,
                advisory.since.map { max(now - $0, .zero).rough } ?? "-",
            ],
            color: advisory.kind.degrades ? "\u{1B}[33m" : "\u{1B}[2m",
            notes: [Note(advisory.message)]
                + advisory.commands.map { Note($0, depth: 2, isWhole: true) })
    }
    let rest = all.count - shown.count
    return table.render(style) + (rest > 0 ? "\nand \(rest) more warnings; see --all" : "")
}

/// Returns the warnings of the machine, the profiles and the groups, each with whom it is about.
func allWarnings(of document: StatusDocument) -> [(subject: String, advisory: Advisory)] {
    document.advisories.map { ("this machine", $0) }
        + document.profiles.flatMap { profile in profile.advisories.map { (profile.name, $0) } }
        + document.groups.flatMap { group in
            group.advisories.map { ("group \(group.name)", $0) }
        }
}
