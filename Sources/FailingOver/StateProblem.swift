package import Model

/// Why the state cannot be kept or taken up; closed, each with the path that it concerns.
package enum StateProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The state directory does not exist and cannot be made, or is no directory.
    case directoryUnusable(path: String, reason: String)
    /// Somebody else may change what is in the state directory.
    case directoryUnsafe(path: String, reason: String)
    /// Another process uses the state directory; its number, when it could be read.
    case locked(path: String, pid: Int32?)
    /// The state file is there and cannot be read; nothing is known about what is in it.
    case unreadable(path: String, reason: String)
    /// The state file cannot be used, and it could not be given another name.
    case notSetAside(path: String, reason: String)
    /// Nothing was saved; the file from before is whole.
    case notSaved(path: String, reason: String)

    /// What is wrong in few words, for a status line.
    package var clause: String {
        switch self {
        case .directoryUnusable(_, let reason), .directoryUnsafe(_, let reason),
            .unreadable(_, let reason), .notSetAside(_, let reason), .notSaved(_, let reason):
            "state file not written: \(reason)"
        case .locked: "state file not written: its directory is in use"
        }
    }

    /// What is wrong, as a sentence.
    package var description: String {
        switch self {
        case .directoryUnusable(let path, let reason):
            "The state directory \(path) cannot be used: \(reason)."
                + (reason.holds("Read-only file system")
                    ? " Under systemd, StateDirectory= or ReadWritePaths= says where may be written."
                    : "")
        case .directoryUnsafe(let path, let reason):
            "The state directory \(path) is not safe: \(reason)."
        case .locked(let path, let pid):
            "The state directory \(path) is in use by "
                + (pid.map { "the process \($0)." } ?? "another process.")
        case .unreadable(let path, let reason):
            "The state file \(path) cannot be read: \(reason)."
        case .notSetAside(let path, let reason):
            "The state file \(path) cannot be used (\(reason)), nor can it be renamed."
        case .notSaved(let path, let reason):
            "The state file \(path) cannot be written: \(reason)."
        }
    }
}

/// What was found where something is kept.
package enum Loaded<Value: Sendable & Hashable>: Sendable, Hashable {
    /// There is no file: a first start.
    case nothing
    case remembered(Value)
    /// The file cannot be used and now has the name `newPath`; `reason` is a clause with the place.
    case setAside(path: String, newPath: String, reason: String)
}

package typealias LoadedState = Loaded<RememberedState>
package typealias LoadedHistory = Loaded<[RememberedHistory]>
package typealias LoadedSwitches = Loaded<[RememberedSwitch]>
