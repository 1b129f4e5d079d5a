import Model
import Testing

@testable import Reporting

@Suite struct KeyUserEntriesTests {
    private func value(_ name: String, _ entry: JournalEntry) -> String? {
        entry.fields.first { $0.name == name }?.value
    }

    @Test func `who uses the old key is named, and what was not seen is said`() {
        let entry = entry(forUsersOf: Samples.staleUsers, in: "app")
        #expect(entry.kind == .keyStillUsed)
        #expect(entry.priority == .warning)
        #expect(
            entry.message
                == "group app: 3 processes still use access key AKIAQNCLJGYSAZAAN74C of app: pid 812 worker (app.service, user app), pid 90210 sh (user uid 1000, started before the switch) and 1 more; 14 processes could not be looked at. Restart what is of them, else it fails with the old key."
        )
        #expect(value("CREDWATCH_KEY_USERS", entry) == "3")
        #expect(value("CREDWATCH_KEY_USER_PIDS", entry) == "812 90210")
        #expect(value("CREDWATCH_ACCESS_KEY_ID", entry) == "AKIAQNCLJGYSAZAAN74C")
        #expect(value("CREDWATCH_GROUP", entry) == "app")
    }

    @Test func `that nobody is left, or nobody seen, are other entries`() {
        var stale = Samples.staleUsers
        stale.report = KeyUsersReport(isBlind: true)
        let over = entry(forNoUsersOf: stale, in: "app")
        #expect((over.kind, over.priority) == (.keyUnused, .notice))
        let unseen = entry(forUnseenUsersOf: stale, in: "app")
        #expect((unseen.kind, unseen.priority) == (.keyUsersUnseen, .info))
        #expect(
            unseen.message
                == "group app: no process is seen to use access key AKIAQNCLJGYSAZAAN74C of app; the processes of others are hidden from credwatch."
        )
        #expect(value("CREDWATCH_KEY_USER_PIDS", unseen) == nil)
    }

    @Test func `a process that calls itself something odd harms no log`() {
        var stale = Samples.staleUsers
        stale.report = KeyUsersReport(
            users: [
                KeyUser(
                    pid: 7, user: "app", unit: "x.scope", command: "a\n\u{1B}[2J::error",
                    reason: .environment)
            ])
        let message = entry(forUsersOf: stale, in: "app").message
        #expect(message.contains("pid 7 a\\n\\x1b[2J::error (x.scope, user app)"), "\(message)")
    }

    @Test func `the status file gives back what was written`() throws {
        var document = Samples.document
        document.groups[1].staleUsers = Samples.staleUsers
        let read = try decodeStatus(renderStatus(document), path: "x")
        #expect(read.groups[1].staleUsers == Samples.staleUsers)
        #expect(read.groups[0].staleUsers == nil)
    }

    @Test func `table, plugin and metrics tell of it, with a group that is ready again too`() {
        var document = Samples.document
        document.groups[0].staleUsers = Samples.staleUsers
        let words = "3 processes still use access key AKIAQNCLJGYSAZAAN74C of app"
        #expect(renderTable(document, style: TableStyle(), now: Samples.now).contains(words))
        let metrics = String(
            decoding: renderMetrics(document, Samples.daemonMetrics), as: UTF8.self)
        #expect(metrics.contains("credwatch_failover_stale_users{group=\"batch\"} 3\n"))
        #expect(metrics.contains("credwatch_failover_stale_users{group=\"app\"} 0\n"))
        let answer = answerPlugin(document, PluginQuestion(groups: ["batch"]), now: Samples.now)
        #expect(answer.text.contains(words), "\(answer.text)")
    }
}
