import CLinux
import Glibc

/// Where a file is, or is to be: its real directory, open, and its name there.
struct Target: ~Copyable {
    let directory: Descriptor
    let name: String
    /// The path without a symbolic link.
    let path: String
    /// Who owns the directory, and so decides what is in it.
    let owner: uid_t
    /// Nil when there is no file yet.
    let file: stat?
}

/// Walks to a file, one step of its path after the other, each through the descriptor of the one before.
///
/// Nobody can put something else in the place of a step that was looked at. Refused when somebody other
/// than root and the owner of the file's directory could change a directory or a link on the way.
struct TargetWalk: ~Copyable {
    /// As many links as the kernel follows.
    private static let mostLinks = 40

    /// What was passed on the way, to be judged when the owner is known.
    private struct Passed {
        var path: String
        var status: stat
        /// Whether an access list goes with the bits of the group.
        var hasList = false
    }

    private var directory: Descriptor
    private var names: [String] = []
    /// The names to come, the next one last.
    private var rest: [String]
    private var passed: [Passed]
    private var links = 0

    static func find(_ path: String) throws(StepProblem) -> Target {
        guard path.hasPrefix("/"), !path.utf8.contains(0), !path.hasSuffix("/") else {
            throw .refused("its path does not begin with / or does not name a file")
        }
        var walk = try TargetWalk(path)
        return try walk.run()
    }

    private init(_ path: String) throws(StepProblem) {
        let root = try Self.root()
        passed = [Passed(path: "/", status: try root.status)]
        directory = root
        rest = Self.split(path)
    }

    private static func root() throws(StepProblem) -> Descriptor {
        try Descriptor(credwatch_open_path(AT_FDCWD, "/", 0), "/")
    }

    private static func split(_ path: String) -> [String] {
        path.split(separator: "/").reversed().map(String.init).filter { $0 != "." }
    }

    private var path: String { "/" + names.joined(separator: "/") }

    private mutating func pass(_ status: stat) {
        passed.append(Passed(path: path, status: status))
    }

    private mutating func passDirectory(_ status: stat) {
        // Only there it matters, and whoever has the owner's rights only may not be able to look.
        let hasList = status.st_mode & S_IWGRP != 0 && holdsAccessList(directory)
        passed.append(Passed(path: path, status: status, hasList: hasList))
    }

    private mutating func run() throws(StepProblem) -> Target {
        while let name = rest.popLast() {
            let number = credwatch_open_path(directory.number, name, 0)
            if number < 0 {
                guard errno == ENOENT, rest.isEmpty, name != ".." else {
                    throw .system(errno == ENOENT ? "there is no \(shown(name))" : shown(name))
                }
                return try target(name, nil)
            }
            let found = try Descriptor(number, name)
            let status = try found.status
            switch status.kind {
            case S_IFDIR:
                guard !rest.isEmpty else { throw .refused("it is a directory") }
                directory = found
                if name == ".." { _ = names.popLast() } else { names.append(name) }
                passDirectory(status)
            case S_IFLNK:
                names.append(name)
                pass(status)
                names.removeLast()
                try follow(found)
            case S_IFREG where rest.isEmpty: return try target(name, status)
            case S_IFREG: throw .refused("\(shown(name)) on the way to it is no directory")
            default: throw .refused("it is not a regular file")
            }
        }
        throw .refused("it is a directory")
    }

    private func shown(_ name: String) -> String {
        names.isEmpty ? "/" + name : path + "/" + name
    }

    private mutating func follow(_ link: borrowing Descriptor) throws(StepProblem) {
        links += 1
        guard links <= Self.mostLinks else {
            throw .refused("there are too many symbolic links on the way to it")
        }
        guard credwatch_is_of_proc(link.number) == 0 else {
            throw .refused("a link of /proc is on the way to it")
        }
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { room in
            room.baseAddress.map { readlinkat(link.number, "", $0, room.count) } ?? -1
        }
        guard count > 0 else { throw .system("a symbolic link on the way to it") }
        let text = String(decoding: buffer[..<count], as: UTF8.self)
        if text.hasPrefix("/") {
            directory = try Self.root()
            names = []
        }
        rest += Self.split(text)
    }

    /// Judges the way, and opens the directory for use.
    private func target(_ name: String, _ file: stat?) throws(StepProblem) -> Target {
        let owner = try directory.status.st_uid
        for place in passed {
            try check(place, owner: owner, isLast: place.path == path)
        }
        if let file {
            // Root's file in a directory of somebody else could only be replaced by giving root a file of theirs.
            guard file.st_uid == owner else {
                throw .refused(
                    "it belongs to \(describeUser(file.st_uid)), and its directory to "
                        + describeUser(owner))
            }
            guard file.st_nlink == 1 else {
                throw .refused(
                    "it has \(file.st_nlink) names (hard links), of which only one would be switched"
                )
            }
        }
        let opened = try Descriptor(
            openat(directory.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
            "its directory cannot be opened")
        return Target(
            directory: opened, name: name, path: shown(name), owner: owner, file: file)
    }

    private func check(_ place: Passed, owner: uid_t, isLast: Bool) throws(StepProblem) {
        let status = place.status
        let isLink = status.kind == S_IFLNK
        let what = isLink ? "the symbolic link \(place.path)" : "the directory \(place.path)"
        guard status.st_uid == 0 || status.st_uid == owner else {
            throw .refused("\(what) belongs to \(describeUser(status.st_uid))")
        }
        if isLink { return }
        // In a directory like /tmp, nobody else can rename or remove what belongs to root or to the owner,
        // which all that comes after it does; but a file in it has neighbours that anybody makes.
        if status.st_mode & S_ISVTX != 0, !isLast { return }
        if status.st_mode & S_IWOTH != 0 { throw .refused("\(what) may be written by everybody") }
        guard status.st_mode & S_IWGRP != 0 else { return }
        // The bits of the group show what anybody in an access list may do at most.
        guard !place.hasList else {
            throw .refused("\(what) may be written by those of its access list")
        }
        guard status.st_gid == 0 else {
            throw .refused("\(what) may be written by its group (gid \(status.st_gid))")
        }
    }
}

private func holdsAccessList(_ directory: borrowing Descriptor) -> Bool {
    let number = openat(directory.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { return false }
    defer { close(number) }
    return fgetxattr(number, "system.posix_acl_access", nil, 0) >= 0
}
