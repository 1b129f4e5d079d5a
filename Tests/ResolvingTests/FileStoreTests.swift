import Glibc
import Model
import Support
import Testing

@testable import Resolving

@Suite(.timeLimit(.minutes(1))) struct FileStoreTests {
    private let directory: TemporaryDirectory
    private let paths: SharedFilePaths

    init() throws {
        directory = try TemporaryDirectory()
        paths = SharedFilePaths(
            AWSEnvironment(variables: [
                "AWS_SHARED_CREDENTIALS_FILE": directory["credentials"],
                "AWS_CONFIG_FILE": directory["config"],
            ]))
    }

    private func region(_ files: SharedFiles) -> String? {
        files.profile("app")?.text(.region)?.value
    }

    @Test func filesComeChangeAndGo() throws {
        var loader = SharedFilesLoader(paths, FileSystem())
        let none = loader.load { _ in }
        #expect(none.profileNames.isEmpty && none.problem == nil)
        #expect(loader.load { _ in } === none)

        try directory.write("credentials", "[app]\nregion = one\n")
        let one = loader.load { _ in }
        #expect(region(one) == "one")
        #expect(one.generation == none.generation + 1)

        try directory.write("config", "[profile app]\nregion = two\noutput = x\n")
        #expect(region(loader.load { _ in }) == "one")
        try #require(unlink(directory["credentials"]) == 0)
        #expect(region(loader.load { _ in }) == "two")

        try directory.write("config", "words\n")
        guard case .fileMalformed(let location, _) = loader.load({ _ in }).problem else {
            return #expect(Bool(false))
        }
        #expect(location.description == "\(directory["config"]):1:1")
        try directory.write("config", "[profile app]\nregion = three\n")
        #expect(region(loader.load { _ in }) == "three")
    }

    /// One byte changes, and size, inode and modification time stay as they were.
    @Test func aChangeIsSeenThatKeepsSizeAndTime() throws {
        var loader = SharedFilesLoader(paths, FileSystem())
        try directory.write("config", "[profile app]\nregion = a\n")
        try directory.setModified("config", 1_700_000_000)
        for value in ["b", "c", "d", "e", "f"] {
            _ = loader.load { _ in }
            try directory.write("config", "[profile app]\nregion = \(value)\n")
            try directory.setModified("config", 1_700_000_000)
            #expect(region(loader.load { _ in }) == value)
        }
    }

    @Test func aReplacedFileIsSeen() throws {
        var loader = SharedFilesLoader(paths, FileSystem())
        try directory.write("config", "[profile app]\nregion = a\n")
        _ = loader.load { _ in }
        try directory.write("new", "[profile app]\nregion = b\n")
        try #require(rename(directory["new"], directory["config"]) == 0)
        #expect(region(loader.load { _ in }) == "b")
    }

    @Test func onlyAYoungFileIsReadAgain() {
        let disk = FakeFileSystem()
        disk.set("[profile app]\nregion = a\n", modified: 100, now: 101)
        var loader = SharedFilesLoader(paths, disk)
        let first = loader.load { _ in }
        let second = loader.load { _ in }
        // The same bytes are the same files, though they were read again.
        #expect(first === second)
        #expect(disk.reads == 2)
        disk.setNow(103)
        _ = loader.load { _ in }
        #expect(disk.reads == 3)
        for _ in 0..<10 { _ = loader.load { _ in } }
        #expect(disk.reads == 3)
    }

    /// A coarse clock gives two contents the same identity.
    @Test func aChangeWithoutATraceIsSeenWhileTheFileIsYoung() {
        let disk = FakeFileSystem()
        disk.set("[profile app]\nregion = a\n", modified: 100, now: 101)
        var loader = SharedFilesLoader(paths, disk)
        _ = loader.load { _ in }
        disk.set("[profile app]\nregion = b\n", modified: 100, now: 101)
        #expect(region(loader.load { _ in }) == "b")
    }

    @Test func callersShareALook() async throws {
        let disk = FakeFileSystem()
        disk.set("[profile app]\nregion = a\n", modified: 0, now: 100)
        let store = FileStore(paths, disk)
        disk.hang()
        let all = await withTaskGroup(of: SharedFiles?.self) { group in
            for _ in 0..<50 { group.addTask { try? await store.snapshot(within: .seconds(50)) } }
            while store.waiting < 50 { await Task.yield() }
            disk.resume()
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(all.count == 50 && all.allSatisfy { $0 === all[0] && $0 != nil })
        #expect(disk.reads == 1)
        // Two looks at two files, when some asked so late that the first one was not fresh to them.
        #expect(disk.looks <= 4)
    }

    @Test func aHangEndsInTimeAndTheReadGoesOn() async throws {
        let disk = FakeFileSystem()
        disk.set("[profile app]\nregion = a\n", modified: 0, now: 100)
        let store = FileStore(paths, disk)
        disk.hang()
        // Both wait for the same read, and each has a limit of its own.
        async let short = outcome(store, .milliseconds(1))
        async let shorter = outcome(store, .zero)
        let timedOut = Result<String?, ResolveProblem>.failure(
            .timedOut(path: directory["credentials"]))
        #expect(await short == timedOut)
        #expect(await shorter == timedOut)
        async let long = outcome(store, .seconds(50))
        await disk.waitUntilHanging()
        disk.resume()
        #expect(await long == .success("a"))
        #expect(disk.reads == 1)
    }

    @Test func aCancelledTaskWaitsNoLonger() async throws {
        let disk = FakeFileSystem()
        let store = FileStore(paths, disk)
        disk.hang()
        let task = Task { await outcome(store, .seconds(3_600)) }
        await disk.waitUntilHanging()
        task.cancel()
        #expect(await task.value == .failure(.timedOut(path: directory["credentials"])))
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await outcome(store, .seconds(3_600))
        }
        #expect(await cancelled.value == .failure(.timedOut(path: directory["credentials"])))
        disk.resume()
    }

    @Test func aFreshLookIsReusedAndAnOldOneIsNot() async throws {
        let disk = FakeFileSystem()
        disk.set("[profile app]\nregion = a\n", modified: 0, now: 100)
        let store = FileStore(paths, disk)
        let start = ContinuousClock.now
        let first = try await store.snapshot()
        let second = try await store.snapshot()
        if ContinuousClock.now - start < .milliseconds(40) { #expect(disk.looks == 2) }
        #expect(first === second)
        let looks = disk.looks
        try await Task.sleep(for: .milliseconds(60))
        _ = try await store.snapshot()
        #expect(disk.looks > looks)
    }

    private func outcome(
        _ store: FileStore, _ limit: Duration
    ) async -> Result<String?, ResolveProblem> {
        do throws(ResolveProblem) {
            return .success(region(try await store.snapshot(within: limit)))
        } catch {
            return .failure(error)
        }
    }
}
