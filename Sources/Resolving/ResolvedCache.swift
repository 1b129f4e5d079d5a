import Model
import Synchronization

/// What profiles with static keys resolved to, for as long as the shared files stay what they are.
///
/// Only outcomes that nothing but the files and the configuration can change belong here. The files'
/// content is in memory all the while, so no secret stays longer than it would.
final class ResolvedCache: Sendable {
    private final class Entry: Sendable {
        let profile: ProfileConfiguration
        let resolved: ResolvedProfile

        init(_ profile: ProfileConfiguration, _ resolved: ResolvedProfile) {
            self.profile = profile
            self.resolved = resolved
        }
    }

    private struct State: Sendable {
        var files: SharedFiles?
        var entries: [String: Entry] = [:]
    }

    private let state = Mutex(State())

    /// Returns what a profile resolved to from these very files, if it was kept.
    func resolved(_ profile: ProfileConfiguration, from files: SharedFiles) -> ResolvedProfile? {
        let entry = state.withLock { state in
            state.files === files ? state.entries[profile.name] : nil
        }
        guard let entry, entry.profile == profile else { return nil }
        return entry.resolved
    }

    /// Keeps an outcome; what came from other files is forgotten.
    func keep(
        _ resolved: ResolvedProfile, of profile: ProfileConfiguration, from files: SharedFiles
    ) {
        let entry = Entry(profile, resolved)
        state.withLock { state in
            if state.files !== files { state = State(files: files) }
            state.entries[profile.name] = entry
        }
    }
}
