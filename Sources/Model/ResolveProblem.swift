/// Why a profile yields no credentials, with the place; found before any request is sent.
package enum ResolveProblem: Error, Sendable, Hashable {
    /// No file has the profile. `candidates` are the names that exist, nearest first, at most 5.
    case profileMissing(name: String, searched: [String], candidates: [String])
    /// Neither the environment nor the profile `default` has credentials.
    case noSource(searched: [String])
    /// A file that exists cannot be read; `reason` is the system's own text.
    case fileUnreadable(path: String, reason: String, hint: FileHint)
    /// A file cannot be parsed; it hides every profile in it.
    case fileMalformed(SourceLocation, what: String)
    /// One half of a key is there and the other is not.
    case incomplete(missing: String, present: Provenance)
    /// The profile names a source that this version does not resolve, like `sso_session`.
    case unsupportedSource(property: String, SourceLocation)
    /// A region, endpoint or other setting that is not a credential has an impossible value.
    case badSetting(name: String, what: String, Provenance)
    /// The profiles do not lead to a credential: a loop, a source that is missing or named twice; a
    /// clause, and the line that says so.
    case badChain(what: String, Provenance)
    /// A role wants a code from a person's device, which a daemon does not have.
    case needsMFA(serial: Provenance)
    /// Another process's environment, or a file of it, cannot be looked at; `subject` is `app.service`.
    case surroundings(subject: String, what: String, hint: String)
    /// Reading took longer than the check's time limit.
    case timedOut(path: String)
}
