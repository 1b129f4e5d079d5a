import Model
import Testing

@testable import FailingOver

@Suite struct SwitchCodingTests {
    private let switches = [
        RememberedSwitch(
            group: "app", profile: "app-role", accessKeyID: "ASIAIOSFODNN7EXAMPLE",
            renewAt: WallTime(seconds: 1_795_356_190), isWritten: true),
        RememberedSwitch(group: "b \"c\"", profile: "x", accessKeyID: "AKIAIOSFODNN7EXAMPLE"),
    ]

    @Test func `what was saved is read`() throws {
        let directory = try TemporaryDirectory()
        let store = try StateStore(directory: directory.path)
        let now = WallTime(seconds: 1_795_356_190)
        #expect(try store.loadSwitches(now: now) == .nothing)
        try store.saveSwitches(switches)
        #expect(try store.loadSwitches(now: now) == .remembered(switches))
    }

    @Test(arguments: [
        "", "{}", #"{"schema":"credwatch-switches/2","groups":[]}"#,
        #"{"schema":"credwatch-switches/1","groups":[{"name":"a"}]}"#,
        #"{"schema":"credwatch-switches/1","groups":[{"name":"a","profile":"b","access_key_id":"c","written":true,"renew_at":"soon"}]}"#,
    ])
    func `what this version would not have written is refused`(text: String) {
        #expect(throws: StateFormatProblem.self) { try decodeSwitches(Array(text.utf8)) }
    }
}
