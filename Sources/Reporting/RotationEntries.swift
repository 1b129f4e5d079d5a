package import Model

/// Makes the entry for a run of a rotation; nil when there is nothing to tell.
///
/// `sentences` is what the run has reported, the last one its end.
package func entry(
    forRotationOf profile: String, _ sentences: [String], isDone: Bool
) -> JournalEntry? {
    guard let last = sentences.last else { return nil }
    var fields = Fields()
    fields.add("CREDWATCH_PROFILE", profile)
    fields.add("CREDWATCH_REASON", isDone ? nil : last)
    let text = sentences.joined(separator: " ")
    return JournalEntry(
        isDone ? .keyRotated : .rotationFailed, isDone ? .notice : .warning,
        isDone ? "\(profile): \(text)" : "The key of \(profile) was not rotated: \(text)",
        fields.list)
}
