import CLinux
import Glibc
import Model
import Support
import Testing

@testable import Switching

/// Places that are refused, and nothing is changed.
@Suite struct UnsafePlaceTests {
    private let directory: TestDirectory
    private var path: String { directory.path + "/credentials" }

    init() throws {
        directory = try TestDirectory()
        _ = try directory.write("credentials", section("app", 1))
    }

    private func expectRefusal(
        _ reason: String, of path: String? = nil,
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) {
        let names = entries(of: directory.path, hidden: true)
        let place = SwitchPlace.credentialsFile(path ?? self.path, profile: "app")
        let switcher = FileSwitcher(lockWait: .zero, watch: .zero)
        let inspected = #expect(throws: SwitchProblem.self, sourceLocation: sourceLocation) {
            _ = try switcher.inspect(place)
        }
        let problem = #expect(throws: SwitchProblem.self, sourceLocation: sourceLocation) {
            try switcher.write(numberedKeys(2), to: place, now: WallTime(seconds: 0))
        }
        #expect(problem == inspected, sourceLocation: sourceLocation)
        #expect(problem?.kind == .refused, sourceLocation: sourceLocation)
        #expect(
            problem?.reason.contains(reason) == true, "\(problem?.reason ?? "")",
            sourceLocation: sourceLocation)
        #expect(
            entries(of: directory.path, hidden: true) == names, sourceLocation: sourceLocation)
    }

    @Test(
        arguments: [
            (0o777, "may be written by everybody"), (0o1777, "may be written by everybody"),
            (0o702, "may be written by everybody"), (0o770, "may be written by its group"),
        ] as [(mode_t, String)])
    func `a directory that others may write`(mode: mode_t, reason: String) throws {
        if mode == 0o770, getegid() == 0 {
            try #require(chown(directory.path, geteuid(), 65_534) == 0)
        }
        try #require(chmod(directory.path, mode) == 0)
        expectRefusal(reason)
    }

    @Test func `a directory that those of an access list may write`() throws {
        // Version 2; owner rwx, user 65534 rwx, group ---, mask rwx, others ---.
        let list: [UInt8] = [
            2, 0, 0, 0, 1, 0, 7, 0, 255, 255, 255, 255, 2, 0, 7, 0, 254, 255, 0, 0,
            4, 0, 0, 0, 255, 255, 255, 255, 16, 0, 7, 0, 255, 255, 255, 255,
            32, 0, 0, 0, 255, 255, 255, 255,
        ]
        try #require(
            setxattr(directory.path, "system.posix_acl_access", list, list.count, 0) == 0)
        expectRefusal("may be written by those of its access list")
    }

    @Test func `a directory above that others may write`() throws {
        let inner = directory.path + "/inner"
        try #require(mkdir(inner, 0o700) == 0)
        _ = try directory.write("inner/credentials", section("app", 1))
        try #require(chmod(directory.path, 0o777) == 0)
        expectRefusal("may be written by everybody", of: inner + "/credentials")
    }

    @Test func `a link into a directory that others may write`() throws {
        let inner = directory.path + "/inner"
        try #require(mkdir(inner, 0o700) == 0)
        try #require(chmod(inner, 0o777) == 0)
        _ = try directory.write("inner/credentials", section("app", 1))
        try #require(symlink("inner/credentials", directory.path + "/link") == 0)
        expectRefusal(
            "the directory \(inner) may be written by everybody", of: directory.path + "/link")
    }

    @Test(.enabled(if: geteuid() == 0, "needs root, to give files away"))
    func `a file or link of another user`() throws {
        try #require(symlink("credentials", directory.path + "/link") == 0)
        try #require(lchown(directory.path + "/link", 65_534, 65_534) == 0)
        expectRefusal("link belongs to ", of: directory.path + "/link")
        try #require(chown(path, 65_534, 65_534) == 0)
        expectRefusal("it belongs to ")
    }

    @Test func `what is no file`() throws {
        expectRefusal("it is a directory", of: directory.path)
        expectRefusal("there is no ", of: directory.path + "/nowhere/credentials")
        expectRefusal("is no directory", of: path + "/credentials")
        try #require(mkfifo(directory.path + "/fifo", 0o600) == 0)
        expectRefusal("not a regular file", of: directory.path + "/fifo")
        try #require(symlink("loop", directory.path + "/loop") == 0)
        expectRefusal("too many symbolic links", of: directory.path + "/loop")
        expectRefusal("it is not a regular file", of: "/dev/null")
        expectRefusal("does not begin with /", of: "credentials")
        expectRefusal("a link of /proc", of: "/proc/self/cwd/credentials")
    }

    @Test func `a file with another name`() throws {
        try #require(link(path, directory.path + "/other") == 0)
        expectRefusal("it has 2 names (hard links)")
    }

    @Test func `a file that is too large`() throws {
        try #require(truncate(path, off_t(Content.limit) + 1) == 0)
        expectRefusal("it is larger than 8 MiB")
    }

    @Test func `a text that the SDKs do not read`() throws {
        _ = try directory.write("credentials", "[app\n")
        expectRefusal("the section header is not closed")
    }

    @Test(.enabled(if: geteuid() == 0, "needs root, for chattr"))
    func `a file that chattr protects`() async throws {
        let outcome = try await Subprocess.run("chattr", ["+i", path])
        guard outcome.ending == .exited(0) else {
            try Test.cancel("the file system has no such attributes: \(outcome.errorText)")
        }
        expectRefusal("it is immutable (chattr +i)")
        #expect(try await Subprocess.run("chattr", ["-i", path]).ending == .exited(0))
    }
}
