package import Model

/// Makes the entry of the daily summary.
///
/// A notice when everything is healthy, else a warning.
package func entry(forSummaryOf document: StatusDocument) -> JournalEntry {
    var fields = Fields()
    fields.add("CREDWATCH_OVERALL", document.overall.rawValue)
    for state in ProfileState.allCases {
        let count = document.profiles.count { $0.state == state }
        fields.add("CREDWATCH_\(state.rawValue.uppercased())", count)
    }
    return JournalEntry(
        .dailySummary, document.overall == .healthy ? .notice : .warning,
        "daily summary: \(counts(of: document, naming: 10))", fields.list)
}

/// Makes the entry for a status file that could not be written.
package func entry(for problem: StatusFileProblem) -> JournalEntry {
    var fields = Fields()
    fields.add("CREDWATCH_STATUS_FILE", problem.path)
    fields.add("CREDWATCH_OPERATION", problem.operation.rawValue)
    fields.add("ERRNO", Int(problem.code))
    return JournalEntry(.statusFileFailed, .error, problem.description, fields.list)
}

/// Makes the entry for a status file that is written again.
package func entry(forRestored path: String, after length: Duration) -> JournalEntry {
    JournalEntry(
        .statusFileRestored, .notice, "\(path) is written again after \(length.rough)",
        [JournalEntry.Field("CREDWATCH_STATUS_FILE", path)])
}
