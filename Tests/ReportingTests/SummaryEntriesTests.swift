import Glibc
import Model
import Testing

@testable import Reporting

@Suite struct SummaryEntriesTests {
    @Test func countsProfilesAndNamesTrouble() {
        let entry = entry(forSummaryOf: Samples.document)
        #expect(entry.kind == .dailySummary)
        #expect(entry.priority == .warning)
        #expect(
            entry.message == "daily summary: 1 healthy, 1 failing (app: key not recognised),"
                + " 1 unknown (batch: host name not found), 1 pending, group app failed over to app-backup"
        )
        #expect(
            entry.fields == [
                JournalEntry.Field("CREDWATCH_OVERALL", "failing"),
                JournalEntry.Field("CREDWATCH_PENDING", "1"),
                JournalEntry.Field("CREDWATCH_HEALTHY", "1"),
                JournalEntry.Field("CREDWATCH_FAILING", "1"),
                JournalEntry.Field("CREDWATCH_UNKNOWN", "1"),
            ])
    }

    @Test func isANoticeWhenAllIsWell() {
        var document = Samples.document
        document.overall = .healthy
        document.profiles = [Samples.healthy]
        document.groups = [Samples.quietGroup]
        let entry = entry(forSummaryOf: document)
        #expect(entry.priority == .notice)
        #expect(entry.message == "daily summary: 1 healthy")
    }

    @Test func tellsAStatusFileThatFails() {
        let problem = StatusFileProblem(
            path: "/run/credwatch/status.json", operation: .write, code: ENOSPC)
        let entry = entry(for: problem)
        #expect(entry.kind == .statusFileFailed)
        #expect(entry.priority == .error)
        #expect(
            entry.message == "cannot write the status file /run/credwatch/status.json:"
                + " No space left on device (writing the temporary file);"
                + " the disk is full: make room and it is written again by itself")
        #expect(entry.fields.contains(JournalEntry.Field("ERRNO", "28")))
    }

    @Test func tellsThatItIsWrittenAgain() {
        let entry = entry(forRestored: "/run/credwatch/status.json", after: .seconds(90))
        #expect(entry.kind == .statusFileRestored)
        #expect(entry.message == "/run/credwatch/status.json is written again after 1m 30s")
    }
}
