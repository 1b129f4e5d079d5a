import CLinux
import Glibc
import Model
import Testing

@testable import Switching

/// Real files, with all that hangs on them.
@Suite struct FileSwitcherTests {
    private let switcher = FileSwitcher(lockWait: .milliseconds(50), watch: .zero)
    private let now = WallTime(seconds: 1_795_734_287)
    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
    }

    private func status(_ path: String) throws -> stat {
        var status = stat()
        try #require(lstat(path, &status) == 0)
        return status
    }

    @Test func `a profile gets its keys, and the file from before is kept`() throws {
        let before = "# ours\n" + section("app", 1) + "region = x\n"
        let path = try directory.write("credentials", before, mode: 0o640)
        let place = SwitchPlace.credentialsFile(path, profile: "app")
        #expect(try switcher.inspect(place) == numberedKeys(1).accessKeyID)
        #expect(directory.names == ["credentials"])

        let file = try switcher.write(numberedKeys(2), to: place, now: now)
        #expect(file.isChanged)
        #expect(file.realPath == path)
        #expect(file.previousKeyID == numberedKeys(1).accessKeyID)
        #expect(try text(of: path) == "# ours\n" + section("app", 2) + "region = x\n")
        #expect(try status(path).st_mode & 0o7777 == 0o640)
        let kept = try #require(file.keptPath)
        #expect(kept == path + ".credwatch-\(now.basicISO8601)")
        #expect(try text(of: kept) == before)
        #expect(try status(kept).st_mode & 0o7777 == 0o600)
        #expect(try status(path + ".credwatch.lock").st_mode & 0o7777 == 0o600)
        #expect(directory.names.count == 2)
    }

    @Test func `nothing is touched when the keys are there already`() throws {
        let path = try directory.write("credentials", section("app", 3))
        let before = try status(path)
        let file = try switcher.write(
            numberedKeys(3), to: .credentialsFile(path, profile: "app"), now: now)
        #expect(!file.isChanged)
        #expect(file.previousKeyID == numberedKeys(3).accessKeyID)
        #expect(try status(path).st_ino == before.st_ino)
        #expect(directory.names == ["credentials"])
    }

    @Test func `a missing file is made, for its owner only`() throws {
        let path = directory.path + "/new"
        let place = SwitchPlace.environmentFile(path)
        #expect(try switcher.inspect(place) == nil)
        let file = try switcher.write(numberedKeys(1), to: place, now: now)
        #expect(file.isChanged)
        #expect(file.previousKeyID == nil)
        #expect(try status(path).st_mode & 0o7777 == 0o600)
        let keys = numberedKeys(1)
        #expect(
            try text(of: path) == "AWS_ACCESS_KEY_ID=\(keys.accessKeyID)\n"
                + "AWS_SECRET_ACCESS_KEY=\(keys.secretAccessKey.reveal())\n")
        try switcher.restore(file)
        #expect(try text(of: path) == "")
    }

    @Test func `extended attributes and access lists stay`() throws {
        let path = try directory.write("credentials", section("app", 1), mode: 0o640)
        // Version 2; the owner, user 65534, the group, the mask and others.
        let list: [UInt8] =
            [2, 0, 0, 0] + [1, 0, 6, 0, 255, 255, 255, 255] + [2, 0, 4, 0, 254, 255, 0, 0]
            + [4, 0, 4, 0, 255, 255, 255, 255] + [16, 0, 4, 0, 255, 255, 255, 255]
            + [32, 0, 0, 0, 255, 255, 255, 255]
        let note = Array("of the deployment".utf8)
        guard setxattr(path, "user.note", note, note.count, 0) == 0,
            setxattr(path, "system.posix_acl_access", list, list.count, 0) == 0
        else {
            try Test.cancel("the file system has no extended attributes")
        }
        _ = try switcher.write(
            numberedKeys(2), to: .credentialsFile(path, profile: "app"), now: now)
        for (name, value) in [("user.note", note), ("system.posix_acl_access", list)] {
            var buffer = [UInt8](repeating: 0, count: 256)
            let count = getxattr(path, name, &buffer, buffer.count)
            #expect(count == value.count && Array(buffer[..<max(count, 0)]) == value, "\(name)")
        }
        #expect(try status(path).st_mode & 0o7777 == 0o640)
        #expect(try text(of: path) == section("app", 2))
    }

    @Test func `an access list of the directory does not come to the new file`() throws {
        let path = try directory.write("credentials", section("app", 1), mode: 0o640)
        let list: [UInt8] =
            [2, 0, 0, 0] + [1, 0, 7, 0, 255, 255, 255, 255] + [2, 0, 5, 0, 254, 255, 0, 0]
            + [4, 0, 5, 0, 255, 255, 255, 255] + [16, 0, 5, 0, 255, 255, 255, 255]
            + [32, 0, 0, 0, 255, 255, 255, 255]
        guard setxattr(directory.path, "system.posix_acl_default", list, list.count, 0) == 0 else {
            try Test.cancel("the file system has no access lists")
        }
        _ = try switcher.write(
            numberedKeys(2), to: .credentialsFile(path, profile: "app"), now: now)
        #expect(getxattr(path, "system.posix_acl_access", nil, 0) < 0)
        #expect(try status(path).st_mode & 0o7777 == 0o640)
    }

    @Test func `a symbolic link stays one`() throws {
        let inner = directory.path + "/real"
        try #require(mkdir(inner, 0o700) == 0)
        let path = directory.path + "/credentials"
        try #require(symlink("middle", path) == 0)
        try #require(symlink("real/../real/file", directory.path + "/middle") == 0)
        _ = try directory.write("real/file", section("app", 1))
        let place = SwitchPlace.credentialsFile(path, profile: "app")
        let file = try switcher.write(numberedKeys(2), to: place, now: now)
        #expect(file.realPath == inner + "/file")
        #expect(file.keptPath?.hasPrefix(inner + "/file.credwatch-") == true)
        #expect(try text(of: inner + "/file") == section("app", 2))
        #expect(try status(path).st_mode & S_IFMT == S_IFLNK)
        #expect(directory.names == ["credentials", "middle", "real"])
        try switcher.restore(file)
        #expect(try text(of: inner + "/file") == section("app", 1))
    }

    @Test func `the last five are kept, also of one second`() throws {
        let path = try directory.write("credentials", section("app", 1))
        let place = SwitchPlace.credentialsFile(path, profile: "app")
        var kept: [String] = []
        for number in 2...9 {
            let time = number < 6 ? now : now + .seconds(number)
            kept += [try switcher.write(numberedKeys(number), to: place, now: time).keptPath ?? ""]
        }
        #expect(
            directory.names.filter { $0.hasPrefix("credentials.") }
                == kept.suffix(5).map { String($0.dropFirst(directory.path.count + 1)) }.sorted())
        // A clock that was set back makes no newest copy vanish.
        let file = try switcher.write(numberedKeys(10), to: place, now: now + .seconds(-3_600))
        #expect(try text(of: #require(file.keptPath)) == section("app", 9))
    }

    @Test func `what a crash left behind is removed`() throws {
        let path = try directory.write("credentials", section("app", 1))
        _ = try directory.write(".credentials.credwatch-new", "half")
        _ = try directory.write(".credentials.credwatch-keep", "half")
        _ = try switcher.write(
            numberedKeys(2), to: .credentialsFile(path, profile: "app"), now: now)
        #expect(directory.names.filter { $0.hasPrefix(".") } == [])
    }

    @Test func `a lock that another holds is waited for, and named`() throws {
        let path = try directory.write("credentials", section("app", 1))
        let lock = open(path + ".credwatch.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        try #require(flock(lock, LOCK_EX) == 0)
        let place = SwitchPlace.credentialsFile(path, profile: "app")
        let problem = #expect(throws: SwitchProblem.self) {
            try switcher.write(numberedKeys(2), to: place, now: now)
        }
        #expect(problem?.kind == .failed)
        #expect(problem?.reason == "another credwatch holds its lock credentials.credwatch.lock")
        #expect(directory.names == ["credentials"])
        close(lock)
        #expect(try switcher.write(numberedKeys(2), to: place, now: now).isChanged)
    }

    @Test func `a lock that leads elsewhere is refused`() throws {
        let path = try directory.write("credentials", section("app", 1))
        try #require(symlink("elsewhere", path + ".credwatch.lock") == 0)
        let problem = #expect(throws: SwitchProblem.self) {
            try switcher.write(
                numberedKeys(2), to: .credentialsFile(path, profile: "app"), now: now)
        }
        #expect(problem?.kind == .refused)
        #expect(access(directory.path + "/elsewhere", F_OK) != 0)
    }

    @Test func `ten thousand profiles are one profile more or less`() throws {
        let others = (0..<10_000).map { section("p\($0)", $0 * 3 + 1) }
        let path = try directory.write("credentials", others.joined())
        _ = try switcher.write(
            numberedKeys(7), to: .credentialsFile(path, profile: "p4711"), now: now)
        var after = others
        after[4_711] = section("p4711", 7)
        #expect(try contents(of: path) == Array(after.joined().utf8))
    }

    // MARK: Going back

    @Test func `restoring brings back every byte`() throws {
        let before = section("app", 3) + "aws_session_expiration = 2026-11-26T23:00:00Z\n"
        let path = try directory.write("credentials", before)
        let place = SwitchPlace.credentialsFile(path, profile: "app")
        let file = try switcher.write(numberedKeys(2), to: place, now: now)
        try switcher.restore(file)
        #expect(try text(of: path) == before)
        try switcher.restore(file)
        #expect(try text(of: path) == before)
    }

    @Test func `restoring leaves what others have changed since then`() throws {
        let path = try directory.write("credentials", section("app", 1) + section("other", 1))
        let place = SwitchPlace.credentialsFile(path, profile: "app")
        let file = try switcher.write(numberedKeys(2), to: place, now: now)
        _ = try directory.write("credentials", section("app", 2) + section("other", 4))
        try switcher.restore(file)
        #expect(try text(of: path) == section("app", 1) + section("other", 4))
    }

    @Test func `restoring is refused when it was switched again`() throws {
        let path = try directory.write("credentials", section("app", 1))
        let place = SwitchPlace.credentialsFile(path, profile: "app")
        let file = try switcher.write(numberedKeys(2), to: place, now: now)
        _ = try switcher.write(numberedKeys(4), to: place, now: now + .seconds(1))
        let problem = #expect(throws: SwitchProblem.self) { try switcher.restore(file) }
        #expect(problem?.kind == .refused)
        #expect(try text(of: path) == section("app", 4))
    }

    // MARK: Secrets

    @Test func `no problem shows a key`() throws {
        let path = try directory.write("credentials", "[app]\naws_secret_access_key hidden/text\n")
        let place = SwitchPlace.credentialsFile(path, profile: "app")
        let bad = WrittenKeys(accessKeyID: "AKIA1", secretAccessKey: Secret("hidden text"))
        for keys in [numberedKeys(1), bad] {
            let problem = #expect(throws: SwitchProblem.self) {
                try switcher.write(keys, to: place, now: now)
            }
            #expect(problem?.description.contains("hidden") == false)
        }
    }
}
