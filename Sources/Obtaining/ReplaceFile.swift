import CLinux
import Glibc
import Model

/// Puts a new content in the place of a small file's old one, as a whole or not at all.
///
/// False when the file holds something else than `old` by now: somebody else was quicker, and it is left
/// as it is. The new file has the owner of the old one and mode 0600, whatever the old one had: it holds
/// secrets. It is written with the rights of the user, as in ``readSmallFile(_:for:limit:within:)``, and
/// never through a symbolic link that belongs to somebody else.
func replaceSmallFile(
    _ path: String, _ old: Secret, by new: Secret, for user: UInt32?, within limit: Duration
) async -> Result<Bool, FileRefusal> {
    await offThread(key: path, within: limit) {
        withFileRights(of: user) { trusted in
            do throws(FileRefusal) {
                return .success(try replace(path, old, by: new, trusting: trusted))
            } catch {
                return .failure(error)
            }
        }
    } ?? .failure(.timedOut)
}

private func replace(
    _ path: String, _ old: Secret, by new: Secret, trusting trusted: UInt32?
) throws(FileRefusal) -> Bool {
    let file = try openOwned(path, trusting: trusted)
    defer { close(file) }
    let status = try look(at: file)
    guard Int(status.st_size) == old.count,
        Secret(bytes: try contents(of: file, limit: old.count)) == old
    else { return false }

    // Where it really lies: what was a link on the way stays one.
    let place = try realPath(of: file)
    let directory = open(String(place.directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw .unreadable(text(errno)) }
    defer { close(directory) }
    var found = stat()
    guard fstatat(directory, place.name, &found, AT_SYMLINK_NOFOLLOW) == 0,
        found.st_dev == status.st_dev, found.st_ino == status.st_ino
    else { throw .unreadable("its directory cannot be told") }

    // No tool takes it for a login, for it does not end in .json.
    let temporary = ".\(place.name).credwatch-\(getpid())"
    unlinkat(directory, temporary, 0)
    do throws(FileRefusal) {
        try write(new, to: temporary, in: directory, owner: status)
        guard renameat(directory, temporary, directory, place.name) == 0 else {
            throw .unreadable(text(errno))
        }
    } catch {
        unlinkat(directory, temporary, 0)
        throw error
    }
    // The new file is in place; if it survives a power cut is the file system's business from here.
    fsync(directory)
    return true
}

/// Opens a file, and refuses links of other users than root and the file's own.
private func openOwned(_ path: String, trusting trusted: UInt32?) throws(FileRefusal) -> Int32 {
    if let trusted { return try openRegularFile(path, trusting: trusted) }
    let file = try openRegularFile(path, trusting: nil)
    defer { close(file) }
    return try openRegularFile(path, trusting: look(at: file).st_uid, linksOnly: true)
}

private func write(
    _ content: Secret, to name: String, in directory: Int32, owner: stat
) throws(FileRefusal) {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let file = openat(directory, name, flags, 0o600)
    guard file >= 0 else { throw .unreadable(text(errno)) }
    defer { close(file) }
    let isOurs = try look(at: file).st_uid == owner.st_uid
    guard isOurs || fchown(file, owner.st_uid, owner.st_gid) == 0 else {
        throw .unreadable("it would change its owner")
    }
    let code = content.withBytes { bytes -> Int32 in
        var rest = UnsafeRawBufferPointer(bytes)[...]
        while !rest.isEmpty {
            let count = Glibc.write(
                file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count < 0 ? errno : EIO }
            rest = rest.dropFirst(count)
        }
        return fsync(file) == 0 ? 0 : errno
    }
    guard code == 0 else { throw .unreadable(text(code)) }
}

private func look(at file: Int32) throws(FileRefusal) -> stat {
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .unreadable(text(errno)) }
    return status
}

/// The directory and the name of an open file, without any link.
private func realPath(
    of file: Int32
) throws(FileRefusal) -> (directory: Substring, name: String) {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = buffer.withUnsafeMutableBytes { room in
        room.baseAddress.map { readlink("/proc/self/fd/\(file)", $0, room.count) } ?? -1
    }
    let path = String(decoding: buffer[..<max(count, 0)], as: UTF8.self)
    guard count > 0, let slash = path.lastIndex(of: "/") else { throw .unreadable(text(errno)) }
    return (path[...slash], String(path[path.index(after: slash)...]))
}
