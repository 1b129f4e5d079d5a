import Glibc
package import Model

/// Finds what would keep a hook from running, or let others change what runs; empty when all is well.
///
/// Each finding is a sentence. To be asked at start, at a reload and by `credwatch validate`: on the day
/// of the failover it is too late.
package func inspectHook(_ hook: HookConfiguration) -> [String] {
    guard let path = hook.command.first, path.utf8.first == 0x2F else {
        return ["The hook's command names no program by its absolute path."]
    }
    var walk = PathWalk()
    guard let target = walk.follow(path) else { return walk.findings }
    var findings = walk.findings
    guard target.status.st_mode & S_IFMT == S_IFREG else {
        return findings + ["\(path) is not a regular file."]
    }
    if let writers = otherWriters(of: target.status, stickyProtects: false) {
        findings.append(
            "\(target.path) can be changed by \(writers) and would run as this service.")
    }
    // The effective user counts, as it does for exec.
    if faccessat(AT_FDCWD, target.path, X_OK, AT_EACCESS) != 0 {
        let reason =
            target.status.st_mode & 0o111 == 0
            ? "chmod +x is missing" : systemText(errno)
        findings.append("\(target.path) cannot be executed by the user \(geteuid()): \(reason).")
    }
    return findings + inspectBeginning(of: target.path)
}

/// Names who besides root and this process's user may write a file or directory; nil for nobody.
///
/// In a sticky directory only the owner of an entry can replace it.
func otherWriters(of status: stat, stickyProtects: Bool) -> String? {
    if status.st_uid != 0, status.st_uid != geteuid() {
        return "user \(status.st_uid), the owner,"
    }
    if stickyProtects, status.st_mode & S_ISVTX != 0 { return nil }
    if status.st_mode & S_IWOTH != 0 { return "anyone" }
    if status.st_mode & S_IWGRP != 0, status.st_gid != 0 { return "the group \(status.st_gid)" }
    return nil
}

/// A walk to a file through every directory and symbolic link, which notes what others may change.
private struct PathWalk {
    private static let mostLinks = 40

    private(set) var findings: [String] = []

    /// Goes to the end of an absolute path; nil, with a finding, when there is nothing.
    mutating func follow(_ path: String) -> (path: String, status: stat)? {
        var rest = path.split(separator: "/").map(String.init)[...]
        var here = "/"
        var links = 0
        var status = stat()
        guard lstat("/", &status) == 0 else { return nil }
        while let name = rest.popFirst() {
            if name == "." { continue }
            if name == ".." {
                here = parent(of: here)
                continue
            }
            checkDirectory(here)
            let next = here == "/" ? "/" + name : here + "/" + name
            guard lstat(next, &status) == 0 else {
                let reason = errno == ENOENT ? "does not exist" : "cannot be reached"
                let end = errno == ENOENT ? "" : ": \(systemText(errno))"
                let via = next == path ? "" : " (on the way to \(path))"
                findings.append("\(next) \(reason)\(via)\(end).")
                return nil
            }
            guard status.st_mode & S_IFMT == S_IFLNK else {
                here = next
                continue
            }
            if status.st_uid != 0, status.st_uid != geteuid() {
                findings.append(
                    "The hook can be replaced by user \(status.st_uid), who owns the link \(next).")
            }
            links += 1
            guard links <= Self.mostLinks, let target = readLink(next) else {
                findings.append("\(path) leads through symbolic links that have no end.")
                return nil
            }
            rest = target.split(separator: "/").map(String.init)[...] + rest
            if target.utf8.first == 0x2F { here = "/" }
        }
        guard lstat(here, &status) == 0 else { return nil }
        return (here, status)
    }

    private mutating func checkDirectory(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0,
            let writers = otherWriters(of: status, stickyProtects: true)
        else { return }
        let finding = "The hook can be replaced by \(writers) through \(path)."
        if !findings.contains(finding) { findings.append(finding) }
    }

    private func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    private func readLink(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = readlink(path, &buffer, buffer.count)
        guard count > 0, count < buffer.count else { return nil }
        return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
