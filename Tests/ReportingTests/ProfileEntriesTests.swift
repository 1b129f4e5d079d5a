import Model
import Testing

@testable import Reporting

@Suite struct ProfileEntriesTests {
    static func result(_ status: ProfileStatus) throws -> CheckResult {
        let diagnosis = try #require(status.diagnosis)
        let instant = Instant(moment: Moment(nanoseconds: 0), wall: Samples.now)
        return CheckResult(
            profile: status.name, startedAt: instant, finishedAt: instant, diagnosis: diagnosis,
            identity: status.identity, accessKeyID: status.accessKeyID, source: status.source,
            latency: status.latency,
            endpoint: Endpoint(
                url: "https://sts.eu-central-1.amazonaws.com", signingRegion: "eu-central-1",
                partition: "aws"))
    }

    static func entry(
        _ status: ProfileStatus, to state: ProfileState, from previous: ProfileState,
        after length: Duration? = nil
    ) throws -> JournalEntry {
        Reporting.entry(
            for: ProfileChange(
                from: previous, to: state, result: try result(status), previousFor: length,
                consecutiveFailures: 1))
    }

    @Test func aFailureIsAnErrorWithAllItsFields() throws {
        let entry = try Self.entry(Samples.failing, to: .failing, from: .healthy)
        #expect(entry.kind == .profileFailing)
        #expect(entry.priority == .error)
        #expect(
            entry.message == "app is failing: AWS does not recognise the access key."
                + " Create a new key, or activate this one, and put it into the file.")
        let fields = Dictionary(entry.fields.map { ($0.name, $0.value) }) { first, _ in first }
        #expect(fields["CREDWATCH_PROFILE"] == "app")
        #expect(fields["CREDWATCH_STATE"] == "failing")
        #expect(fields["CREDWATCH_PREVIOUS_STATE"] == "healthy")
        #expect(fields["CREDWATCH_CAUSE"] == "key_not_recognized")
        #expect(fields["CREDWATCH_VERDICT"] == "bad")
        #expect(fields["CREDWATCH_CONFIDENCE"] == "possible")
        #expect(fields["CREDWATCH_COMMANDS"] == Samples.commands.joined(separator: "\n"))
        #expect(fields["CREDWATCH_OTHERS"] == text(of: Samples.others))
        #expect(fields["CREDWATCH_ACCESS_KEY_ID"] == "AKIAQNCLJGYSAZAAN74C")
        #expect(fields["CREDWATCH_SOURCE"] == "[app] in /home/app/.aws/credentials:4")
        #expect(fields["AWS_REQUEST_ID"] == "8a7b6c5d-0000-4000-8000-1234567890ab")
        #expect(fields["AWS_ERROR_CODE"] == "InvalidClientTokenId")
        #expect(fields["AWS_HTTP_STATUS"] == "403")
        #expect(fields["AWS_ENDPOINT"] == "https://sts.eu-central-1.amazonaws.com")
        #expect(fields["CREDWATCH_LATENCY_MS"] == "41")
        #expect(fields["CREDWATCH_EVIDENCE"]?.contains("request id 8a7b") == true)
        #expect(fields["CREDWATCH_ARN"] == nil)
    }

    @Test(arguments: [
        (ProfileState.pending, nil, "app-backup is healthy: arn:aws:iam::123456789012:user/backup"),
        (
            .failing, Duration.seconds(125),
            "app-backup is healthy again after 2m 5s: arn:aws:iam::123456789012:user/backup"
        ),
        (.unknown, nil, "app-backup is healthy again: arn:aws:iam::123456789012:user/backup"),
    ])
    func healthIsANotice(previous: ProfileState, length: Duration?, message: String) throws {
        let entry = try Self.entry(
            Samples.healthy, to: .healthy, from: previous, after: length)
        #expect(entry.kind == .profileHealthy)
        #expect(entry.priority == .notice)
        #expect(entry.message == message)
        #expect(entry.fields.contains(JournalEntry.Field("CREDWATCH_ACCOUNT", "123456789012")))
        #expect(entry.fields.contains(JournalEntry.Field("CREDWATCH_CONFIDENCE", "certain")))
        #expect(!entry.fields.contains { $0.name == "CREDWATCH_COMMANDS" })
    }

    @Test func notKnowingIsAWarning() throws {
        let entry = try Self.entry(Samples.unknown, to: .unknown, from: .healthy)
        #expect(entry.kind == .profileUnknown)
        #expect(entry.priority == .warning)
        #expect(
            entry.message
                == "batch is unknown: The host name cannot be resolved. Look at the resolver.")
    }

    private static func ending(_ notice: EndNotice, left: Duration) throws -> JournalEntry {
        Reporting.entry(
            for: .end(
                EndChange(
                    profile: "app", notice: notice, end: Samples.now + left, left: left,
                    result: try result(Samples.failing))))
    }

    @Test func aLoginThatEndsIsAWarningAndOneThatEndedAnError() throws {
        let remedy =
            "credwatch cannot renew it: log in again, or put new credentials in its place"
            + " ([app] in /home/app/.aws/credentials:4)."
        let ending = try Self.ending(.quarter, left: .seconds(839))
        #expect(ending.kind == .credentialsEnding)
        #expect(ending.priority == .warning)
        #expect(
            ending.message == "app: login ends in 14 min, at 2026-11-22T14:17:09Z; " + remedy)
        let fields = Dictionary(ending.fields.map { ($0.name, $0.value) }) { first, _ in first }
        #expect(fields["CREDWATCH_PROFILE"] == "app")
        #expect(fields["CREDWATCH_EXPIRES_AT"] == "2026-11-22T14:17:09Z")
        #expect(fields["CREDWATCH_NOTICE"] == "quarter")
        #expect(fields["CREDWATCH_SOURCE"] == "[app] in /home/app/.aws/credentials:4")

        let ended = try Self.ending(.passed, left: .seconds(-1))
        #expect(ended.kind == .credentialsEnded)
        #expect(ended.priority == .error)
        #expect(ended.message == "app: login ended at 2026-11-22T14:03:09Z; " + remedy)
    }

    @Test func anotherCauseOfTheSameStateSaysStill() throws {
        let entry = try Self.entry(Samples.failing, to: .failing, from: .failing)
        #expect(entry.message.hasPrefix("app is still failing: "))
    }
}
