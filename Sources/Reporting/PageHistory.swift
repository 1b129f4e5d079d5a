import Model

extension PageWriter {
    /// Writes the last 24 hours as a strip: low is healthy, half high unknown, high failing, a thin line
    /// where nothing is known; so the colour is not the only sign.
    mutating func strip(_ history: History) {
        let levels = history.levels
        markup(
            "<svg class=\"strip\" viewBox=\"0 0 48 12\" preserveAspectRatio=\"none\" role=\"img\"")
        markup(" aria-label=\"")
        text(Self.words(levels))
        markup("\">")
        for level in HistoryLevel.allCases { path(of: level, in: levels) }
        markup("</svg>")
    }

    /// Writes the half hours of one level as one path, neighbours as one rectangle.
    private mutating func path(of level: HistoryLevel, in levels: [HistoryLevel]) {
        guard levels.contains(level) else { return }
        let (name, height): (StaticString, Int) =
            switch level {
            case .nothing: ("n", 1)
            case .healthy: ("h", 4)
            case .unknown: ("u", 8)
            case .failing: ("f", 12)
            }
        markup("<path class=\"")
        markup(name)
        markup("\" d=\"")
        var start = 0
        while start < levels.count {
            let end = levels[start...].firstIndex { $0 != levels[start] } ?? levels.count
            if levels[start] == level {
                markup("M")
                number(start)
                markup(" ")
                number(12 - height)
                markup("h")
                number(end - start)
                markup("v")
                number(height)
                markup("H")
                number(start)
                markup("z")
            }
            start = end
        }
        markup("\"/>")
    }

    /// Says what a strip shows: `last 24 hours, in half hours: 40 healthy, 0 unknown, 3 failing, …`.
    private static func words(_ levels: [HistoryLevel]) -> String {
        func count(_ level: HistoryLevel) -> Int { levels.count { $0 == level } }
        return
            "last 24 hours, in half hours: \(count(.healthy)) healthy, \(count(.unknown)) unknown,"
            + " \(count(.failing)) failing, \(count(.nothing)) without a check"
    }
}
