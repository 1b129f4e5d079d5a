import Glibc
package import Model

/// A journal of readable lines, one per entry, on standard error.
///
/// On a terminal `14:03:10 error    app is failing: …` with the local time, elsewhere
/// `2026-11-22T14:03:10Z ERROR app is failing: …`. Control characters are made visible. A reader that has
/// stopped costs nobody but this journal: lines wait in a backlog, and beyond it they are counted.
package final class TerminalJournal: Journal {
    private let backlog: Backlog

    /// Makes a journal that writes to a descriptor and keeps at most `limit` entries for a slow reader.
    package init(
        descriptor: Int32 = 2, limit: Int = 1_000,
        variable: (String) -> String? = environmentVariable
    ) {
        let style = LineStyle(
            isTerminal: isatty(descriptor) == 1,
            color: colorIsWelcome(descriptor: descriptor, variable: variable))
        backlog = Backlog(label: "credwatch.terminal", limit: limit) { item in
            let line = line(for: redacted(item.entry), at: item.time, style: style)
            return writeAll(Array(line.utf8), to: descriptor) ? .delivered : .refused
        }
    }

    package func write(_ entry: JournalEntry) {
        backlog.add(entry)
    }

    package func flush(within limit: Duration) {
        backlog.flush(within: limit)
    }

    package var status: JournalStatus { backlog.status }

    package func onChange(_ body: @escaping @Sendable () -> Void) {
        backlog.onChange(body)
    }
}

/// How a line looks.
struct LineStyle: Sendable {
    var isTerminal: Bool
    var color: Bool
}

/// Returns an entry as one line, with its line feed.
func line(for entry: JournalEntry, at time: WallTime, style: LineStyle) -> String {
    var message = entry.message
    // Where there are no fields to look at, the line itself has to hold what a complaint rests on.
    if entry.priority.rawValue <= Priority.warning.rawValue,
        let evidence = entry.fields.first(where: { $0.name == evidenceField })?.value,
        !evidence.isEmpty
    {
        message += " [\(evidence)]"
    }
    message = bounded(visible(message), bytes: 8_192)
    let name = name(of: entry.priority)
    guard style.isTerminal else { return "\(time.rfc3339) \(name.uppercased()) \(message)\n" }
    let label = padded(name, to: 8)
    let colored = style.color ? "\(color(of: entry.priority))\(label)\u{1B}[0m" : label
    return "\(localTimeOfDay(time)) \(colored) \(message)\n"
}

private func name(of priority: Priority) -> String {
    switch priority {
    case .critical: "critical"
    case .error: "error"
    case .warning: "warning"
    case .notice: "notice"
    case .info: "info"
    case .debug: "debug"
    }
}

private func color(of priority: Priority) -> String {
    switch priority {
    case .critical, .error: "\u{1B}[1;31m"
    case .warning: "\u{1B}[33m"
    case .notice: "\u{1B}[32m"
    case .info: ""
    case .debug: "\u{1B}[2m"
    }
}

private func localTimeOfDay(_ time: WallTime) -> String {
    var seconds = time_t(time.seconds)
    var parts = tm()
    guard localtime_r(&seconds, &parts) != nil else { return time.timeOfDay }
    return [parts.tm_hour, parts.tm_min, parts.tm_sec]
        .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
}
