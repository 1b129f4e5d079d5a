import Glibc
import Model
import Testing

@testable import FailingOver

@Suite struct StateStoreTests {
    private let directory: TemporaryDirectory
    private let now = WallTime(seconds: 1_795_356_190)

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func setAsideName(_ suffix: String = "") -> String {
        "state.json.corrupt-20261122T140310Z" + suffix
    }

    /// The reason in a state that was set aside under the expected name.
    private func reason(_ loaded: LoadedState, suffix: String = "") -> String? {
        guard case .setAside(let path, let newPath, let reason) = loaded,
            path == directory.path + "/state.json",
            newPath == "\(directory.path)/\(setAsideName(suffix))"
        else { return nil }
        return reason
    }

    @Test func aFirstStartFindsNothing() throws {
        let store = try StateStore(directory: directory.path)
        #expect(try store.load(now: now) == .nothing)
    }

    @Test func whatWasSavedIsRead() throws {
        let store = try StateStore(directory: directory.path)
        try store.save(sampleState)
        #expect(try store.load(now: now) == .remembered(sampleState))
        var next = sampleState
        next.profiles.removeLast()
        try store.save(next)
        #expect(try store.load(now: now) == .remembered(next))
        #expect(directory.names == ["lock", "state.json"])
        var status = stat()
        #expect(stat(directory.path + "/state.json", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
    }

