import CLinux
import Glibc

/// Says who besides root could change a file, or put another in its place; nil for nobody.
///
/// For a privileged half that believes a config: every directory on the way, every symbolic link and the
/// file itself have to be root's, and writable by root alone. A clause: `/etc/credwatch may be written by
/// its group`.
func writersBesidesRoot(of path: String) -> String? {
    guard path.utf8.first == 0x2F else { return "\(path) is no absolute path" }
    var rest = path.split(separator: "/").map(String.init)[...]
    var here = ""
    var links = 0
    var status = stat()
    if let reason = writersBesidesRoot(ofEntry: "/", isLink: false) { return reason }
    while let name = rest.popFirst() {
        if name == "." { continue }
        if name == ".." {
            here = here.lastIndex(of: "/").map { String(here[..<$0]) } ?? ""
            continue
        }
        let next = "\(here)/\(name)"
        guard lstat(next, &status) == 0 else {
            return "\(next) cannot be looked at: \(String(cString: strerror(errno)))"
        }
        let isLink = status.st_mode & S_IFMT == S_IFLNK
        if let reason = writersBesidesRoot(ofEntry: next, isLink: isLink) { return reason }
        guard isLink else {
            here = next
            continue
        }
        links += 1
        guard links <= 40, let target = linkTarget(next) else {
            return "\(path) leads through symbolic links that have no end"
        }
        rest = target.split(separator: "/").map(String.init)[...] + rest
        if target.utf8.first == 0x2F { here = "" }
    }
    return nil
}

/// Says who besides root could put something into a directory that may still have to be made; nil for nobody.
func writersBesidesRoot(ofDirectory path: String) -> String? {
    if access(path, F_OK) != 0, errno == ENOENT {
        guard let slash = path.lastIndex(of: "/") else { return "\(path) is no absolute path" }
        return writersBesidesRoot(of: slash == path.startIndex ? "/" : String(path[..<slash]))
    }
    return writersBesidesRoot(of: path)
}

/// Says who besides root could change what one path leads to, without a look at the way there.
func writersBesidesRoot(ofEntry path: String, isLink: Bool) -> String? {
    var status = stat()
    guard lstat(path, &status) == 0 else {
        return "\(path) cannot be looked at: \(String(cString: strerror(errno)))"
    }
    if status.st_uid != 0 { return "\(path) belongs to user \(status.st_uid)" }
    // The permissions of a link mean nothing.
    if isLink { return nil }
    if status.st_mode & S_IWOTH != 0 { return "\(path) may be written by anyone" }
    if status.st_mode & S_IWGRP != 0 {
        if status.st_gid != 0 { return "\(path) may be written by its group" }
        // With an access list, the bits of the group say what anybody in the list may do at most.
        if lgetxattr(path, "system.posix_acl_access", nil, 0) >= 0 {
            return "\(path) may be written by those of its access list"
        }
    }
    return nil
}

private func linkTarget(_ path: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = buffer.withUnsafeMutableBytes { room in
        room.baseAddress.map { readlink(path, $0, room.count) } ?? -1
    }
    guard count > 0, count < buffer.count else { return nil }
    return String(decoding: buffer[..<count], as: UTF8.self)
}
