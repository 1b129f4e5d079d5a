import Glibc

/// An open and locked state directory.
///
/// The lock is held by flock, which ends with the process, so a crash leaves nothing to clean up.
final class StateDirectory: Sendable {
    private let directory: FileHandle
    private let lock: FileHandle

    var number: Int32 { directory.number }

    /// Opens a directory, which is made when its parent exists, and locks it.
    init(_ path: String) throws(StateProblem) {
        directory = try openDirectory(path)
        try checkSafety(of: directory.number, path)
        lock = try lockDirectory(directory.number, path)
    }

    func sync() throws(SystemError) {
        try directory.sync()
    }

    /// Whether there is an entry of this name, a symbolic link that leads nowhere included.
    func holds(_ name: String) -> Bool {
        var status = stat()
        return fstatat(number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT
    }

    func rename(_ name: String, to newName: String) throws(SystemError) {
        guard renameat(number, name, number, newName) == 0 else { throw SystemError("rename") }
    }

    func remove(_ name: String) {
        unlinkat(number, name, 0)
    }
}

private func openDirectory(_ path: String) throws(StateProblem) -> FileHandle {
    do throws(SystemError) {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw SystemError("mkdir") }
        return try FileHandle(directory: path)
    } catch {
        throw .directoryUnusable(path: path, reason: error.reason)
    }
}

private func checkSafety(of directory: Int32, _ path: String) throws(StateProblem) {
    var status = stat()
    guard fstat(directory, &status) == 0 else {
        throw .directoryUnusable(path: path, reason: SystemError("fstat").reason)
    }
    if let writers = otherWriters(of: status, stickyProtects: false) {
        throw .directoryUnsafe(path: path, reason: "\(writers) may change what is in it")
    }
}

private func lockDirectory(_ directory: Int32, _ path: String) throws(StateProblem) -> FileHandle {
    do throws(SystemError) {
        let lock = try FileHandle("lock", in: directory, O_RDWR | O_CREAT, mode: 0o600)
        guard flock(lock.number, LOCK_EX | LOCK_NB) == 0 else { throw SystemError("flock") }
        // The number only serves the message of whoever comes second: a full disk is no reason to stop.
        ftruncate(lock.number, 0)
        try? lock.write(Array("\(getpid())\n".utf8))
        return lock
    } catch {
        guard error.code == EWOULDBLOCK else {
            throw .directoryUnusable(path: path, reason: "lock: \(error.reason)")
        }
        throw .locked(path: path, pid: lockHolder(directory))
    }
}

private func lockHolder(_ directory: Int32) -> Int32? {
    do throws(SystemError) {
        let text = try FileHandle("lock", in: directory, O_RDONLY).read(limit: 32)
        return Int32(String(decoding: text.prefix { (0x30...0x39).contains($0) }, as: UTF8.self))
    } catch {
        return nil
    }
}
