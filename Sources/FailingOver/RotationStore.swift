import Glibc
import Model

/// The journals of rotations, a file for each profile in `rotations` below the state directory.
///
/// The directory and its files belong to the owner of the state directory, also when root makes them. A
/// journal is only ever replaced as a whole, and on the disk when `save` returns.
package final class RotationStore: Sendable {
    private let path: String
    private let directory: FileHandle
    /// Whose the files are to be; nil for whoever runs this.
    private let owner: (user: uid_t, group: gid_t)?

    /// A journal has some hundred bytes, besides its paths.
    private static let largest = 1 << 20

    /// Opens the directory below a state directory; both are made where they are missing.
    package init(stateDirectory: String) throws(StateProblem) {
        path = stateDirectory + "/rotations"
        do throws(SystemError) {
            if mkdir(stateDirectory, 0o700) != 0, errno != EEXIST { throw SystemError("mkdir") }
            let parent = try FileHandle(directory: stateDirectory)
            let parentStatus = try Self.status(parent.number)
            guard parentStatus.st_mode & S_IWOTH == 0,
                parentStatus.st_mode & S_IWGRP == 0 || parentStatus.st_gid == 0
            else {
                throw SystemError("others may write it", code: EPERM)
            }
            owner =
                geteuid() == 0 && parentStatus.st_uid != 0
                ? (parentStatus.st_uid, parentStatus.st_gid) : nil
            if mkdirat(parent.number, "rotations", 0o700) == 0 {
                let made = try FileHandle("rotations", in: parent.number, O_RDONLY | O_DIRECTORY)
                try Self.give(made.number, to: owner)
                try parent.sync()
            } else if errno != EEXIST {
                throw SystemError("mkdir")
            }
            directory = try FileHandle("rotations", in: parent.number, O_RDONLY | O_DIRECTORY)
            let status = try Self.status(directory.number)
            guard status.st_uid == geteuid() || status.st_uid == parentStatus.st_uid,
                status.st_mode & (S_IWOTH | S_IWGRP) == 0
            else { throw SystemError("others may write rotations", code: EPERM) }
        } catch {
            throw .directoryUnusable(path: stateDirectory, reason: error.reason)
        }
    }

    /// Keeps everybody else from a journal for as long as it lives.
    package final class Lock: Sendable {
        private let file: FileHandle

        fileprivate init(_ file: consuming FileHandle) {
            self.file = file
        }
    }

    /// Takes the lock of a name without waiting; throws `locked` when somebody has it.
    package func lock(_ name: String) throws(StateProblem) -> Lock {
        do throws(SystemError) {
            let file = try FileHandle(
                name + ".lock", in: directory.number, O_RDWR | O_CREAT, mode: 0o600)
            // Its directory may belong to a user with fewer rights, who must not be given a file of others.
            let status = try Self.status(file.number)
            guard status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1,
                status.st_uid == geteuid() || status.st_uid == owner?.user
            else { throw SystemError("it is a file of others", code: EPERM) }
            if status.st_uid != owner?.user { try Self.give(file.number, to: owner) }
            guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else { throw SystemError("flock") }
            return Lock(file)
        } catch {
            let place = "\(path)/\(name).lock"
            if error.code == EWOULDBLOCK { throw .locked(path: place, pid: nil) }
            throw .directoryUnusable(path: place, reason: error.reason)
        }
    }

    /// Reads a journal; nil when there is none.
    package func load(_ name: String) throws(StateProblem) -> [UInt8]? {
        do throws(SystemError) {
            let file = try FileHandle(name + ".json", in: directory.number, O_RDONLY)
            guard try file.isRegular else { throw SystemError("it is no file", code: EINVAL) }
            let bytes = try file.read(limit: Self.largest)
            guard bytes.count <= Self.largest else { throw SystemError("read", code: EFBIG) }
            return bytes
        } catch {
            if error.code == ENOENT { return nil }
            throw .unreadable(path: "\(path)/\(name).json", reason: error.reason)
        }
    }

    /// Writes a journal down; when this returns, it survives a power cut.
    package func save(_ bytes: [UInt8], _ name: String) throws(StateProblem) {
        let temporary = name + ".json.new"
        do throws(SystemError) {
            unlinkat(directory.number, temporary, 0)
            let file = try FileHandle(
                temporary, in: directory.number, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            try file.write(bytes)
            try Self.give(file.number, to: owner)
            try file.sync()
            guard renameat(directory.number, temporary, directory.number, name + ".json") == 0
            else { throw SystemError("rename") }
            try directory.sync()
        } catch {
            unlinkat(directory.number, temporary, 0)
            throw .notSaved(path: "\(path)/\(name).json", reason: error.reason)
        }
    }

    /// Removes a journal, if it is there.
    package func remove(_ name: String) throws(StateProblem) {
        do throws(SystemError) {
            guard unlinkat(directory.number, name + ".json", 0) == 0 || errno == ENOENT else {
                throw SystemError("unlink")
            }
            try directory.sync()
        } catch {
            throw .notSaved(path: "\(path)/\(name).json", reason: error.reason)
        }
    }

    private static func status(_ number: Int32) throws(SystemError) -> stat {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw SystemError("fstat") }
        return status
    }

    private static func give(
        _ number: Int32, to owner: (user: uid_t, group: gid_t)?
    ) throws(SystemError) {
        guard let owner else { return }
        guard fchown(number, owner.user, owner.group) == 0 else { throw SystemError("fchown") }
    }
}
