import Model
import Testing

@testable import Reporting

@Suite struct AdvisoryEntriesTests {
    private static let advisory = Advisory(
        .keyOld, "The key is 120 days old.", commands: ["aws iam create-access-key", "and then"],
        since: Samples.now)

    private func entry(_ subject: AdvisoryChange.Subject, isOver: Bool = false) -> JournalEntry {
        Reporting.entry(
            for: .advisory(
                AdvisoryChange(subject: subject, advisory: Self.advisory, isOver: isOver)))
    }

    @Test func aWarningIsAWarningWithItsCommands() {
        let entry = entry(.profile("app"))
        #expect(entry.kind == .warning)
        #expect(entry.priority == .warning)
        #expect(entry.message == "app: The key is 120 days old.")
        #expect(
            entry.fields == [
                JournalEntry.Field("CREDWATCH_PROFILE", "app"),
                JournalEntry.Field("CREDWATCH_WARNING", "key_old"),
                JournalEntry.Field("CREDWATCH_COMMANDS", "aws iam create-access-key\nand then"),
            ])
    }

    @Test func itsEndIsANotice() {
        let entry = entry(.group("g"), isOver: true)
        #expect(entry.kind == .warningOver)
        #expect(entry.priority == .notice)
        #expect(entry.message == "group g: no longer: The key is 120 days old.")
        #expect(
            entry.fields == [
                JournalEntry.Field("CREDWATCH_GROUP", "g"),
                JournalEntry.Field("CREDWATCH_WARNING", "key_old"),
            ])
    }

    @Test func thisMachineNeedsNoName() {
        #expect(entry(.machine).message == "The key is 120 days old.")
        #expect(entry(.machine, isOver: true).message == "no longer: The key is 120 days old.")
        #expect(!entry(.machine).fields.contains { $0.name == "CREDWATCH_PROFILE" })
    }

    @Test func aSecretThatSlippedInStopsHere() {
        let slip = "SecretAccessKey=\(RedactionTests.secret)"
        let entry = redacted(
            Reporting.entry(
                for: AdvisoryChange(
                    subject: .machine, advisory: Advisory(.keyOld, slip, commands: [slip]),
                    isOver: false)))
        #expect(!entry.message.contains(RedactionTests.secret))
        #expect(!entry.fields.contains { $0.value.contains(RedactionTests.secret) })
    }
}
