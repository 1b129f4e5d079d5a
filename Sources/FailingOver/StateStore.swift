import Glibc
package import Model
import Synchronization

/// The keeper of the state file, alone in its directory for as long as it lives.
///
/// `state.json` is only ever replaced as a whole. `lock` is held by flock, which ends with the process,
/// so a crash leaves nothing to clean up.
package final class StateStore: Sendable {
    private static let fileName = "state.json"
    private static let temporaryName = "state.json.new"
    private static let largest = 64 << 20

    private let path: String
    private let directory: FileHandle
    private let lock: FileHandle
    /// Two savers would share the temporary file.
    private let saving = Mutex(())

    private var filePath: String { path + "/" + Self.fileName }

    /// Opens a state directory, which is made when its parent exists, and locks it.
    package init(directory path: String) throws(StateProblem) {
        self.path = path
        directory = try openDirectory(path)
        lock = try lockDirectory(path, directory.number)
    }

    /// Reads what was saved last.
    ///
    /// A file that cannot be used (cut off, damaged, of a later version, not a file at all) is renamed to
    /// `state.json.corrupt-20261122T140310Z`, never over an older one, and reported.
    package func load(now: WallTime) throws(StateProblem) -> LoadedState {
        let bytes: [UInt8]?
        do throws(SystemError) {
            let file = try FileHandle(Self.fileName, in: directory.number, O_RDONLY)
            let isRegular = try file.status().st_mode & S_IFMT == S_IFREG
            bytes = isRegular ? try file.read(limit: Self.largest) : nil
        } catch {
            switch error.code {
            case ENOENT: return .nothing
            case ELOOP: return try setAside("it is a symbolic link", now)
            case ENXIO: return try setAside("it is not a regular file", now)
            default: throw .unreadable(path: filePath, reason: error.reason)
            }
        }
        guard let bytes else { return try setAside("it is not a regular file", now) }
        guard bytes.count <= Self.largest else {
            return try setAside("it is larger than \(Self.largest >> 20) MiB", now)
        }
        do throws(StateFormatProblem) {
            return .remembered(try decodeState(bytes))
        } catch {
            return try setAside(error.reason, now)
        }
    }

    /// Writes the state down; when this returns, it survives a power cut.
    ///
    /// When it throws, the file from before is as it was, unless only the directory could not be synced:
    /// then a power cut may bring the old one back.
    package func save(_ state: RememberedState) throws(StateProblem) {
        let bytes = encodeState(state)
        let failure = saving.withLock { _ in write(bytes) }
        if let failure { throw .notSaved(path: filePath, reason: failure.reason) }
    }

    private func write(_ bytes: [UInt8]) -> SystemError? {
        let directory = directory.number
        do throws(SystemError) {
            // What a crash left behind, or what somebody put there.
            unlinkat(directory, Self.temporaryName, 0)
            let file = try FileHandle(
                Self.temporaryName, in: directory, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            try file.write(bytes)
            try file.sync()
            guard renameat(directory, Self.temporaryName, directory, Self.fileName) == 0 else {
                throw SystemError("rename")
            }
            try self.directory.sync()
            return nil
        } catch {
            unlinkat(directory, Self.temporaryName, 0)
            return error
        }
    }

    private func setAside(_ reason: String, _ now: WallTime) throws(StateProblem) -> LoadedState {
        let base = "\(Self.fileName).corrupt-\(now.basicISO8601)"
        for number in 1...1_000 {
            let name = number == 1 ? base : "\(base)-\(number)"
            var status = stat()
            // Nobody else renames here while the lock is held, so looking first is enough.
            if fstatat(directory.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { continue }
            guard errno == ENOENT,
                renameat(directory.number, Self.fileName, directory.number, name) == 0
            else { break }
            fsync(directory.number)
            return .setAside(path: filePath, newPath: "\(path)/\(name)", reason: reason)
        }
        throw .notSetAside(path: filePath, reason: "\(reason); \(systemText(errno))")
    }
}

private func openDirectory(_ path: String) throws(StateProblem) -> FileHandle {
    let directory: FileHandle
    let status: stat
    do throws(SystemError) {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw SystemError("mkdir") }
        directory = try FileHandle(directory: path)
        status = try directory.status()
    } catch {
        throw .directoryUnusable(path: path, reason: error.reason)
    }
    if let writers = otherWriters(of: status, stickyProtects: false) {
        throw .directoryUnsafe(path: path, reason: "\(writers) may change what is in it")
    }
    return directory
}

private func lockDirectory(_ path: String, _ directory: Int32) throws(StateProblem) -> FileHandle {
    let lock: FileHandle
    do throws(SystemError) {
        lock = try FileHandle("lock", in: directory, O_RDWR | O_CREAT, mode: 0o600)
    } catch {
        throw .directoryUnusable(path: path, reason: "lock: \(error.reason)")
    }
    guard flock(lock.number, LOCK_EX | LOCK_NB) == 0 else {
        guard errno == EWOULDBLOCK else {
            throw .directoryUnusable(path: path, reason: SystemError("flock").reason)
        }
        let text = (try? lock.read(limit: 32)) ?? []
        let digits = text.prefix { (0x30...0x39).contains($0) }
        throw .locked(path: path, pid: Int32(String(decoding: digits, as: UTF8.self)))
    }
    // The number only serves the message of whoever comes second, so a full disk is no reason to stop.
    ftruncate(lock.number, 0)
    try? lock.write(Array("\(getpid())\n".utf8))
    return lock
}
