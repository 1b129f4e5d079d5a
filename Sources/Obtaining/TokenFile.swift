import Model

/// A file that holds a token, and the setting that names it.
struct TokenFile {
    var path: Sourced<String>
    /// The property, and the variable, by which it can be named.
    var setting: String
    var variable: String
    /// The user whose application reads the file; nil for the one that credwatch runs as.
    var user: UInt32?

    /// Reads the whole file.
    func read(within limit: Duration) async throws(ServiceFailure) -> [UInt8] {
        switch await readSmallFile(path.value, for: user, within: max(limit, .milliseconds(1))) {
        case .success(let bytes): return bytes
        case .failure(.missing):
            throw unreadable(
                "there is no such file", hint: "Correct \(name), or put the token there.")
        case .failure(.unreadable(let reason)):
            throw unreadable(reason, hint: "")
        case .failure(.untrusted(let what)):
            throw ServiceFailure(.untrusted("the token file \(path.value): \(what)"))
        case .failure(.tooLarge(let limit)): throw flaw("has more than \(limit) bytes")
        case .failure(.timedOut): throw ServiceFailure(.local(.timedOut(path: path.value)))
        }
    }

    /// Says what is wrong with the file, a clause that goes on after its path.
    func flaw(_ what: String) -> ServiceFailure {
        ServiceFailure(
            .local(
                .badSetting(name: name, what: "the file \(path.value) \(what)", path.provenance)))
    }

    private var name: String {
        if case .environment = path.provenance { variable } else { setting }
    }

    private func unreadable(_ reason: String, hint: FileHint) -> ServiceFailure {
        ServiceFailure(.local(.fileUnreadable(path: path.value, reason: reason, hint: hint)))
    }
}
