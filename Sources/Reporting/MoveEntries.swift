package import Model

/// Whose move an entry is about.
package struct MoveOccasion: Sendable, Hashable {
    package var group: String
    /// The profile that is to be used.
    package var to: String
    /// Nil for keys that were renewed without an incident.
    package var incident: String?

    package init(group: String, to: String, incident: String? = nil) {
        self.group = group
        self.to = to
        self.incident = incident
    }
}

/// Makes the entry for one step of a move.
package func entry(for step: MoveStep, of occasion: MoveOccasion) -> JournalEntry {
    var fields = fields(of: occasion)
    fields.add("CREDWATCH_STEP", step.kind.rawValue)
    fields.add("CREDWATCH_FILE", step.place?.path)
    switch step.place {
    case .credentialsFile(_, let profile), .configFile(_, let profile):
        fields.add("CREDWATCH_FILE_PROFILE", profile)
    case .environmentFile, nil: break
    }
    fields.add("CREDWATCH_UNIT", step.unit)
    fields.add("CREDWATCH_ACCESS_KEY_ID", step.keyID)
    fields.add("CREDWATCH_PREVIOUS_KEY_ID", step.previousKeyID)
    fields.add("CREDWATCH_KEPT_FILE", step.keptPath)
    let (kind, priority) = loudness(of: step.kind)
    return JournalEntry(kind, priority, "group \(occasion.group): \(step)", fields.list)
}

/// Makes the entry for the end of a move that has no hook run to tell of it.
package func entry(for outcome: MoveOutcome, of occasion: MoveOccasion) -> JournalEntry {
    let fields = fields(of: occasion)
    let name = "group \(occasion.group)"
    switch outcome.end {
    case .done:
        let key = outcome.keyID.map { ", \($0)" } ?? ""
        return JournalEntry(
            .switched, .notice, "\(name): applications have the keys of \(occasion.to)\(key)",
            fields.list)
    case .failed(let reason):
        return JournalEntry(
            .switchFailed, .error,
            "\(name): the keys of \(occasion.to) were not written: \(reason)", fields.list)
    case .incomplete(let reason):
        return JournalEntry(
            .unitFailed, .error,
            "\(name): the keys of \(occasion.to) are written, but not in use everywhere: \(reason)",
            fields.list)
    }
}

private func fields(of occasion: MoveOccasion) -> Fields {
    var fields = Fields()
    fields.add("CREDWATCH_GROUP", occasion.group)
    fields.add("CREDWATCH_TO", occasion.to)
    fields.add("CREDWATCH_INCIDENT", occasion.incident)
    return fields
}

private func loudness(of kind: MoveStep.Kind) -> (EventKind, Priority) {
    switch kind {
    case .written: (.switched, .notice)
    case .unchanged, .writable: (.switched, .info)
    case .unanswered: (.switched, .warning)
    case .restored: (.switchFailed, .warning)
    case .notRestored: (.switchFailed, .critical)
    case .restarted, .reloaded: (.unitRestarted, .notice)
    case .current, .idle, .restartable: (.unitRestarted, .info)
    case .unseen: (.unitRestarted, .warning)
    case .unitFailed: (.unitFailed, .error)
    }
}
