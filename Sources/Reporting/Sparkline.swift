import Model

/// Draws the last 24 hours as a row of signs, the newest last: `▁▁▁▅██▁▁`.
///
/// Each sign is the worst of its share of the half hours; the height says as much as the colour.
struct Sparkline {
    /// How many signs there are; it divides the 48 half hours.
    let count: Int
    /// Whether the terminal has block characters.
    let hasBlocks: Bool

    /// Makes the one that a table of this style has room for; nil when there is none.
    init?(for style: TableStyle) {
        guard style.width >= 60 else { return nil }
        count = style.width >= 110 ? 24 : 12
        hasBlocks = style.isUnicode
    }

    /// Returns the signs of a history, without colour.
    func text(_ history: History) -> String {
        let share = History.count / count
        var text = ""
        for place in 0..<count {
            let first = History.count - 1 - place * share
            let ages = (first - share + 1)...first
            text.append(sign(ages.map { history[$0] }.max() ?? .nothing))
        }
        return text
    }

    /// Returns drawn signs with the colours of their levels.
    func colored(_ text: String) -> String {
        var result = ""
        var color = ""
        for character in text {
            let next =
                HistoryLevel.allCases.first { sign($0) == character }
                .map(Self.color) ?? ""
            if next != color {
                if !color.isEmpty { result += "\u{1B}[0m" }
                result += next
                color = next
            }
            result.append(character)
        }
        return color.isEmpty ? result : result + "\u{1B}[0m"
    }

    private func sign(_ level: HistoryLevel) -> Character {
        switch level {
        case .nothing: hasBlocks ? "·" : "."
        case .healthy: hasBlocks ? "▁" : "_"
        case .unknown: hasBlocks ? "▄" : "?"
        case .failing: hasBlocks ? "█" : "#"
        }
    }

    private static func color(_ level: HistoryLevel) -> String {
        switch level {
        case .nothing: "\u{1B}[2m"
        case .healthy: "\u{1B}[32m"
        case .unknown: "\u{1B}[33m"
        case .failing: "\u{1B}[1;31m"
        }
    }
}
