package import Model

/// Returns a diagnosis for people: what it is, how sure that is, what to do, what was seen, and what else it
/// could be.
///
/// `source` says which credential it is about: the first thing that was seen.
func notes(on diagnosis: Diagnosis, about source: String?) -> [Note] {
    var notes = [
        Note(diagnosis.summary), Note("sure: \(words(for: diagnosis.confidence))"),
    ]
    if !diagnosis.remedy.isEmpty { notes.append(Note("do: \(diagnosis.remedy)")) }
    notes += diagnosis.commands.map { Note($0, depth: 2, isWhole: true) }
    let seen = [source].compactMap(\.self) + diagnosis.evidence.map { text(of: $0) }
    if !seen.isEmpty { notes.append("seen:") }
    notes += seen.prefix(seenLimit).map { Note($0, depth: 2) }
    if seen.count > seenLimit {
        notes.append(Note("and \(seen.count - seenLimit) more, see --json", depth: 2))
    }
    if !diagnosis.others.isEmpty { notes.append("it could also be:") }
    for other in diagnosis.others {
        notes.append(Note("\(other.cause.title): \(other.what)", depth: 2))
        notes.append(Note("to tell: \(other.test)", depth: 3))
    }
    return notes
}

/// How many facts are shown: a screen should hold what matters.
private let seenLimit = 12

/// Says how sure a diagnosis is.
package func words(for confidence: Confidence) -> String {
    switch confidence {
    case .certain: "certain, nothing else fits what was seen"
    case .likely: "likely, something else is possible but rare"
    case .possible: "possible, one of several causes that look the same"
    }
}
