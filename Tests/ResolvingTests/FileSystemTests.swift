import Glibc
import Model
import Support
import Testing

@testable import Resolving

@Suite struct FileSystemTests {
    private let directory: TemporaryDirectory
    private let fileSystem = FileSystem()

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// The reason why a path is unreadable, by a look and by a read alike.
    private func reason(_ path: String) throws -> (reason: String, hint: FileHint) {
        let read = try readReason(path)
        guard
            case .failed(.fileUnreadable(path, read.reason, read.hint)) = fileSystem.look(at: path)
        else { throw Unexpected() }
        return read
    }

    private func readReason(_ path: String) throws -> (reason: String, hint: FileHint) {
        guard case .failed(.fileUnreadable(path, let reason, let hint)) = fileSystem.read(path)
        else {
            throw Unexpected()
        }
        return (reason, hint)
    }

    private struct Unexpected: Error {}

    private func note(_ path: String) throws -> String {
        guard case .missing(let note) = fileSystem.look(at: path),
            case .missing(note) = fileSystem.read(path)
        else { throw Unexpected() }
        return note
    }

    @Test(arguments: [0, 1, 4_096, 200_000])
    func readsAFile(_ size: Int) throws {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        try directory.write("f", bytes)
        guard case .bytes(let read, let identity) = fileSystem.read(directory["f"]),
            case .regular(identity) = fileSystem.look(at: directory["f"])
        else { throw Unexpected() }
        #expect(read == bytes)
        #expect(identity.size == Int64(size))
    }

