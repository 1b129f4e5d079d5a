import Model
import Synchronization

/// The profiles whose keys have signed requests of a report, by the id of the key.
final class DoctorSigners: Sendable {
    private let known = Mutex<[String: String]>([:])

    /// Notes whose key a check used.
    func note(_ result: CheckResult) {
        guard let id = result.accessKeyID else { return }
        known.withLock { known in
            if known[id] == nil { known[id] = result.profile }
        }
    }

    /// The names so far.
    var names: [String: String] { known.withLock(\.self) }
}
