import Model
import Testing

@testable import Reporting

@Suite struct HookEntriesTests {
    let hookRun = HookRun(
        event: .failover, group: "app", from: "app", to: "app-backup", cause: .keyNotRecognized,
        message: "AWS does not recognise the access key.", incident: Samples.incident.id, attempt: 2
    )

    @Test func tellsTheStart() {
        let entry = entry(forStartOf: hookRun)
        #expect(entry.kind == .hookStarted)
        #expect(entry.priority == .info)
        #expect(entry.message == "hook of group app starts for failover, attempt 2")
        #expect(entry.fields.contains(JournalEntry.Field("CREDWATCH_HOOK_ATTEMPT", "2")))
    }

    @Test(
        arguments: zip(
            Samples.hookResults,
            [
                ", succeeded after 2s", ", failed: exit code 3 after 2s",
                ", failed: killed by signal 9 after 2s", ", failed: time limit exceeded after 2s",
                ", failed: not started: No such file or directory after 2s",
                ", failed: interrupted when credwatch itself ended after 2s",
                ", failed: nothing could be switched: the file is a directory after 2s",
                ", failed: switched, but app.service does not come back after 2s", ", still runs",
            ]))
    func tellsTheEnd(result: HookResult?, expected: String) {
        let record = HookRecord(
            event: .failover, attempt: 2, startedAt: Samples.now,
            finishedAt: Samples.now + .seconds(2), result: result)
        let entry = entry(forEndOf: hookRun, record: record)
        #expect(entry.kind == .hookFinished)
        #expect(entry.message == "hook of group app for failover, attempt 2" + expected)
        let isFailure = result.map { !$0.isSuccess } ?? false
        #expect((entry.priority == .error) == isFailure)
    }

    @Test func tellsALineOfOutput() {
        let entry = entry(forOutput: "switched", of: hookRun)
        #expect(entry.kind == .hookOutput)
        #expect(entry.message == "hook of group app: switched")
    }
}
