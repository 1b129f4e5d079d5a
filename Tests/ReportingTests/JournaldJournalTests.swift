import Glibc
import Model
import Testing

@testable import Reporting

@Suite struct JournaldJournalTests {
    func fields(_ entry: JournalEntry) -> [String: String] {
        Dictionary(lines(of: entry).map { ($0.name, $0.value) }) { first, _ in first }
    }

    @Test func hasTheFixedFieldsAndItsOwn() {
        let entry = JournalEntry(
            .profileFailing, .error, "app is failing",
            [JournalEntry.Field("CREDWATCH_PROFILE", "app")])
        #expect(
            fields(entry) == [
                "MESSAGE": "app is failing",
                "MESSAGE_ID": EventKind.profileFailing.messageID,
                "PRIORITY": "3",
                "SYSLOG_IDENTIFIER": "credwatch",
                "SYSLOG_FACILITY": "3",
                "CREDWATCH_EVENT": "profile_failing",
                "CREDWATCH_PROFILE": "app",
            ])
    }

    @Test(arguments: [
        "", "_PID", "1A", "a", "A B", "A=B", "A\nB", "Ä", String(repeating: "A", count: 65),
    ])
    func leavesOutAFieldThatTheJournalWouldRefuse(name: String) {
        let entry = JournalEntry(
            .hookOutput, .info, "x", [JournalEntry.Field(name, "y"), JournalEntry.Field("OK", "z")])
        #expect(lines(of: entry).map(\.name).dropFirst(6) == ["OK"])
    }

    @Test func anEntryThatWaitedSaysWhenItWasWritten() {
        let item = Backlog.Item(
            entry: JournalEntry(.clockJumped, .notice, "The clock was set."), time: Samples.now,
            uptime: .seconds(100))
        #expect(dated(item, at: .seconds(101)) == item.entry)
        let late = dated(item, at: .seconds(103))
        #expect(
            late.message == "The clock was set. (of 2026-11-22T14:03:10Z, delivered late)")
        #expect(late.fields == [JournalEntry.Field("CREDWATCH_WRITTEN_AT", "2026-11-22T14:03:10Z")])
    }

    private static let results: [(Int32, Backlog.Delivery)] = [
        (0, .delivered), (-ECONNREFUSED, .away), (-ENOENT, .away), (-EMFILE, .away),
        (-EINVAL, .refused), (-EMSGSIZE, .refused), (-ENOSYS, .refused),
    ]

    @Test(arguments: results)
    func whatLibsystemdSaysIsTakenAs(result: Int32, outcome: Backlog.Delivery) {
        #expect(delivery(result) == outcome)
    }

    @Test func boundsValuesAndTheirNumber() {
        let entry = JournalEntry(
            .hookOutput, .info, String(repeating: "東", count: 10_000),
            (0..<200).map { JournalEntry.Field("F\($0)", "v") })
        let lines = lines(of: entry)
        #expect(lines.count == 6 + 64)
        #expect(lines[0].value.utf8.count <= 8_192)
        #expect(lines[0].value.utf8.count > 8_180)
        #expect(lines[0].value.hasSuffix("東…"))
    }

    @Test func keepsLineFeedsAndShowsOtherControlCharacters() {
        let entry = JournalEntry(.hookOutput, .info, "a\nb\u{1B}[2Jc\u{0}")
        #expect(fields(entry)["MESSAGE"] == "a\nb\\x1b[2Jc\\x00")
    }
}
