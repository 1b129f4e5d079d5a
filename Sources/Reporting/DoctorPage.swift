import Model

/// The lines of a report for people: headings with a state, paragraphs, lists, and what is to be copied as
/// it is.
///
/// Words longer than a line stay whole: a path that is cut is worth nothing.
struct DoctorPage {
    private(set) var lines: [String] = []
    let style: TableStyle

    init(_ style: TableStyle) {
        self.style = style
    }

    /// The columns of a page: a report is read, so lines do not run over a wide screen.
    var width: Int { min(style.width, 100) }

    mutating func blank() {
        if lines.last?.isEmpty == false { lines.append("") }
    }

    /// Adds a heading with how the part stands, at the right.
    mutating func heading(_ title: String, _ state: DoctorState) {
        blank()
        let mark = word(for: state)
        let room = max(width == .max ? 80 : width, 20)
        let title = truncated(visible(title), to: max(8, room - displayWidth(mark) - 2))
        let gap = max(2, room - displayWidth(title) - displayWidth(mark))
        lines.append(
            bold(title) + String(repeating: " ", count: gap) + colored(mark, color(of: state)))
        if case .notAsked(let reason) = state { paragraph("Not asked: \(reason).") }
    }

    /// Adds a heading of a part that has no state.
    mutating func heading(_ title: String) {
        blank()
        lines.append(bold(visible(title)))
    }

    /// Adds a text that is broken at its spaces; what hangs below the first line is indented further.
    mutating func paragraph(
        _ text: String, bullet: String = "", indent: Int = 3, color: String = ""
    ) {
        let text = visible(redacted(text))
        guard !text.isEmpty else { return }
        let first = String(repeating: " ", count: indent) + bullet
        let rest = String(repeating: " ", count: displayWidth(first))
        var line = first
        var used = displayWidth(first)
        var isFresh = true
        for word in text.split(separator: " ") {
            let length = displayWidth(word)
            if !isFresh, used + 1 + length > width {
                lines.append(colored(line, color))
                line = rest
                used = displayWidth(rest)
                isFresh = true
            }
            if !isFresh {
                line += " "
                used += 1
            }
            line += word
            used += length
            isFresh = false
        }
        lines.append(colored(line, color))
    }

    mutating func bullet(_ text: String, isWarning: Bool = false) {
        paragraph(text, bullet: isWarning ? "! " : "- ")
    }

    /// Adds lines that are to be copied: never broken, and without what a terminal would obey.
    mutating func verbatim(_ text: String, indent: Int) {
        let margin = String(repeating: " ", count: indent)
        for line in redacted(text).split(separator: "\n", omittingEmptySubsequences: false) {
            lines.append(margin + visible(String(line)))
        }
    }

    /// Adds a table that is rendered already.
    mutating func table(_ text: String, indent: Int = 3) {
        let margin = String(repeating: " ", count: indent)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            lines.append(margin + line)
        }
    }

    /// The style of a table within the page.
    func tableStyle(indent: Int = 3) -> TableStyle {
        TableStyle(color: style.color, width: width == .max ? .max : max(20, width - indent))
    }

    var text: String { lines.joined(separator: "\n") + "\n" }

    private func bold(_ text: String) -> String { colored(text, "\u{1B}[1m") }

    private func colored(_ text: String, _ color: String) -> String {
        style.color && !color.isEmpty ? "\(color)\(text)\u{1B}[0m" : text
    }
}

/// The state in a word.
func word(for state: DoctorState) -> String {
    switch state {
    case .ok: "ok"
    case .warning: "warning"
    case .problem: "PROBLEM"
    case .unknown: "unknown"
    case .notAsked: "not asked"
    }
}

func color(of state: DoctorState) -> String {
    switch state {
    case .ok: "\u{1B}[32m"
    case .warning, .unknown: "\u{1B}[33m"
    case .problem: "\u{1B}[1;31m"
    case .notAsked: "\u{1B}[2m"
    }
}
