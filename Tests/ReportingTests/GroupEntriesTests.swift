import Model
import Testing

@testable import Reporting

@Suite struct GroupEntriesTests {
    @Test(arguments: [
        (
            GroupChange.confirming, EventKind.groupConfirming, Priority.warning,
            "group app confirms the failure of app. The primary is still refused."
        ),
        (
            .ready, .groupReady, .notice,
            "group app is ready, app-backup is active. The primary is still refused."
        ),
        (
            .blocked, .groupBlocked, .error,
            "group app cannot fail over. The primary is still refused."
        ),
        (
            .failoverStarted, .failoverStarted, .error,
            "group app fails over from app to app-backup: AWS does not recognise the access key."
        ),
        (
            .failedOver, .failedOver, .error,
            "group app has failed over from app to app-backup: AWS does not recognise the access key."
        ),
        (
            .failoverFailed, .failoverFailed, .critical,
            "group app could not fail over from app to app-backup: AWS does not recognise the access"
                + " key. The primary is still refused."
        ),
        (
            .primaryRecovered, .primaryRecovered, .notice,
            "group app: the primary app is good again; app-backup stays active until"
                + " `credwatch failback app`"
        ),
        (.failedBack, .failedBack, .notice, "group app is back on app-backup"),
    ])
    func saysWhatHappened(
        change: GroupChange, kind: EventKind, priority: Priority, message: String
    ) {
        let entry = entry(for: change, of: Samples.group)
        #expect(entry.kind == kind)
        #expect(entry.priority == priority)
        #expect(entry.message == message)
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

    @Test func anOrderByHandIsNamedAsSuch() {
        var group = Samples.group
        group.incident?.byHand = true
        #expect(
            entry(for: .failedOver, of: group).message
                == "group app has failed over from app to app-backup: ordered by hand")
    }

    @Test func worksWithoutAnIncident() {
        let entry = entry(for: .ready, of: Samples.quietGroup)
        #expect(entry.message == "group batch is ready, batch is active.")
        #expect(!entry.fields.contains { $0.name == "CREDWATCH_INCIDENT" })
    }
}
