import Glibc
import Model
import Testing

@testable import FailingOver

@Suite struct HistoryCodingTests {
    private let directory: TemporaryDirectory
    private let now = WallTime(seconds: 1_795_356_190)
    private let sample = [
        RememberedHistory(
            name: "app", newest: 997_418, history: History(letters: "hhf-u") ?? History()),
        RememberedHistory(name: "a \"b\"\n", newest: 0, history: History()),
    ]

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func decode(_ text: String) -> String {
        do throws(StateFormatProblem) {
            _ = try decodeHistory(Array(text.utf8))
            return "decoded"
        } catch {
            return error.reason
        }
    }

    @Test func whatWasSavedIsRead() throws {
        let store = try StateStore(directory: directory.path)
        #expect(try store.loadHistory(now: now) == .nothing)
        try store.saveHistory(sample)
        #expect(try store.loadHistory(now: now) == .remembered(sample))
        #expect(try store.load(now: now) == .nothing)
        #expect(directory.names == ["history.json", "lock"])
        var status = stat()
        #expect(stat(directory.path + "/history.json", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
    }

    @Test func tenThousandProfilesAreAMegabyte() {
        let many = (0..<10_000).map {
            RememberedHistory(
                name: "profile-\($0)", newest: 997_418,
                history: History(letters: String(repeating: "h", count: 48)) ?? History())
        }
        #expect(encodeHistory(many).count < 1_400_000)
    }

    @Test(arguments: [
        ("", "it is empty"),
        ("{\"schema\":", "it is not JSON, or ends too early"),
        ("[]", "it has the wrong type"),
        (
            #"{"schema":"credwatch-history/2"}"#,
            #"its schema is "credwatch-history/2" and this version reads only credwatch-history/1"#
        ),
        (#"{"schema":"credwatch-history/1"}"#, "profiles is missing"),
        (
            #"{"schema":"credwatch-history/1","profiles":[{"name":"a","newest":"2026-11-22T14:10:00Z","letters":"h"}]}"#,
            #"profiles[0].newest: "2026-11-22T14:10:00Z" is not the begin of a half hour"#
        ),
        (
            #"{"schema":"credwatch-history/1","profiles":[{"name":"a","newest":"2026-11-22T14:00:00Z","letters":"hx"}]}"#,
            "profiles[0].letters: it is not at most 48 of the letters h, u, f and -"
        ),
        (
            #"{"schema":"credwatch-history/1","profiles":[{"name":"a","newest":"2026-11-22T14:00:00Z","letters":"h"},{"name":"a","newest":"2026-11-22T14:00:00Z","letters":"h"}]}"#,
            #"the profile "a" stands in it twice"#
        ),
    ])
    func aMalformedOneIsNamed(text: String, reason: String) {
        #expect(decode(text) == reason)
    }

    @Test func aMalformedOneIsSetAside() throws {
        let store = try StateStore(directory: directory.path)
        try store.save(sampleState)
        _ = try directory.write("history.json", Array("{".utf8))
        let path = directory.path + "/history.json"
        #expect(
            try store.loadHistory(now: now)
                == .setAside(
                    path: path, newPath: path + ".corrupt-20261122T140310Z",
                    reason: "it is not JSON, or ends too early"))
        #expect(try store.loadHistory(now: now) == .nothing)
        // The state beside it is as it was.
        #expect(try store.load(now: now) == .remembered(sampleState))
    }
}
