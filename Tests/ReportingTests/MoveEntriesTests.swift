import Model
import Testing

@testable import Reporting

@Suite struct MoveEntriesTests {
    private let occasion = MoveOccasion(group: "app", to: "app-backup", incident: "i-1")

    private func fields(_ entry: JournalEntry) -> [String: String] {
        Dictionary(uniqueKeysWithValues: entry.fields.map { ($0.name, $0.value) })
    }

    @Test func `a file that was written is told with the keys' ids and the kept copy`() {
        let entry = entry(
            for: MoveStep(
                .written, place: .credentialsFile("/home/app/.aws/credentials", profile: "web"),
                keyID: "AKIANEW", previousKeyID: "AKIAOLD", keptPath: "/home/app/kept"),
            of: occasion)
        #expect(entry.kind == .switched && entry.priority == .notice)
        #expect(
            entry.message
                == "group app: [web] in /home/app/.aws/credentials has AKIANEW in place of AKIAOLD, the file before is kept as /home/app/kept"
        )
        #expect(
            fields(entry) == [
                "CREDWATCH_GROUP": "app", "CREDWATCH_TO": "app-backup",
                "CREDWATCH_INCIDENT": "i-1", "CREDWATCH_STEP": "written",
                "CREDWATCH_FILE": "/home/app/.aws/credentials", "CREDWATCH_FILE_PROFILE": "web",
                "CREDWATCH_ACCESS_KEY_ID": "AKIANEW", "CREDWATCH_PREVIOUS_KEY_ID": "AKIAOLD",
                "CREDWATCH_KEPT_FILE": "/home/app/kept",
            ])
    }

    @Test(arguments: [
        (MoveStep.Kind.notRestored, EventKind.switchFailed, Priority.critical),
        (.unitFailed, .unitFailed, .error), (.unseen, .unitRestarted, .warning),
        (.idle, .unitRestarted, .info), (.unanswered, .switched, .warning),
    ])
    func `a step is as loud as it matters`(
        kind: MoveStep.Kind, event: EventKind, priority: Priority
    ) {
        let entry = entry(for: MoveStep(kind, unit: "app.service"), of: occasion)
        #expect(entry.kind == event && entry.priority == priority)
        #expect(fields(entry)["CREDWATCH_UNIT"] == "app.service")
    }

    @Test func `the end says what applications have`() {
        let done = entry(for: MoveOutcome(.done, keyID: "AKIANEW"), of: occasion)
        #expect(done.message == "group app: applications have the keys of app-backup, AKIANEW")
        let failed = entry(for: MoveOutcome(.failed("it is full")), of: occasion)
        #expect(failed.kind == .switchFailed && failed.message.hasSuffix("it is full"))
        let half = entry(for: MoveOutcome(.incomplete("app.service is down")), of: occasion)
        #expect(half.kind == .unitFailed && half.priority == .error)
    }
}
