import Glibc
package import Model
import Synchronization

/// The keeper of the state file, alone in its directory for as long as it lives.
///
/// The file `state.json` is only ever replaced as a whole.
package final class StateStore: Sendable {
    private static let fileName = "state.json"
    private static let temporaryName = "state.json.new"
    private static let largest = 64 << 20

    private let path: String
    /// Nil after the directory was removed, until the next call opens its successor.
    private let directory: Mutex<StateDirectory?>

    private var filePath: String { path + "/" + Self.fileName }

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
        let directory = try opened()
        var bytes: [UInt8]?
        do throws(SystemError) {
            let file = try FileHandle(Self.fileName, in: directory.number, O_RDONLY)
            bytes = try file.isRegular ? file.read(limit: Self.largest) : nil
        } catch {
            switch error.code {
            case ENOENT: return .nothing
            case ELOOP: return try setAside("it is a symbolic link", directory, now)
            // A socket.
            case ENXIO: bytes = nil
            default: throw .unreadable(path: filePath, reason: error.reason)
            }
        }
        guard let bytes else { return try setAside("it is not a regular file", directory, now) }
        guard bytes.count <= Self.largest else {
            return try setAside("it is larger than \(Self.largest >> 20) MiB", directory, now)
        }
        do throws(StateFormatProblem) {
            return .remembered(try decodeState(bytes))
        } catch {
            return try setAside(error.reason, directory, now)
        }
    }

    /// Writes the state down; when this returns, it survives a power cut.
    ///
    /// When it throws, the file from before is as it was; only if the very last step failed, the sync of
    /// the directory, is it the new one, and a power cut may bring the old one back.
    package func save(_ state: RememberedState) throws(StateProblem) {
        let bytes = encodeState(state)
        let result = directory.withLock { directory in
            Result { () throws(StateProblem) in try save(bytes, &directory) }
        }
        try result.get()
    }

    private func save(_ bytes: [UInt8], _ directory: inout StateDirectory?) throws(StateProblem) {
        let open = try open(&directory)
        do throws(SystemError) {
            // What a crash left behind, or what somebody put there.
            open.remove(Self.temporaryName)
            let file = try FileHandle(
                Self.temporaryName, in: open.number, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            try file.write(bytes)
            try file.sync()
            try open.rename(Self.temporaryName, to: Self.fileName)
            try open.sync()
        } catch {
            open.remove(Self.temporaryName)
            // The directory itself was removed; there may be a new one at the next attempt.
            if error.code == ENOENT { directory = nil }
            throw .notSaved(path: filePath, reason: error.reason)
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

    private func setAside(
        _ reason: String, _ directory: StateDirectory, _ now: WallTime
    ) throws(StateProblem) -> LoadedState {
        let base = "\(Self.fileName).corrupt-\(now.basicISO8601)"
        var name = base
        var number = 1
        // Nobody else renames here while the lock is held, so looking first is enough.
        while directory.holds(name), number < 1_000 {
            number += 1
            name = "\(base)-\(number)"
        }
        do throws(SystemError) {
            guard !directory.holds(name) else { throw SystemError("rename", code: EEXIST) }
            try directory.rename(Self.fileName, to: name)
            try directory.sync()
        } catch {
            throw .notSetAside(path: filePath, reason: "\(reason); \(error.reason)")
        }
        return .setAside(path: filePath, newPath: "\(path)/\(name)", reason: reason)
    }
}
