import Model
import Synchronization

/// What profiles resolved to, for as long as the shared files stay what they are.
///
/// Nothing but the files and the configuration can change what is here. The files' content is in memory
/// all the while, so no secret stays longer than it would.
final class ResolvedCache: Sendable {
    private final class Entry: Sendable {
        let profile: ProfileConfiguration
        let resolution: Resolution

        init(_ profile: ProfileConfiguration, _ resolution: Resolution) {
            self.profile = profile
            self.resolution = resolution
        }
    }

    private struct State: Sendable {
        var files: SharedFiles?
        var entries: [String: Entry] = [:]
    }

    private let state = Mutex(State())

    /// Returns what a profile resolved to from these very files, if it was kept.
    func resolution(
        of profile: ProfileConfiguration, from files: SharedFiles
    ) -> Resolution? {
        let entry = state.withLock { state in
            state.files === files ? state.entries[profile.name] : nil
        }
        guard let entry, entry.profile == profile else { return nil }
        return entry.resolution
    }

    /// Keeps an outcome; what came from other files is forgotten.
    func keep(
        _ resolution: Resolution, of profile: ProfileConfiguration, from files: SharedFiles
    ) {
        let entry = Entry(profile, resolution)
        state.withLock { state in
            if state.files !== files { state = State(files: files) }
            state.entries[profile.name] = entry
        }
    }
}
