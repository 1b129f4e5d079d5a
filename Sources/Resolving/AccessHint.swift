import Glibc
import Model

/// Says who forbids the way to a file, since the SDKs report such a file as if it were not there.
///
/// Names the directory on the way that may not be entered, or the file's own owner and mode, and
/// who wants to read it.
func accessHint(_ path: String) -> FileHint {
    accessHint(path, reader: "credwatch", geteuid()) { path in
        var status = stat()
        return stat(path, &status) == 0 ? FileOwnership(status) : nil
    }
}

/// Whose an open file is; nil when that cannot be told.
func ownership(of descriptor: Int32) -> FileOwnership? {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? FileOwnership(status) : nil
}

extension FileOwnership {
    init(_ status: stat) {
        self.init(user: status.st_uid, group: status.st_gid, mode: status.st_mode & 0o7777)
    }
}

/// Says who forbids a program, which runs as a user, the way to a file; `look` tells whose a path is, as far
/// as the program can see.
func accessHint(
    _ path: String, reader: String, _ user: UInt32, _ look: (String) -> FileOwnership?
) -> FileHint {
    let name = PasswordEntry(uid: user)?.name ?? "\(user)"
    let reader = "\(reader), which runs as \(PasswordEntry.describe(user))"
    var previous = path.hasPrefix("/") ? "/" : "."
    var previousStatus = look(previous)
    var ends = path.utf8.indices.filter { path.utf8[$0] == UInt8(ascii: "/") }
    ends.append(path.endIndex)
    for end in ends where end > path.startIndex {
        let prefix = String(path[..<end])
        guard let status = look(prefix) else {
            var link = stat()
            guard lstat(prefix, &link) != 0 || link.st_mode & S_IFMT != S_IFLNK else {
                return
                    "\(prefix) is a symbolic link, and the way to its target may not be entered by \(reader)."
            }
            return describe(
                "The directory", previous, previousStatus, "may not be entered", reader,
                .directory(previous, user: name))
        }
        previous = prefix
        previousStatus = status
    }
    return describe(
        "The file", path, previousStatus, "may not be read", reader, .file(user: name))
}

private func describe(
    _ what: String, _ path: String, _ status: FileOwnership?, _ ban: String, _ reader: String,
    _ step: ClosedStep
) -> FileHint {
    guard let status else {
        return FileHint("\(what) \(path) \(ban) by \(reader).", closedStep: step)
    }
    if status.mode == 0, path == "/home" || path == "/root" {
        return FileHint(
            "\(what) \(path) is closed to this service; ProtectHome= in its systemd unit does that.",
            closedStep: .hiddenHome)
    }
    let digits = String(status.mode, radix: 8)
    let mode = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return FileHint(
        "\(what) \(path) belongs to \(PasswordEntry.describe(status.user)), has mode \(mode), "
            + "and \(ban) by \(reader).", closedStep: step)
}