    @Test func aMissingDirectoryIsMadeForTheOwnerOnly() throws {
        let path = directory.path + "/state"
        try StateStore(directory: path).save(sampleState)
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700)
    }

    @Test func aSecondDaemonIsRefusedByName() throws {
        let first = try StateStore(directory: directory.path)
        let problem = #expect(throws: StateProblem.self) {
            try StateStore(directory: directory.path)
        }
        #expect(problem == .locked(path: directory.path, pid: getpid()))
        #expect(
            problem?.description
                == "The state directory \(directory.path) is in use by the process \(getpid()).")
        withExtendedLifetime(first) {}
    }

    @Test func theLockEndsWithItsHolder() throws {
        do {
            _ = try StateStore(directory: directory.path)
        }
        _ = try StateStore(directory: directory.path)
    }

    @Test(arguments: [mode_t(0o777), 0o1777, 0o772])
    func aDirectoryThatOthersMayWriteIsRefused(mode: mode_t) throws {
        chmod(directory.path, mode)
        let problem = StateProblem.directoryUnsafe(
            path: directory.path, reason: "anyone may change what is in it")
        #expect(throws: problem) { try StateStore(directory: directory.path) }
    }

    @Test(arguments: ["/nonexistent/state", "/dev/null", "/proc/state"])
    func aDirectoryThatCannotBeUsedIsNamed(path: String) {
        let problem = #expect(throws: StateProblem.self) { try StateStore(directory: path) }
        guard case .directoryUnusable(path: path, _) = problem else {
            Issue.record("\(String(describing: problem))")
            return
        }
    }

    @Test func aDirectoryThatWasReplacedIsUsed() throws {
        let path = directory.path + "/state"
        let store = try StateStore(directory: path)
        try store.save(sampleState)
        for name in ["lock", "state.json"] { unlink(path + "/" + name) }
        rmdir(path)
        #expect(throws: StateProblem.self) { try store.save(sampleState) }
        try store.save(sampleState)
        #expect(try store.load(now: now) == .remembered(sampleState))
    }

    @Test func aFullDiskLeavesTheOldFileWhole() throws {
        guard let store = try storeOnSmallDisk() else {
            try Test.cancel("only root may mount the small file system of this test")
        }
        var small = sampleState
        small.groups = []
        try store.save(small)
        let problem = #expect(throws: StateProblem.self) { try store.save(largeState(100)) }
        #expect(
            problem
                == .notSaved(
                    path: directory.path + "/state.json", reason: "write: No space left on device"))
        #expect(try store.load(now: now) == .remembered(small))
        // Nothing of the attempt takes up room, so it heals by itself.
        small.profiles.removeLast()
        try store.save(small)
        #expect(try store.load(now: now) == .remembered(small))
    }

    /// Opens a store on a file system of 12 KiB; nil when this user may not mount one.
    private func storeOnSmallDisk() throws -> StateStore? {
        guard mount("tmpfs", directory.path, "tmpfs", 0, "size=12k,mode=700") == 0 else {
            return nil
        }
        // The store's open directory keeps it alive, and nothing is left mounted if the test ends badly.
        defer { umount2(directory.path, Int32(MNT_DETACH)) }
        return try StateStore(directory: directory.path)
    }

    private func largeState(_ count: Int) -> RememberedState {
        RememberedState(
            profiles: (0..<count).map {
                RememberedProfile(
                    name: "profile-\($0)", state: .healthy, cause: .ok, since: now,
                    lastSuccessAt: now)
            })
    }

    @Test func tenThousandProfilesAreKept() throws {
        let store = try StateStore(directory: directory.path)
        try store.save(largeState(10_000))
        #expect(try store.load(now: now) == .remembered(largeState(10_000)))
    }

    @Test func anOldFileIsReplacedEvenWhenItsTemporaryOneWasPlanted() throws {
        let victim = try directory.write("victim", [0x78])
        try #require(symlink(victim, directory.path + "/state.json.new") == 0)
        let store = try StateStore(directory: directory.path)
        try store.save(sampleState)
        #expect(try store.load(now: now) == .remembered(sampleState))
        #expect(directory.read("victim") == [0x78])
    }

    @Test func somethingInTheWayOfTheFileIsReported() throws {
        mkdir(directory.path + "/state.json.new", 0o700)
        let store = try StateStore(directory: directory.path)
        let problem = #expect(throws: StateProblem.self) { try store.save(sampleState) }
        #expect(
            problem
                == .notSaved(path: directory.path + "/state.json", reason: "open: File exists"))
    }

    @Test(arguments: [
        ("", "it is empty"), ("{", "it is not JSON, or ends too early"),
        ("[]", "it has the wrong type"), ("{}", "schema is missing"),
        (
            #"{"schema":"credwatch-state/2"}"#,
            "its schema is \"credwatch-state/2\" and this version reads only credwatch-state/1"
        ),
        (#"{"schema":"credwatch-state/1","profiles":[]}"#, "groups is missing"),
    ])
    func aFileThatCannotBeUsedIsSetAside(text: String, expected: String) throws {
        _ = try directory.write("state.json", Array(text.utf8))
        let store = try StateStore(directory: directory.path)
        let found = try #require(reason(try store.load(now: now)))
        #expect(found.hasSuffix(expected), "\(found)")
        #expect(directory.names == ["lock", setAsideName()])
        #expect(directory.read(setAsideName()) == Array(text.utf8))
        #expect(try store.load(now: now) == .nothing)
    }

    @Test func anOlderFileThatWasSetAsideIsKept() throws {
        let store = try StateStore(directory: directory.path)
        for (text, suffix) in [("first", ""), ("second", "-2"), ("third", "-3")] {
            _ = try directory.write("state.json", Array(text.utf8))
            #expect(try reason(store.load(now: now), suffix: suffix) != nil)
        }
        #expect(directory.read(setAsideName()) == Array("first".utf8))
        #expect(directory.read(setAsideName("-3")) == Array("third".utf8))
    }

    @Test func whatIsNoFileIsSetAside() throws {
        let path = directory.path + "/state.json"
        let store = try StateStore(directory: directory.path)
        mkfifo(path, 0o600)
        #expect(try reason(store.load(now: now)) == "it is not a regular file")
        mkdir(path, 0o700)
        #expect(try reason(store.load(now: now), suffix: "-2") == "it is not a regular file")
        symlink("/etc/passwd", path)
        #expect(try reason(store.load(now: now), suffix: "-3") == "it is a symbolic link")
    }

    @Test func aHugeFileIsSetAsideUnread() throws {
        let path = try directory.write("state.json", [])
        try #require(truncate(path, 1 << 40) == 0)
        #expect(
            reason(try StateStore(directory: directory.path).load(now: now))
                == "it is larger than 64 MiB")
    }

    @Test func everyTruncationIsSetAside() throws {
        let whole = encodeState(sampleState)
        let store = try StateStore(directory: directory.path)
        // Without its last line feed the file still is whole.
        for length in 0..<(whole.count - 1) {
            _ = try directory.write("state.json", Array(whole[..<length]))
            #expect(try reason(store.load(now: now)) != nil, "\(length) bytes")
            unlink("\(directory.path)/\(setAsideName())")
        }
    }

    @Test func savingTwiceAtTheSameTimeLeavesOneOfTheTwo() async throws {
        let store = try StateStore(directory: directory.path)
        let other = RememberedState(profiles: [RememberedProfile(name: "x", state: .healthy)])
        let sample = sampleState
        try await withThrowingTaskGroup { group in
            for number in 0..<40 {
                group.addTask { try store.save(number.isMultiple(of: 2) ? sample : other) }
            }
            try await group.waitForAll()
        }
        #expect(try [.remembered(sample), .remembered(other)].contains(store.load(now: now)))
        #expect(directory.names == ["lock", "state.json"])
    }

    @Test func `a problem has few words for a status line`() {
        let full = StateProblem.notSaved(
            path: "/var/lib/credwatch/state.json", reason: "write: No space left on device")
        #expect(full.clause == "state file not written: write: No space left on device")
        let locked = StateProblem.locked(path: "/var/lib/credwatch", pid: 7)
        #expect(locked.clause == "state file not written: its directory is in use")
    }
}
