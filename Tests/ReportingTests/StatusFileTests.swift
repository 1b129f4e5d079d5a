import Dispatch
import Glibc
import Model
import Synchronization
import Testing

@testable import Reporting

@Suite struct StatusFileTests {
    func mode(_ path: String) -> mode_t {
        var information = stat()
        return stat(path, &information) == 0 ? information.st_mode & 0o7777 : 0
    }

    @Test func writesTheBytesAndNothingBesideThem() throws {
        let folder = try TemporaryFolder()
        let file = StatusFile(path: folder.file("status.json"))
        try file.write(Array("one\n".utf8))
        #expect(try content(of: file.path) == Array("one\n".utf8))
        try file.write(Array("two\n".utf8))
        #expect(try content(of: file.path) == Array("two\n".utf8))
        #expect(try folder.names() == ["status.json"])
        #expect(mode(file.path) == 0o644)
    }

    @Test func hasItsModeWhateverTheUmask() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            umask(0o777)
            let file = StatusFile(path: folder.file("status.json"))
            try file.write([0x41])
            var information = stat()
            #expect(stat(file.path, &information) == 0)
            #expect(information.st_mode & 0o7777 == 0o644)
        }
    }

    @Test func leavesNoDescriptorOpen() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let file = StatusFile(path: folder.file("status.json"))
            let missing = StatusFile(path: folder.file("none/status.json"))
            for _ in 0..<50 {
                try file.write([0x41])
                _ = try? missing.write([0x41])
                file.removeLeftovers(before: WallTime(seconds: 0))
                _ = file.directoryWarning()
                _ = try? readStatus(path: file.path)
            }
            let open = try namesIn("/proc/self/fd").compactMap { name in
                readLink("/proc/self/fd/\(name)")
            }
            #expect(open.count >= 3)
            #expect(open.filter { $0.hasPrefix(folder.path) } == [])
        }
    }

    @Test func aMissingDirectoryIsNamedAndHeals() throws {
        let folder = try TemporaryFolder()
        let file = StatusFile(path: folder.file("later/status.json"))
        let problem = #expect(throws: StatusFileProblem.self) { try file.write([0x41]) }
        #expect(
            problem == StatusFileProblem(path: file.path, operation: .openDirectory, code: ENOENT))
        #expect(problem?.description.contains("the directory is missing") == true)
        mkdir(folder.file("later"), 0o755)
        try file.write([0x41])
        #expect(try content(of: file.path) == [0x41])
        unlink(file.path)
    }

    @Test func aDirectoryInTheFilesPlaceStaysAndTheTemporaryFileGoes() throws {
        let folder = try TemporaryFolder()
        mkdir(folder.file("status.json"), 0o755)
        let file = StatusFile(path: folder.file("status.json"))
        let problem = #expect(throws: StatusFileProblem.self) { try file.write([0x41]) }
        #expect(problem?.operation == .rename)
        #expect(problem?.code == EISDIR)
        #expect(try folder.names() == ["status.json"])
    }

    @Test(arguments: ["", "/", "/tmp/", "/tmp/.", ".."])
    func aPathWithoutANameIsRefused(path: String) {
        let problem = #expect(throws: StatusFileProblem.self) {
            try StatusFile(path: path).write([])
        }
        #expect(problem?.code == EISDIR)
    }

    @Test func aLinkInTheFilesPlaceIsReplacedNotFollowed() throws {
        let folder = try TemporaryFolder()
        try put(Array("precious".utf8), at: folder.file("victim"))
        symlink(folder.file("victim"), folder.file("status.json"))
        try StatusFile(path: folder.file("status.json")).write([0x41])
        #expect(try content(of: folder.file("victim")) == Array("precious".utf8))
        #expect(try content(of: folder.file("status.json")) == [0x41])
    }

    @Test func whatIsNoFileStays() throws {
        let folder = try TemporaryFolder()
        mkfifo(folder.file("page"), 0o600)
        symlink("/dev/null", folder.file("null"))
        for name in ["page", "null"] {
            let problem = #expect(throws: StatusFileProblem.self) {
                try StatusFile(path: folder.file(name), what: "page").write([0x41])
            }
            #expect(problem?.description.contains("a device, a FIFO or a socket is in its") == true)
        }
        #expect(try folder.names() == ["null", "page"])
        var information = stat()
        #expect(lstat(folder.file("page"), &information) == 0)
        #expect(information.st_mode & S_IFMT == S_IFIFO)
        #expect(lstat(folder.file("null"), &information) == 0)
        #expect(information.st_mode & S_IFMT == S_IFLNK)
    }

    /// Without rights on the directory: as another user where the tests run as root.
    @Test func aForbiddenDirectoryIsNamed() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let file = StatusFile(path: folder.file("status.json"))
            try file.write([0x41])
            chmod(folder.path, 0o555)
            if geteuid() == 0 { #expect(seteuid(65_534) == 0) }
            let problem = #expect(throws: StatusFileProblem.self) { try file.write([0x42]) }
            #expect(problem?.operation == .create)
            #expect(problem?.code == EACCES)
            #expect(problem?.description.contains("the service's user may not write there") == true)
            if getuid() == 0 { #expect(seteuid(0) == 0) }
            chmod(folder.path, 0o755)
            #expect(try folder.names() == ["status.json"])
            #expect(try content(of: file.path) == [0x41])
        }
    }

    @Test func readersSeeOneWholeFileOrTheOther() async throws {
        let folder = try TemporaryFolder()
        let file = StatusFile(path: folder.file("status.json"))
        var large = Samples.document
        large.profiles = Array(repeating: Samples.failing, count: 300)
        let contents = [renderStatus(Samples.document), renderStatus(large)]
        try file.write(contents[0])
        let progress = Progress()
        try await withThrowingTaskGroup { group in
            for _ in 0..<3 {
                group.addTask {
                    while !progress.isDone.load(ordering: .relaxed) {
                        let bytes = try content(of: file.path)
                        #expect(bytes == contents[0] || bytes == contents[1])
                        progress.reads.add(1, ordering: .relaxed)
                        await Task.yield()
                    }
                }
            }
            group.addTask {
                defer { progress.isDone.store(true, ordering: .relaxed) }
                for round in 0..<200 {
                    try file.write(contents[round % 2])
                    await Task.yield()
                }
                while progress.reads.load(ordering: .relaxed) < 10 { await Task.yield() }
            }
            try await group.waitForAll()
        }
        #expect(try folder.names() == ["status.json"])
    }

    @Test func removesOnlyItsOwnOldLeftovers() throws {
        let folder = try TemporaryFolder()
        let names = [
            ".status.json.77.ab.tmp", ".status.json.tmp", ".other.json.1.a.tmp", "status.json",
            ".status.json.77.ab", "x.status.json.1.a.tmp", ".status.json.b.77.ab.tmp",
            ".status.json.77.x.tmp", ".status.json.7.ab.c.tmp",
        ]
        for name in names { try put([0x41], at: folder.file(name)) }
        mkdir(folder.file(".status.json.78.ab.tmp"), 0o755)
        symlink("/etc/passwd", folder.file(".status.json.79.ab.tmp"))
        let file = StatusFile(path: folder.file("status.json"))
        #expect(file.removeLeftovers(before: WallTime(seconds: 1)) == [])
        let removed = file.removeLeftovers(before: WallTime(seconds: 4_000_000_000))
        #expect(removed == [".status.json.77.ab.tmp"])
        #expect(
            try folder.names()
                == [
                    ".other.json.1.a.tmp", ".status.json.7.ab.c.tmp", ".status.json.77.ab",
                    ".status.json.77.x.tmp", ".status.json.78.ab.tmp", ".status.json.79.ab.tmp",
                    ".status.json.b.77.ab.tmp", ".status.json.tmp", "status.json",
                    "x.status.json.1.a.tmp",
                ])
        #expect(
            StatusFile(path: folder.file("no/status.json")).removeLeftovers(before: Samples.now)
                == [])
    }

    @Test func linksOnTheWayCountWhenTheyAreOurs() throws {
        let folder = try TemporaryFolder()
        mkdir(folder.file("real"), 0o755)
        mkdir(folder.file("real/deep"), 0o755)
        symlink(folder.file("real"), folder.file("absolute"))
        symlink("absolute/deep/../deep", folder.file("relative"))
        try StatusFile(path: folder.file("relative/a")).write([0x41])
        #expect(try content(of: folder.file("real/deep/a")) == [0x41])
        StatusFile(path: folder.file("relative/a")).remove()
        #expect(throws: (any Error).self) { try content(of: folder.file("real/deep/a")) }
        symlink("circle", folder.file("circle"))
        let problem = #expect(throws: StatusFileProblem.self) {
            try StatusFile(path: folder.file("circle/a")).write([0x41])
        }
        #expect(problem?.code == ELOOP)
        try put([0x41], at: folder.file("file"))
        let other = #expect(throws: StatusFileProblem.self) {
            try StatusFile(path: folder.file("file/a")).write([0x41])
        }
        #expect(other?.code == ENOTDIR)
    }

    /// Who owns a directory on the way decides nothing about files elsewhere.
    @Test(.enabled(if: geteuid() == 0, "only root can give a link away"))
    func aLinkOfAnotherUserLeadsNowhere() throws {
        let folder = try TemporaryFolder()
        mkdir(folder.file("victim"), 0o755)
        mkdir(folder.file("theirs"), 0o755)
        chown(folder.file("theirs"), 65_534, 65_534)
        symlink(folder.file("victim"), folder.file("theirs/out"))
        lchown(folder.file("theirs/out"), 65_534, 65_534)
        try put([0x41], at: folder.file("victim/page"))
        let file = StatusFile(path: folder.file("theirs/out/page"))
        let problem = #expect(throws: StatusFileProblem.self) { try file.write([0x42]) }
        #expect(problem?.code == ELOOP)
        #expect(problem?.description.contains("a symbolic link of another user") == true)
        file.remove()
        #expect(try content(of: folder.file("victim/page")) == [0x41])
    }

    @Test func warnsOfADirectoryThatOthersMayWrite() throws {
        let folder = try TemporaryFolder()
        let file = StatusFile(path: folder.file("status.json"))
        #expect(file.directoryWarning() == nil)
        chmod(folder.path, 0o777)
        #expect(file.directoryWarning()?.contains("writable by all") == true)
        chmod(folder.path, 0o1777)
        #expect(file.directoryWarning() == nil)
        #expect(StatusFile(path: folder.file("no/status.json")).directoryWarning() == nil)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a directory away"))
    func warnsOfADirectoryOfAnotherUser() throws {
        let folder = try TemporaryFolder()
        chown(folder.path, 65_534, 65_534)
        let warning = StatusFile(path: folder.file("status.json")).directoryWarning()
        #expect(warning?.contains("user with id 65534 owns") == true)
    }
}

/// What readers and the writer of a test tell each other.
private final class Progress: Sendable {
    let isDone = Atomic(false)
    let reads = Atomic(0)
}
