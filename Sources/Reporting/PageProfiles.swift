import Model

extension PageWriter {
    /// Writes the profiles in trouble: the first of them explained, a line for each of the others.
    mutating func troubled(_ profiles: ArraySlice<ProfileStatus>, _ now: WallTime) {
        markup("<section>\n<h2>In trouble</h2>\n")
        let explained = profiles.prefix(PageLimits.explained)
        for profile in explained { card(profile, now) }
        let others = profiles.dropFirst(explained.count)
        if !others.isEmpty {
            markup("<p class=\"dim\">")
            number(others.count)
            markup(" more in trouble, in short:</p>\n")
            table(others)
        }
        markup("</section>\n")
    }

    /// Writes the profiles that are not in trouble.
    mutating func others(_ profiles: ArraySlice<ProfileStatus>, _ generatedAt: WallTime) {
        guard !profiles.isEmpty else { return }
        markup("<section>\n<h2>Profiles</h2>\n")
        markup("<p class=\"dim\">A strip shows the 24 hours up to ")
        time(generatedAt)
        markup(
            ", in half hours: low is healthy, half high unknown, high failing, a thin line where no check ended.</p>\n"
        )
        table(profiles.prefix(PageLimits.listed))
        leftOut(profiles.count - PageLimits.listed, "profiles that are not in trouble")
        markup("</section>\n")
    }

    private mutating func card(_ profile: ProfileStatus, _ now: WallTime) {
        let state = PageState(profile.state)
        markup("<article class=\"is-")
        markup(state.name)
        markup("\">\n<h3>")
        badge(state, profile.state.rawValue)
        markup(" ")
        text(profile.name)
        markup("</h3>\n")
        let diagnosis = profile.diagnosis
        if let diagnosis {
            markup("<p class=\"cause\">")
            text(diagnosis.cause.title)
            markup("</p>\n")
            paragraph(diagnosis.summary)
        }
        markup("<dl>\n")
        if let diagnosis {
            fact("What to do") {
                $0.text(diagnosis.remedy.isEmpty ? "-" : diagnosis.remedy)
                $0.commands(diagnosis.commands)
            }
            fact("How sure") { $0.text(words(for: diagnosis.confidence)) }
        }
        if let since = profile.since {
            fact("Since") {
                $0.time(since)
                $0.text(" (\(max(now - since, .zero).rough))")
            }
        }
        if let credential = keyAndSource(profile) { fact("Credential") { $0.text(credential) } }
        if let last = profile.lastSuccessAt { fact("Last accepted") { $0.time(last) } }
        ends(profile, now)
        if let next = profile.nextCheckAt { fact("Next check") { $0.time(next) } }
        fact("Last 24 hours") { $0.strip(profile.history) }
        markup("</dl>\n")
        if let diagnosis { details(diagnosis) }
        markup("</article>\n")
    }

    private mutating func ends(_ profile: ProfileStatus, _ now: WallTime) {
        guard let end = profile.endsForGood else { return }
        fact("Login") { $0.text(words(forEnd: end, at: now)) }
    }

    private mutating func details(_ diagnosis: Diagnosis) {
        guard !diagnosis.evidence.isEmpty || !diagnosis.others.isEmpty else { return }
        markup("<details>\n<summary>What was seen, and what else it could be</summary>\n<ul>\n")
        for evidence in diagnosis.evidence.prefix(PageLimits.evidence) {
            markup("<li>")
            text(Reporting.text(of: evidence))
            markup("</li>\n")
        }
        if diagnosis.evidence.count > PageLimits.evidence {
            markup("<li>and ")
            number(diagnosis.evidence.count - PageLimits.evidence)
            markup(" more, see <code>credwatch status --json</code></li>\n")
        }
        markup("</ul>\n")
        if !diagnosis.others.isEmpty {
            markup("<p>It could also be:</p>\n<ul>\n")
            for other in diagnosis.others {
                markup("<li><b>")
                text(other.cause.title)
                markup("</b>: ")
                text(other.what)
                markup(" <span class=\"dim\">To tell: ")
                text(other.test)
                markup("</span></li>\n")
            }
            markup("</ul>\n")
        }
        markup("</details>\n")
    }

    private mutating func table(_ profiles: ArraySlice<ProfileStatus>) {
        markup(
            """
            <div class="box">
            <table>
            <thead><tr><th scope="col">Profile</th><th scope="col">State</th>\
            <th scope="col">Last 24 hours</th><th scope="col">Since</th>\
            <th scope="col">Identity, or what to do</th></tr></thead>
            <tbody>

            """)
        for profile in profiles {
            markup("<tr><td><b>")
            text(profile.name)
            markup("</b></td><td>")
            badge(PageState(profile.state), profile.state.rawValue)
            markup("</td><td>")
            strip(profile.history)
            markup("</td><td>")
            if let since = profile.since { time(since) } else { markup("-") }
            markup("</td><td>")
            text(causeAndRemedy(profile))
            if let end = profile.endsForGood {
                markup("<br><span class=\"dim\">Has to be renewed by ")
                time(end)
                markup("</span>")
            }
            markup("</td></tr>\n")
        }
        markup("</tbody>\n</table>\n</div>\n")
    }
}
