package import Model

/// For whom a page is.
package enum PageKind: Sendable, Hashable {
    /// Written by the daemon with its status file: a browser reads it again every half minute.
    case daemon
    /// Written once, as of a time.
    case snapshot(WallTime)
}

/// How much of thousands of profiles a page shows; what is left out is counted on it.
enum PageLimits {
    /// Profiles in trouble that are explained; the others of them have a line.
    static let explained = 100
    /// Other profiles, groups, and warnings.
    static let listed = 500
    /// What was seen of one profile.
    static let evidence = 20
}

/// Renders a status as one page of HTML that needs nothing else: no script, no image, no font.
///
/// Its policy forbids whatever it does not hold itself. Times are absolute, since nothing on it can move.
package func renderPage(_ document: StatusDocument, _ kind: PageKind) -> [UInt8] {
    let ordered = ordered(document.profiles)
    let troubled = ordered.prefix { isTroubled($0) }
    let now: WallTime
    switch kind {
    case .daemon: now = document.generatedAt
    case .snapshot(let time): now = time
    }
    var page = PageWriter(
        capacity: 16_384 + 4_096 * min(troubled.count, PageLimits.explained)
            + 1_024 * min(ordered.count, PageLimits.listed))
    page.beginning(document, kind)
    if document.validUntil < now { page.stale(document, now) }
    page.head(document)
    if !troubled.isEmpty { page.troubled(troubled, now) }
    if !document.groups.isEmpty { page.groups(document.groups, document.profiles) }
    page.warnings(of: document)
    page.others(ordered[troubled.endIndex...], document.generatedAt)
    page.end(document)
    return page.bytes
}

extension PageWriter {
    fileprivate mutating func beginning(_ document: StatusDocument, _ kind: PageKind) {
        markup(
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '
            """)
        markup(PageStyle.hash)
        markup(
            """
            '; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <meta name="robots" content="noindex">

            """)
        if kind == .daemon { markup("<meta http-equiv=\"refresh\" content=\"30\">\n") }
        markup("<title>")
        text("\(document.overall.rawValue): credwatch on \(document.daemon.host)")
        markup("</title>\n<style>\n")
        markup(PageStyle.sheet)
        markup("</style>\n</head>\n<body>\n")
    }

    fileprivate mutating func stale(_ document: StatusDocument, _ now: WallTime) {
        markup("<p class=\"stale\" role=\"alert\">Stale: this was valid until ")
        time(document.validUntil)
        markup(", ")
        text((now - document.validUntil).rough)
        markup(" before this page was made. Take every state on it for unknown, and see whether ")
        markup("credwatch runs.</p>\n")
    }

    fileprivate mutating func head(_ document: StatusDocument) {
        let state = PageState(document.overall)
        markup("<header class=\"is-")
        markup(state.name)
        markup("\">\n<h1>")
        badge(state, document.overall.rawValue)
        markup(" credwatch on ")
        text(document.daemon.host)
        markup("</h1>\n")
        paragraph(counts(of: document, naming: 3))
        if let clock = clockClause(document) { paragraph(clock + ".") }
        markup("<dl>\n")
        fact("Written") { $0.time(document.generatedAt) }
        fact("Valid until") {
            $0.time(document.validUntil)
            $0.markup(
                " <span class=\"dim\">Later than that, this page is stale: take every state for unknown, and see whether credwatch runs.</span>"
            )
        }
        markup("</dl>\n</header>\n<main>\n")
    }

    fileprivate mutating func end(_ document: StatusDocument) {
        markup("</main>\n<footer>credwatch ")
        text(document.daemon.version)
        markup(", process ")
        number(Int(document.daemon.pid))
        markup(" on ")
        text(document.daemon.host)
        markup(", started ")
        time(document.daemon.startedAt)
        markup("</footer>\n</body>\n</html>\n")
    }

    /// Says how many of something are not on the page.
    mutating func leftOut(_ count: Int, _ what: StaticString) {
        guard count > 0 else { return }
        markup("<p class=\"dim\">And ")
        number(count)
        markup(" ")
        markup(what)
        markup(", which this page leaves out: see <code>credwatch status --all</code>.</p>\n")
    }
}