    /// The owner and the mode are those of the file that the bytes come from, not of a link to it.
    @Test(arguments: [mode_t(0o600), 0o644, 0o4666])
    func tellsWhoseAFileIs(_ mode: mode_t) throws {
        try directory.write("f", "text")
        try #require(chmod(directory["f"], mode) == 0 && symlink("f", directory["link"]) == 0)
        guard case .bytes(_, let identity) = fileSystem.read(directory["link"]),
            case .regular(identity) = fileSystem.look(at: directory["f"])
        else { throw Unexpected() }
        #expect(
            identity.ownership
                == FileOwnership(user: geteuid(), group: getegid(), mode: UInt32(mode)))
    }

    /// A command may not be trusted any more after that, though no byte changed.
    @Test func aChangeOfTheModeIsSeen() throws {
        try directory.write("config", "[profile app]\ncredential_process = x\n")
        let path = Sourced(directory["config"], from: .builtIn("a test"))
        var loader = SharedFilesLoader(
            SharedFilePaths(credentials: nil, config: path), fileSystem)
        func mode(_ files: SharedFiles) -> UInt32? {
            files.config.file.flatMap { files.facts(of: $0)?.ownership.mode }
        }
        #expect(mode(loader.load { _ in }) == 0o600)
        try #require(chmod(directory["config"], 0o666) == 0)
        #expect(mode(loader.load { _ in }) == 0o666)
    }

    @Test func followsSymbolicLinks() throws {
        try directory.write("f", "text")
        try #require(symlink("f", directory["link"]) == 0)
        guard case .bytes(let bytes, _) = fileSystem.read(directory["link"]) else {
            throw Unexpected()
        }
        #expect(bytes == Array("text".utf8))
    }

    @Test func aFileWithoutASizeIsReadToItsEnd() throws {
        guard case .bytes(let bytes, _) = fileSystem.read("/proc/self/limits") else {
            throw Unexpected()
        }
        #expect(String(decoding: bytes, as: UTF8.self).contains("Max open files"))
    }

    @Test func missingIsNormal() throws {
        #expect(try note(directory["none"]) == "no such file")
        #expect(try note(directory["none/deeper"]) == "no such file")
        try directory.write("f", "")
        #expect(try note(directory["f/below"]) == "no such file")
        #expect(try note("") == "no such file")
        #expect(try note("/dev/null") == "the null device")
        try #require(symlink("nowhere", directory["dangling"]) == 0)
        #expect(
            try note(directory["dangling"]) == "a symbolic link to a file that does not exist")
    }

    @Test func refusesWhatIsNoFile() throws {
        try #require(mkfifo(directory["fifo"], 0o600) == 0)
        try #require(symlink("loop", directory["loop"]) == 0)
        #expect(try reason(directory["fifo"]).reason == "it is a named pipe, not a file")
        #expect(try reason(directory.path).reason == "it is a directory")
        #expect(try reason("/dev/zero").reason == "it is a device, not a file")
        #expect(
            try reason(directory["loop"]).reason == "its symbolic links lead in a circle")
        #expect(try reason("/a\0b").reason == "its path holds a NUL character")
        let long = "/" + String(repeating: "x", count: 5_000)
        #expect(try reason(long).reason.lowercased().contains("name too long"))
    }

    @Test func refusesLargeFilesBeforeReadingThem() throws {
        try directory.write("f", "")
        try #require(truncate(directory["f"], 17 << 20) == 0)
        #expect(try reason(directory["f"]).reason == "it is larger than 16 MiB (17 MiB)")
        try #require(truncate(directory["f"], off_t(FileSystem.maxSize)) == 0)
        guard case .bytes(let bytes, _) = fileSystem.read(directory["f"]) else {
            throw Unexpected()
        }
        #expect(bytes.count == FileSystem.maxSize)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can look at files as another user"))
    func saysWhoForbidsTheWay() throws {
        try #require(chmod(directory.path, 0o711) == 0)
        try directory.makeDirectory("open", mode: 0o711)
        try directory.makeDirectory("closed", mode: 0o700)
        try directory.write("open/f", "x", mode: 0o600)
        try directory.write("closed/f", "x", mode: 0o644)
        try #require(symlink("../closed/f", directory["open/link"]) == 0)
        let user = try #require(ThreadUser(uid: 65_534))
        let file = try user.perform { try readReason(directory["open/f"]) }
        let folder = try user.perform { try reason(directory["closed/f"]) }
        let link = try user.perform { try reason(directory["open/link"]) }
        #expect(file.reason == "Permission denied")
        #expect(
            file.hint.sentence.hasPrefix(
                "The file \(directory["open/f"]) belongs to root (uid 0), has mode 0600, and may not be"
            ))
        #expect(file.hint.sentence.contains("which runs as root (uid 0)"))
        #expect(
            folder.hint.sentence.hasPrefix(
                "The directory \(directory["closed"]) belongs to root (uid 0), has mode 0700, and may"
            ))
        #expect(file.hint.closedStep == .file(user: "root"))
        #expect(folder.hint.closedStep == .directory(directory["closed"], user: "root"))
        #expect(link.hint.closedStep == nil)
        #expect(
            link.hint.sentence.hasPrefix(
                "\(directory["open/link"]) is a symbolic link, and the way"))
    }

    @Test func keepsNoDescriptor() throws {
        try directory.write("f", "x")
        _ = fileSystem.read(directory["f"])
        var target = [UInt8](repeating: 0, count: 4_096)
        let open = (0..<1_024).filter { descriptor in
            let count = readlink("/proc/self/fd/\(descriptor)", &target, target.count)
            return count > 0
                && String(decoding: target[..<count], as: UTF8.self) == directory["f"]
        }
        #expect(open.isEmpty)
    }
}

/// Another user for the file system's checks, on one thread only.
struct ThreadUser {
    private let uid: uid_t
    private let setfsuid: @convention(c) (uid_t) -> Int32

    /// Nil when this process may not become another user.
    init?(uid: uid_t) {
        guard geteuid() == 0, let symbol = dlsym(nil, "setfsuid") else { return nil }
        self.uid = uid
        setfsuid = unsafeBitCast(symbol, to: (@convention(c) (uid_t) -> Int32).self)
    }

    func perform<Result>(_ body: () throws -> Result) rethrows -> Result {
        _ = setfsuid(uid)
        defer { _ = setfsuid(0) }
        return try body()
    }
}
