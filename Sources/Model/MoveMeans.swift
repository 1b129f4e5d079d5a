/// What moves the applications of a group, and the words for it; raw values are those of the status file.
package enum MoveMeans: String, Sendable, Hashable, CaseIterable {
    /// It is only said which credential is in use, or handed out.
    case nothing
    case hook
    /// The built-in switcher.
    case files = "switch"
    /// The switcher, and the hook once that has succeeded.
    case filesAndHook = "switch_and_hook"

    /// What a run is called: `switch and hook`.
    package var name: String {
        switch self {
        case .nothing: "move"
        case .hook: "hook"
        case .files: "switch"
        case .filesAndHook: "switch and hook"
        }
    }

    /// Says that an attempt is under way, as a clause.
    package var progress: String {
        switch self {
        case .nothing: "the move goes on"
        case .hook: "the hook runs"
        case .files: "the files are being switched"
        case .filesAndHook: "the files are being switched, then the hook runs"
        }
    }

    /// Says that no further attempt is made, as a clause.
    package var abandonment: String {
        switch self {
        case .nothing, .filesAndHook: "nothing is moved any more"
        case .hook: "the hook is not run any more"
        case .files: "the files are not switched any more"
        }
    }

    /// Says what so many attempts came to, of which the last ended that way, as a clause; nil is not known.
    package func failure(after attempts: Int, _ last: HookResult?) -> String {
        let times = "\(attempts) \(attempts == 1 ? "attempt" : "attempts")"
        return switch last {
        case .switchFailed(let reason)?: "nothing could be switched in \(times): \(reason)"
        case .incomplete(let reason)?: "the files are switched, but after \(times) \(reason)"
        case .exited?, .killed?, .timedOut?, .notStarted?, .interrupted?, nil:
            "the \(name) failed in \(times)"
        }
    }
}

extension GroupConfiguration {
    /// What moves its applications.
    package var means: MoveMeans {
        switch (switchTargets.isEmpty, hook == nil) {
        case (true, true): .nothing
        case (true, false): .hook
        case (false, true): .files
        case (false, false): .filesAndHook
        }
    }
}
