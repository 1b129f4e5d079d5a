package import Model

/// Makes the entry for a warning about something that works, or for its end.
package func entry(for change: AdvisoryChange) -> JournalEntry {
    var fields = Fields()
    // The machine needs no name in a journal of its own.
    var about = ""
    switch change.subject {
    case .profile(let name):
        fields.add("CREDWATCH_PROFILE", name)
        about = "\(name): "
    case .group(let name):
        fields.add("CREDWATCH_GROUP", name)
        about = "group \(name): "
    case .machine: break
    }
    fields.add("CREDWATCH_WARNING", change.advisory.kind.rawValue)
    let message = redacted(change.advisory.message)
    if change.isOver {
        return JournalEntry(
            .warningOver, .notice, "\(about)no longer: \(message)", fields.list)
    }
    fields.add(
        "CREDWATCH_COMMANDS", change.advisory.commands.joined(separator: "\n"))
    return JournalEntry(.warning, .warning, about + message, fields.list)
}
