package import Model

/// Makes the entry for a warning about something that works, or for its end.
package func entry(for change: AdvisoryChange) -> JournalEntry {
    var fields = Fields()
    let subject: String
    switch change.subject {
    case .profile(let name):
        fields.add("CREDWATCH_PROFILE", name)
        subject = name
    case .group(let name):
        fields.add("CREDWATCH_GROUP", name)
        subject = "group \(name)"
    }
    fields.add("CREDWATCH_WARNING", change.advisory.kind.rawValue)
    let message = redacted(change.advisory.message)
    if change.isOver {
        return JournalEntry(
            .warningOver, .notice, "\(subject): no longer: \(message)", fields.list)
    }
    fields.add(
        "CREDWATCH_COMMANDS", change.advisory.commands.joined(separator: "\n"))
    return JournalEntry(.warning, .warning, "\(subject): \(message)", fields.list)
}
