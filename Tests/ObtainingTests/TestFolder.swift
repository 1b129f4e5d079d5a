import Glibc
import Support
import Testing

/// A directory of a test's own that everybody may enter, removed with its content when the test ends.
final class TestFolder: Sendable {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try #require(chmod(path, 0o755) == 0)
    }

    var path: String { directory.path }

    /// The path of an entry.
    subscript(name: String) -> String { directory[name] }

    func write(
        _ name: String, _ text: String, mode: mode_t = 0o600, owner: uid_t? = nil
    ) throws {
        let descriptor = open(self[name], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0, "open \(name): \(String(cString: strerror(errno)))")
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        try #require(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
        try own(name, mode, owner)
    }

    func makeDirectory(_ name: String, mode: mode_t = 0o755, owner: uid_t? = nil) throws {
        try #require(mkdir(self[name], 0o700) == 0)
        try own(name, mode, owner)
    }

    func link(_ name: String, to target: String, owner: uid_t? = nil) throws {
        try #require(symlink(target, self[name]) == 0)
        if let owner { try #require(lchown(self[name], owner, owner) == 0) }
    }

    private func own(_ name: String, _ mode: mode_t, _ owner: uid_t?) throws {
        if let owner { try #require(chown(self[name], owner, owner) == 0) }
        try #require(chmod(self[name], mode) == 0)
    }
}

/// The users of these tests: nobody, and one that no database knows.
let nobody: UInt32 = 65_534
let stranger: UInt32 = 54_321

let isRoot = geteuid() == 0
let needsRoot: Comment = "only root can give files away and change users"
