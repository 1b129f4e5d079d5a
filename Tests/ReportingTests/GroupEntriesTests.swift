import Model
import Testing

@testable import Reporting

@Suite struct GroupEntriesTests {
    static func change(_ kind: EventKind, incident: Incident? = Samples.incident) -> GroupChange {
        GroupChange(
            kind: kind, group: "app", state: .failedOver, active: "app-backup",
            message: "app now uses app-backup.", incident: incident)
    }

    @Test(arguments: [
        (EventKind.groupConfirming, Priority.warning), (.groupReady, .notice),
        (.groupBlocked, .error), (.failoverStarted, .error), (.failedOver, .error),
        (.failoverFailed, .critical), (.primaryRecovered, .notice), (.failedBack, .notice),
        (.backupFailing, .error), (.backupRecovered, .notice), (.reminder, .warning),
        // It has left the group elsewhere than it was.
        (.drillFinished, .error),
    ])
    func saysWhatHappened(kind: EventKind, priority: Priority) {
        let entry = entry(for: .group(Self.change(kind)))
        #expect(entry.kind == kind)
        #expect(entry.priority == priority)
        #expect(entry.message == "group app: app now uses app-backup.")
        #expect(
            entry.fields == [
                JournalEntry.Field("CREDWATCH_GROUP", "app"),
                JournalEntry.Field("CREDWATCH_GROUP_STATE", "failed_over"),
                JournalEntry.Field("CREDWATCH_ACTIVE", "app-backup"),
                JournalEntry.Field("CREDWATCH_INCIDENT", Samples.incident.id),
                JournalEntry.Field("CREDWATCH_FROM", "app"),
                JournalEntry.Field("CREDWATCH_TO", "app-backup"),
                JournalEntry.Field("CREDWATCH_CAUSE", "key_not_recognized"),
            ])
    }

    @Test func namesTheMemberThatItIsAbout() {
        var change = Self.change(.backupFailing, incident: nil)
        (change.profile, change.cause) = ("app-backup", .keyInactive)
        let fields = entry(for: change).fields
        #expect(fields.contains(JournalEntry.Field("CREDWATCH_PROFILE", "app-backup")))
        #expect(fields.contains(JournalEntry.Field("CREDWATCH_CAUSE", "key_inactive")))
    }

    @Test func aDrillThatEndsWhereItBeganIsANotice() {
        var change = Self.change(.drillFinished, incident: nil)
        change.state = .ready
        #expect(entry(for: change).priority == .notice)
    }

    @Test func worksWithoutAnIncident() {
        let entry = entry(for: Self.change(.groupReady, incident: nil))
        #expect(!entry.fields.contains { $0.name == "CREDWATCH_INCIDENT" })
    }
}
