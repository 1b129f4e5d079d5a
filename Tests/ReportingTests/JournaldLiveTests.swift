import FoundationEssentials
import Glibc
import Model
import Support
import Testing

@testable import Reporting

@Suite struct JournaldLiveTests {
    @Test(
        .enabled(Comment(rawValue: TestJournald.needs)) { await TestJournald.isPossible() })
    func entriesArriveInARealJournal() async throws {
        try await PrivateNamespace.runSuite(
            "InsideJournald", in: "journald", script: TestJournald.script)
    }
}

@Suite(
    .enabled(
        if: PrivateNamespace.isInside("journald"), "started by JournaldLiveTests in a namespace"),
    .serialized)
struct InsideJournald {
    /// Reads the journal back; values that are no text appear as arrays, which this refuses.
    func records(_ match: String...) async throws -> [[String: String]] {
        try #require(try await run(["journalctl", "--sync"]).status == 0)
        let result = try await run(["journalctl", "-o", "json", "--all", "--no-pager"] + match)
        try #require(result.status == 0, "\(result.output)")
        return try result.output.split(separator: "\n").filter { $0.hasPrefix("{") }.map {
            try JSONDecoder().decode([String: String].self, from: Data($0.utf8))
        }
    }

    @Test func anEntryHasItsFields() async throws {
        let journal = JournaldJournal()
        journal.write(
            try ProfileEntriesTests.entry(Samples.failing, to: .failing, from: .healthy))
        journal.flush(within: .seconds(30))
        let id = EventKind.profileFailing.messageID
        let records = try await records("MESSAGE_ID=\(id)")
        try #require(records.count == 1)
        let record = records[0]
        #expect(record["MESSAGE"]?.hasPrefix("app is failing: AWS does not recognise") == true)
        #expect(record["PRIORITY"] == "3")
        #expect(record["SYSLOG_IDENTIFIER"] == "credwatch")
        #expect(record["CREDWATCH_EVENT"] == "profile_failing")
        #expect(record["CREDWATCH_PROFILE"] == "app")
        #expect(record["CREDWATCH_STATE"] == "failing")
        #expect(record["CREDWATCH_CAUSE"] == "key_not_recognized")
        #expect(record["CREDWATCH_ACCESS_KEY_ID"] == "AKIAQNCLJGYSAZAAN74C")
        #expect(record["AWS_REQUEST_ID"] == "8a7b6c5d-0000-4000-8000-1234567890ab")
        #expect(record["AWS_ENDPOINT"] == "https://sts.eu-central-1.amazonaws.com")
        #expect(record["_PID"] == "\(getpid())")
        #expect(record["CODE_FILE"] == nil)
    }

    @Test func anyTextArrivesAndNoSecret() async throws {
        let journal = JournaldJournal()
        let message = "first\nsecond \u{1B}[2J\u{0} 東京 SecretAccessKey=\(RedactionTests.secret)"
        let long = String(repeating: "x", count: 100_000)
        journal.write(
            JournalEntry(
                .hookOutput, .info, message,
                [
                    JournalEntry.Field("CREDWATCH_LONG", long),
                    JournalEntry.Field("MALICIOUS\nPRIORITY", "0"),
                    JournalEntry.Field("CREDWATCH_LINES", "a\nPRIORITY=0\n"),
                ]))
        journal.flush(within: .seconds(30))
        let records = try await records("MESSAGE_ID=\(EventKind.hookOutput.messageID)")
        try #require(records.count == 1)
        #expect(
            records[0]["MESSAGE"]
                == "first\nsecond \\x1b[2J\\x00 東京 SecretAccessKey=<redacted>")
        #expect(records[0]["PRIORITY"] == "6")
        #expect(records[0]["CREDWATCH_LINES"] == "a\nPRIORITY=0\n")
        #expect(records[0]["CREDWATCH_LONG"]?.utf8.count == 8_192)
    }

    @Test func theJournalIsFoundAndChosen() {
        #expect(journalIsPresent())
        let stream = JournalTests.stream(of: 2)
        #expect(
            chooseJournal(target: .auto) { $0 == "JOURNAL_STREAM" ? stream : nil }
                is JournaldJournal)
        #expect(chooseJournal(target: .auto) { _ in nil } is TerminalJournal)
        #expect(chooseJournal(target: .journal) { _ in nil } is JournaldJournal)
    }

    @Test func aSocketThatIsGoneIsNoDelivery() async throws {
        let journal = JournaldJournal()
        let socket = "/run/systemd/journal/socket"
        try #require(rename(socket, socket + ".away") == 0)
        #expect(!journalIsPresent())
        journal.write(JournalEntry(.clockJumped, .info, "into the void"))
        journal.flush(within: .seconds(30))
        try #require(rename(socket + ".away", socket) == 0)
        journal.write(JournalEntry(.clockJumped, .info, "heard"))
        journal.flush(within: .seconds(30))
        let heard = try await records("MESSAGE_ID=\(EventKind.clockJumped.messageID)")
        #expect(heard.map { $0["MESSAGE"] } == ["heard"])
        let notices = try await records("CREDWATCH_LOST=1")
        #expect(
            notices.map { $0["MESSAGE"] }
                == ["1 entry was lost because the journal did not take them"])
    }

    @Test func aStoppedJournaldHoldsUpNobodyAndTheLossIsTold() async throws {
        let process = try #require(
            getenv("CREDWATCH_TEST_JOURNALD").flatMap { pid_t(String(cString: $0)) })
        try #require(kill(process, SIGSTOP) == 0)
        let journal = JournaldJournal()
        for number in 0..<3_000 {
            journal.write(JournalEntry(.commandReceived, .info, "\(number)"))
        }
        // journald stands still: this has to give up by itself.
        journal.flush(within: .milliseconds(50))
        try #require(kill(process, SIGCONT) == 0)
        journal.flush(within: .seconds(30))
        let arrived = try await records("MESSAGE_ID=\(EventKind.commandReceived.messageID)").count
        // A single one is the business of another test.
        let notices = try await records("MESSAGE_ID=\(EventKind.internalProblem.messageID)")
            .filter { $0["CREDWATCH_LOST"] != "1" }
        let lost = notices.compactMap { $0["CREDWATCH_LOST"].flatMap { Int($0) } }.reduce(0, +)
        #expect(lost > 0)
        #expect(
            notices.first?["MESSAGE"]
                == "\(lost) entries were lost because the journal did not take them")
        #expect(arrived >= 1_000)
        #expect(arrived + lost == 3_000)
    }
}
