import Model

/// Renders the warnings of the machine, the profiles and the groups as a table; nil when there are none.
func warningTable(_ document: StatusDocument, style: TableStyle, now: WallTime) -> String? {
    var table = TextTable(["WARNING ABOUT", "CODE", "SINCE"], flexible: 0)
    var count = 0
    func add(_ advisories: [Advisory], about subject: String) {
        for advisory in advisories {
            count += 1
            guard count <= style.extent.listed else { continue }
            table.add(
                [
                    subject, advisory.kind.rawValue,
                    advisory.since.map { max(now - $0, .zero).rough } ?? "-",
                ],
                color: advisory.kind.degrades ? "\u{1B}[33m" : "\u{1B}[2m",
                notes: [Note(advisory.message)]
                    + advisory.commands.map { Note($0, depth: 2, isWhole: true) })
        }
    }
    add(document.advisories, about: "this machine")
    for profile in document.profiles { add(profile.advisories, about: profile.name) }
    for group in document.groups { add(group.advisories, about: "group \(group.name)") }
    guard count > 0 else { return nil }
    let rest = count - min(count, style.extent.listed)
    return table.render(style) + (rest > 0 ? "\nand \(rest) more warnings; see --all" : "")
}
