import CLinux
import Glibc

/// Why a directory could not be opened, as the system's errno.
struct DirectoryProblem: Error {
    var code: Int32
}

/// Opens a directory, one step of its path after the other, for files that are replaced in it.
///
/// A symbolic link on the way counts only when it belongs to root or to this user, else the problem is
/// `ELOOP`: whoever else may write to a directory on the way could lead us to replace or remove a file of
/// the same name anywhere. Each step is looked at through the descriptor that the next one starts from.
func openDirectory(_ path: String) throws(DirectoryProblem) -> Int32 {
    var place = try step(AT_FDCWD, path.hasPrefix("/") ? "/" : ".")
    defer { close(place) }
    var names = steps(path)
    var links = 0
    while let name = names.popLast() {
        let next = try step(place, name)
        var information = stat()
        guard fstat(next, &information) == 0 else { throw failure(closing: next) }
        guard information.st_mode & S_IFMT == S_IFLNK else {
            close(place)
            place = next
            continue
        }
        links += 1
        let isTrusted = information.st_uid == 0 || information.st_uid == geteuid()
        guard isTrusted, links <= mostLinks else {
            close(next)
            throw DirectoryProblem(code: ELOOP)
        }
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = readlinkat(next, "", &buffer, buffer.count)
        guard count > 0 else { throw failure(closing: next) }
        close(next)
        let target = String(decoding: buffer[..<count], as: UTF8.self)
        if target.hasPrefix("/") {
            let root = try step(AT_FDCWD, "/")
            close(place)
            place = root
        }
        names += steps(target)
    }
    let descriptor = openat(place, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw DirectoryProblem(code: errno) }
    return descriptor
}

/// As many as the kernel follows.
private let mostLinks = 40

/// Opens a name in a directory to be looked at only, a link itself.
private func step(_ directory: Int32, _ name: String) throws(DirectoryProblem) -> Int32 {
    let descriptor = credwatch_open_path(directory, name, 0)
    guard descriptor >= 0 else { throw DirectoryProblem(code: errno) }
    return descriptor
}

private func failure(closing descriptor: Int32) -> DirectoryProblem {
    let code = errno
    close(descriptor)
    return DirectoryProblem(code: code)
}

/// The names of a path, the next one last.
private func steps(_ path: String) -> [String] {
    path.split(separator: "/").reversed().map(String.init)
}
