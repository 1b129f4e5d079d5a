import Glibc
import Testing

@testable import Obtaining

@Suite struct SmallFileTests {
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    private func read(
        _ name: String, for user: UInt32? = nil, limit: Int = 65_536
    ) async -> Result<[UInt8], FileRefusal> {
        await readSmallFile(folder[name], for: user, limit: limit, within: .seconds(10))
    }

    private func text(_ result: Result<[UInt8], FileRefusal>) throws(FileRefusal) -> String {
        String(decoding: try result.get(), as: UTF8.self)
    }

    private func untrusted(
        _ result: Result<[UInt8], FileRefusal>, sourceLocation: SourceLocation = #_sourceLocation
    ) -> String {
        guard case .failure(.untrusted(let clause)) = result else {
            Issue.record("not refused: \(result)", sourceLocation: sourceLocation)
            return ""
        }
        return clause
    }

    @Test func aFileIsReadToItsEnd() async throws {
        try folder.write("token", "abc\n")
        #expect(try text(await read("token")) == "abc\n")
        try folder.write("empty", "")
        #expect(try await read("empty").get().isEmpty)
    }

    @Test(arguments: [(100, true), (99, false), (0, false)])
    func theLimitIsTheLongestFile(limit: Int, isRead: Bool) async throws {
        try folder.write("token", String(repeating: "x", count: 100))
        let result = await read("token", limit: limit)
        #expect(
            result
                == (isRead
                    ? .success([UInt8](repeating: 0x78, count: 100))
                    : .failure(.tooLarge(limit: limit))))
    }

    @Test func whatIsNoRegularFileIsRefusedAtOnce() async throws {
        try #require(mkfifo(folder["fifo"], 0o600) == 0)
        try folder.makeDirectory("directory")
        try folder.link("loop", to: "loop")
        try folder.link("dangling", to: "nothing")
        try folder.write("file", "x")
        #expect(await read("fifo") == .failure(.unreadable("it is a FIFO, not a regular file")))
        #expect(await read("directory") == .failure(.unreadable("it is a directory")))
        #expect(
            await read("loop")
                == .failure(.unreadable("there are too many symbolic links on the way to it")))
        for name in ["dangling", "missing", "missing/below", "file/below", "a\0b"] {
            #expect(await read(name) == .failure(.missing), "\(name)")
        }
        let device = await readSmallFile("/dev/zero", for: nil, within: .seconds(10))
        #expect(device == .failure(.unreadable("it is a device, not a regular file")))
    }

    @Test func linksAreFollowedAsKubernetesMakesThem() async throws {
        try folder.makeDirectory("..2026")
        try folder.write("..2026/token", "first")
        try folder.link("..data", to: "..2026")
        try folder.link("token", to: "..data/token")
        try folder.link("absolute", to: folder["token"])
        try folder.link("up", to: "../\(folder.path.split(separator: "/").last ?? "")/token")
        for name in ["token", "absolute", "up", "./..data/../token"] {
            #expect(try text(await read(name)) == "first", "\(name)")
        }
    }

    @Test(
        arguments: [
            (0o602, "everybody may write it"), (0o622, "everybody may write it"),
            (0o620, "its group (gid \(getegid())) may write it"),
        ] as [(mode_t, String)])
    func aFileThatOthersMayWriteIsRefused(mode: mode_t, clause: String) async throws {
        try folder.write("token", "x", mode: mode)
        #expect(untrusted(await read("token")) == clause)
    }

    @Test func theFilesOfProcAreThoseOfTheProcess() async throws {
        try folder.write("token", "x")
        #expect(try text(await read("../../proc/self/root\(folder.path)/token")) == "x")
    }

    // MARK: On behalf of a user

    @Test(.enabled(if: isRoot, needsRoot))
    func theFilesOfRootAndTheUserAreRead() async throws {
        try folder.write("own", "own", owner: nobody)
        try folder.write("public", "public", mode: 0o644)
        try folder.link("link", to: "own", owner: nobody)
        #expect(try text(await read("own", for: nobody)) == "own")
        #expect(try text(await read("public", for: nobody)) == "public")
        #expect(try text(await read("link", for: nobody)) == "own")
        // A user that no database knows has rights of its own as well.
        try folder.write("theirs", "theirs", owner: stranger)
        #expect(try text(await read("theirs", for: stranger)) == "theirs")
    }

    @Test(.enabled(if: isRoot, needsRoot))
    func whatOnlyRootMayReadIsNotReadForAUser() async throws {
        try folder.write("secret", "secret", mode: 0o600)
        try folder.makeDirectory("closed", mode: 0o700)
        try folder.write("closed/public", "x", mode: 0o644)
        #expect(await read("secret", for: nobody) == .failure(.unreadable("Permission denied")))
        #expect(
            await read("closed/public", for: nobody) == .failure(.unreadable("Permission denied")))
        // The thread has its own rights again.
        #expect(try text(await read("secret", for: 0)) == "secret")
    }

    @Test(.enabled(if: isRoot, needsRoot))
    func whatAnotherUserDecidesIsRefused() async throws {
        try folder.write("theirs", "x", mode: 0o644, owner: stranger)
        #expect(untrusted(await read("theirs", for: nobody)) == "it belongs to uid 54321")
        #expect(untrusted(await read("theirs", for: 0)) == "it belongs to uid 54321")

        try folder.write("own", "x", owner: nobody)
        try folder.link("link", to: "own", owner: stranger)
        #expect(
            untrusted(await read("link", for: nobody))
                == "the symbolic link link on the way to it belongs to uid 54321")

        try folder.makeDirectory("given", owner: stranger)
        try folder.write("given/own", "x", owner: nobody)
        #expect(
            untrusted(await read("given/own", for: nobody))
                == "its directory belongs to uid 54321")
    }

    @Test(
        .enabled(if: isRoot, needsRoot),
        arguments: [
            (0o777, "everybody may write to its directory"),
            (0o775, "its group (gid 65534) may write to its directory"), (0o1777, nil),
            (0o755, nil),
        ] as [(mode_t, String?)])
    func aDirectoryThatOthersMayWriteNeedsTheStickyBit(
        mode: mode_t, clause: String?
    ) async throws {
        try folder.makeDirectory("shared", mode: mode, owner: nobody)
        try folder.write("shared/token", "x", owner: nobody)
        let result = await read("shared/token", for: nobody)
        if let clause {
            #expect(untrusted(result) == clause)
        } else {
            #expect(try text(result) == "x")
        }
    }
}
