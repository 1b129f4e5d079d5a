import CLinux
import Glibc
import Processes

/// Opens a regular file for reading, one step of its path after the other.
///
/// Each step is looked at through the descriptor that the next one starts from, so nobody can put
/// something else in its place in between. Symbolic links are followed; with `user`, a link counts only
/// when it belongs to root or to that user, and the file and its directory have to be theirs as well.
func openRegularFile(_ path: String, trusting user: UInt32?) throws(FileRefusal) -> Int32 {
    guard !path.isEmpty, !path.utf8.contains(0) else { throw .missing }
    var walk = try FileWalk(path, trusting: user)
    return try walk.open()
}

/// Returns the system's own text for an `errno`.
func text(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
}

private struct FileWalk: ~Copyable {
    /// As many links as the kernel follows.
    private static let mostLinks = 40

    private let user: UInt32?
    /// Where the next name is looked up, and where a link that begins with a slash starts.
    private var directory: Place
    private var root: Place
    /// The names to come, the next one last.
    private var names: [String]
    private var links = 0

    init(_ path: String, trusting user: UInt32?) throws(FileRefusal) {
        let root = try Place(AT_FDCWD, "/")
        let start = try Place(AT_FDCWD, path.hasPrefix("/") ? "/" : ".")
        self.user = user
        self.root = root
        directory = start
        names = Self.split(path)
    }

    mutating func open() throws(FileRefusal) -> Int32 {
        while let name = names.popLast() {
            let place = try Place(directory.descriptor, name)
            let kind = place.kind
            switch kind {
            case S_IFDIR: directory = place
            case S_IFLNK: try follow(place, name)
            case S_IFREG where names.isEmpty: return try open(place, name)
            case S_IFIFO: throw .unreadable("it is a FIFO, not a regular file")
            case S_IFCHR, S_IFBLK: throw .unreadable("it is a device, not a regular file")
            case S_IFSOCK: throw .unreadable("it is a socket, not a regular file")
            default: throw .missing
            }
        }
        throw .unreadable("it is a directory")
    }

    private mutating func follow(
        _ link: consuming Place, _ name: String
    ) throws(FileRefusal) {
        links += 1
        guard links <= Self.mostLinks else {
            throw .unreadable("there are too many symbolic links on the way to it")
        }
        guard !link.isOfProc else {
            // These lead to an open file or to the root of another process, whatever their text says.
            let target = try Place(directory.descriptor, name, follow: true)
            guard target.kind == S_IFDIR else {
                throw .unreadable("it is a link to a file that a process has open")
            }
            if name == "root" { root = try target.copy() }
            directory = target
            return
        }
        if let user, link.owner != 0, link.owner != user {
            throw .untrusted(
                "the symbolic link \(name) on the way to it belongs to "
                    + UserAccount.describe(link.owner))
        }
        let target = try link.target()
        if target.hasPrefix("/") { directory = try root.copy() }
        names += Self.split(target)
    }

    private func open(
        _ place: consuming Place, _ name: String
    ) throws(FileRefusal) -> Int32 {
        try check(place)
        let flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW
        let descriptor = openat(directory.descriptor, name, flags)
        guard descriptor >= 0 else { throw refusal(errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_dev == place.status.st_dev,
            status.st_ino == place.status.st_ino
        else {
            close(descriptor)
            // To be tried again, as the other is there by now.
            throw .missing
        }
        return descriptor
    }

    /// Checks who decides what the file holds.
    private func check(_ file: borrowing Place) throws(FileRefusal) {
        if let writers = file.otherWriters { throw .untrusted("\(writers) may write it") }
        guard let user else { return }
        guard file.owner == 0 || file.owner == user else {
            throw .untrusted("it belongs to \(UserAccount.describe(file.owner))")
        }
        guard directory.owner == 0 || directory.owner == user else {
            throw .untrusted("its directory belongs to \(UserAccount.describe(directory.owner))")
        }
        // Where the sticky bit is set, only the owner of a file can remove or rename it.
        if !directory.isSticky, let writers = directory.otherWriters {
            throw .untrusted("\(writers) may write to its directory")
        }
    }

    private static func split(_ path: String) -> [String] {
        path.split(separator: "/").reversed().map(String.init)
    }
}

/// Something that was found on the way, held by a descriptor that can only be looked at.
private struct Place: ~Copyable {
    let descriptor: Int32
    let status: stat

    init(_ directory: Int32, _ name: String, follow: Bool = false) throws(FileRefusal) {
        let descriptor = credwatch_open_path(directory, name, follow ? 1 : 0)
        guard descriptor >= 0 else { throw refusal(errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw refusal(code)
        }
        self.descriptor = descriptor
        self.status = status
    }

    deinit {
        close(descriptor)
    }

    var kind: mode_t { status.st_mode & S_IFMT }
    var owner: UInt32 { status.st_uid }
    var isSticky: Bool { status.st_mode & S_ISVTX != 0 }

    /// Who besides the owner may write, by the permission bits; an access list shows in the group's.
    var otherWriters: String? {
        if status.st_mode & S_IWOTH != 0 { return "everybody" }
        return status.st_mode & S_IWGRP != 0 ? "its group (gid \(status.st_gid))" : nil
    }

    var isOfProc: Bool { credwatch_is_of_proc(descriptor) != 0 }

    func copy() throws(FileRefusal) -> Place {
        try Place(descriptor, ".")
    }

    func target() throws(FileRefusal) -> String {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { room in
            room.baseAddress.map { readlinkat(descriptor, "", $0, room.count) } ?? -1
        }
        guard count > 0 else { throw refusal(errno) }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }
}

private func refusal(_ code: Int32) -> FileRefusal {
    code == ENOENT || code == ENOTDIR ? .missing : .unreadable(text(code))
}
