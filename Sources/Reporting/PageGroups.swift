import Model

extension PageWriter {
    /// Writes the failover groups, those that need a look first, each with the credential in use.
    mutating func groups(_ groups: [GroupStatus], _ profiles: [ProfileStatus]) {
        let states = Dictionary(profiles.map { ($0.name, $0.state) }, uniquingKeysWith: { $1 })
        let ordered = ordered(groups)
        markup("<section>\n<h2>Failover groups</h2>\n")
        for group in ordered.prefix(PageLimits.listed) { card(group, states) }
        leftOut(ordered.count - PageLimits.listed, "failover groups")
        markup("</section>\n")
    }

    private mutating func card(_ group: GroupStatus, _ states: [String: ProfileState]) {
        let state = PageState(group.state)
        markup("<article class=\"is-")
        markup(state.name)
        markup("\">\n<h3>")
        badge(state, words(for: group.state))
        markup(" ")
        text(group.name)
        markup("</h3>\n")
        if !group.detail.isEmpty { paragraph(group.detail) }
        markup("<dl>\n")
        fact("In use") {
            $0.markup("<b>")
            $0.text(group.active)
            $0.markup("</b>")
        }
        fact("Primary") { $0.member(group.primary, states[group.primary]) }
        fact(group.backups.count == 1 ? "Backup" : "Backups") {
            for (index, backup) in group.backups.enumerated() {
                if index > 0 { $0.markup("<br>") }
                $0.member(backup, states[backup])
            }
        }
        if let incident = incidentText(group) { fact("Incident") { $0.text(incident) } }
        if let run = hookText(group) { fact("Last move") { $0.text(run) } }
        if let stale = staleText(group) { fact("Old key") { $0.text(stale) } }
        if let drill = drillText(group) { fact("Last drill") { $0.text(drill) } }
        markup("</dl>\n</article>\n")
    }

    private mutating func member(_ name: String, _ state: ProfileState?) {
        text(name)
        guard let state else { return }
        markup(" ")
        badge(PageState(state), state.rawValue)
    }

    /// Writes the warnings of the machine, the profiles and the groups.
    mutating func warnings(of document: StatusDocument) {
        var all = allWarnings(of: document)
        guard !all.isEmpty else { return }
        // What makes the sum worse comes first.
        all = all.filter(\.advisory.kind.degrades) + all.filter { !$0.advisory.kind.degrades }
        markup("<section>\n<h2>Warnings</h2>\n")
        for (subject, advisory) in all.prefix(PageLimits.listed) {
            markup("<article class=\"is-")
            markup((advisory.kind.degrades ? PageState.degraded : .pending).name)
            markup("\">\n<h3>")
            text(subject)
            markup("</h3>\n")
            paragraph(advisory.message)
            commands(advisory.commands)
            markup("<p class=\"dim\">")
            text(advisory.kind.rawValue)
            if let since = advisory.since {
                markup(", since ")
                time(since)
            }
            markup("</p>\n</article>\n")
        }
        leftOut(all.count - PageLimits.listed, "warnings")
        markup("</section>\n")
    }
}
