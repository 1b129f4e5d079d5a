import Glibc
package import Model
import Synchronization

/// A file of the state directory.
private struct KeptFile {
    let name: String
    /// What is larger is not ours.
    let largest: Int

    var temporaryName: String { name + ".new" }

    static let state = KeptFile(name: "state.json", largest: 64 << 20)
    static let history = KeptFile(name: "history.json", largest: 16 << 20)
    static let switches = KeptFile(name: "switches.json", largest: 16 << 20)
}

/// The keeper of the state file and of the history, alone in its directory for as long as it lives.
///
/// The files `state.json` and `history.json` are only ever replaced as a whole.
package final class StateStore: Sendable {
    private let path: String
    /// Nil after the directory was removed, until the next call opens its successor.
    private let directory: Mutex<StateDirectory?>

    private func filePath(_ file: KeptFile) -> String { path + "/" + file.name }

    /// Opens a state directory, which is made when its parent exists, and locks it against other daemons.
    package init(directory path: String) throws(StateProblem) {
        self.path = path
        directory = Mutex(try StateDirectory(path))
    }

    /// Reads what was saved last.
    ///
    /// A file that cannot be used (cut off, damaged, of a later version, not a file at all) is renamed to
    /// `state.json.corrupt-20261122T140310Z`, never over an older one, and reported. It throws when the
    /// file is there and neither can be read nor renamed.
    package func load(now: WallTime) throws(StateProblem) -> LoadedState {
        try load(.state, now, decodeState)
    }

    /// Reads the history that was saved last; a file that cannot be used is set aside as with ``load(now:)``.
    package func loadHistory(now: WallTime) throws(StateProblem) -> LoadedHistory {
        try load(.history, now, decodeHistory)
    }

    /// Reads what was saved last of switched keys; a file that cannot be used is set aside as with
    /// ``load(now:)``.
    package func loadSwitches(now: WallTime) throws(StateProblem) -> LoadedSwitches {
        try load(.switches, now, decodeSwitches)
    }

    private func load<Value>(
        _ kept: KeptFile, _ now: WallTime,
        _ decode: ([UInt8]) throws(StateFormatProblem) -> Value
    ) throws(StateProblem) -> Loaded<Value> {
        let directory = try opened()
        var bytes: [UInt8]?
        do throws(SystemError) {
            let file = try FileHandle(kept.name, in: directory.number, O_RDONLY)
            bytes = try file.isRegular ? file.read(limit: kept.largest) : nil
        } catch {
            switch error.code {
            case ENOENT: return .nothing
            case ELOOP: return try setAside(kept, "it is a symbolic link", directory, now)
            // A socket.
            case ENXIO: bytes = nil
            default: throw .unreadable(path: filePath(kept), reason: error.reason)
            }
        }
        guard let bytes else {
            return try setAside(kept, "it is not a regular file", directory, now)
        }
        guard bytes.count <= kept.largest else {
            let limit = kept.largest >> 20
            return try setAside(kept, "it is larger than \(limit) MiB", directory, now)
        }
        do throws(StateFormatProblem) {
            return .remembered(try decode(bytes))
        } catch {
            return try setAside(kept, error.reason, directory, now)
        }
    }

    /// Writes the state down; when this returns, it survives a power cut.
    ///
    /// When it throws, the file from before is as it was; only if the very last step failed, the sync of
    /// the directory, is it the new one, and a power cut may bring the old one back.
    package func save(_ state: RememberedState) throws(StateProblem) {
        try save(encodeState(state), .state)
    }

    /// Writes the last hours of the profiles down, as ``save(_:)`` does.
    package func saveHistory(_ histories: [RememberedHistory]) throws(StateProblem) {
        try save(encodeHistory(histories), .history)
    }

    /// Writes down what is known of switched keys, as ``save(_:)`` does.
    package func saveSwitches(_ switches: [RememberedSwitch]) throws(StateProblem) {
        try save(encodeSwitches(switches), .switches)
    }

    private func save(_ bytes: [UInt8], _ kept: KeptFile) throws(StateProblem) {
        let result = directory.withLock { directory in
            Result { () throws(StateProblem) in try save(bytes, kept, &directory) }
        }
        try result.get()
    }

    private func save(
        _ bytes: [UInt8], _ kept: KeptFile, _ directory: inout StateDirectory?
    ) throws(StateProblem) {
        let open = try open(&directory)
        do throws(SystemError) {
            // What a crash left behind, or what somebody put there.
            open.remove(kept.temporaryName)
            let file = try FileHandle(
                kept.temporaryName, in: open.number, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            try file.write(bytes)
            try file.sync()
            try open.rename(kept.temporaryName, to: kept.name)
            try open.sync()
        } catch {
            open.remove(kept.temporaryName)
            // The directory itself was removed; there may be a new one at the next attempt.
            if error.code == ENOENT { directory = nil }
            throw .notSaved(path: filePath(kept), reason: error.reason)
        }
    }

    private func opened() throws(StateProblem) -> StateDirectory {
        let result = directory.withLock { directory in
            Result { () throws(StateProblem) in try open(&directory) }
        }
        return try result.get()
    }

    private func open(_ directory: inout StateDirectory?) throws(StateProblem) -> StateDirectory {
        if let directory { return directory }
        let new = try StateDirectory(path)
        directory = new
        return new
    }

    private func setAside<Value>(
        _ kept: KeptFile, _ reason: String, _ directory: StateDirectory, _ now: WallTime
    ) throws(StateProblem) -> Loaded<Value> {
        let base = "\(kept.name).corrupt-\(now.basicISO8601)"
        var name = base
        var number = 1
        // Nobody else renames here while the lock is held, so looking first is enough.
        while directory.holds(name), number < 1_000 {
            number += 1
            name = "\(base)-\(number)"
        }
        do throws(SystemError) {
            guard !directory.holds(name) else { throw SystemError("rename", code: EEXIST) }
            try directory.rename(kept.name, to: name)
            try directory.sync()
        } catch {
            throw .notSetAside(path: filePath(kept), reason: "\(reason); \(error.reason)")
        }
        return .setAside(path: filePath(kept), newPath: "\(path)/\(name)", reason: reason)
    }
}
