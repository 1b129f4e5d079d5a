import Glibc

/// Says who forbids the way to a file, since the SDKs report such a file as if it were not there.
///
/// Names the directory on the way that may not be entered, or the file's own owner and mode, and
/// the user that this process is.
func accessHint(_ path: String) -> String {
    let me = PasswordEntry.describe(geteuid())
    var status = stat()
    var previous = path.hasPrefix("/") ? "/" : "."
    var ends = path.utf8.indices.filter { path.utf8[$0] == UInt8(ascii: "/") }
    ends.append(path.endIndex)
    for end in ends where end > path.startIndex {
        let prefix = String(path[..<end])
        guard stat(prefix, &status) == 0 else {
            guard lstat(prefix, &status) != 0 else {
                return "\(prefix) is a symbolic link, and the way to its target may not be entered "
                    + "by credwatch, which runs as \(me)."
            }
            return describe("The directory", previous, "may not be entered", me)
        }
        previous = prefix
    }
    return describe("The file", path, "may not be read", me)
}

private func describe(_ what: String, _ path: String, _ ban: String, _ me: String) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else {
        return "\(what) \(path) \(ban) by credwatch, which runs as \(me)."
    }
    if status.st_mode & 0o7777 == 0, path == "/home" || path == "/root" {
        return
            "\(what) \(path) is closed to this service; ProtectHome= in its systemd unit does that."
    }
    let digits = String(status.st_mode & 0o7777, radix: 8)
    let mode = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return "\(what) \(path) belongs to \(PasswordEntry.describe(status.st_uid)), has mode \(mode), "
        + "and \(ban) by credwatch, which runs as \(me)."
}
