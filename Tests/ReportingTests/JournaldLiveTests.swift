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

    @Test func whatIsWrittenWhileTheSocketIsGoneArrivesLater() async throws {
        let journal = JournaldJournal()
        let socket = "/run/systemd/journal/socket"
        try #require(rename(socket, socket + ".away") == 0)
        #expect(!journalIsPresent())
        journal.write(JournalEntry(.clockJumped, .info, "kept"))
        journal.flush(within: .seconds(30))
        #expect(journal.status == JournalStatus(isReachable: false, waiting: 1, dropped: 0))
        try #require(rename(socket + ".away", socket) == 0)
        journal.write(JournalEntry(.clockJumped, .info, "heard"))
        journal.flush(within: .seconds(30))
        #expect(journal.status == JournalStatus())
        let heard = try await records("MESSAGE_ID=\(EventKind.clockJumped.messageID)")
        #expect(heard.map { $0["MESSAGE"] } == ["kept", "heard"])
    }

    @Test func whatMattersOutlivesAJournaldThatIsKilledAndStartedAnew() async throws {
        let journal = JournaldJournal(limit: 100)
        let (changes, tell) = AsyncStream.makeStream(of: Void.self)
        journal.onChange { tell.yield() }
        var next = changes.makeAsyncIterator()
        try #require(kill(try Self.journald, SIGKILL) == 0)
        while journalIsPresent() { try await Task.sleep(for: .milliseconds(5)) }
        journal.write(JournalEntry(.failedOver, .error, "failed over"))
        await next.next()
        for number in 0..<500 {
            journal.write(JournalEntry(.hookOutput, .info, "line \(number)"))
        }
        journal.write(JournalEntry(.primaryRecovered, .notice, "recovered"))
        #expect(journal.status == JournalStatus(isReachable: false, waiting: 100, dropped: 402))
        let started = try await run([
            "sh", "-c",
            "/lib/systemd/systemd-journald >/run/journald.log 2>&1 & echo $! | tee /run/journald.pid",
        ])
        try #require(started.status == 0)
        // By the timer: nothing else is written meanwhile.
        await next.next()
        journal.flush(within: .seconds(30))
        #expect(journal.status == JournalStatus(isReachable: true, waiting: 0, dropped: 402))
        for kind in [EventKind.failedOver, .primaryRecovered] {
            #expect(try await records("MESSAGE_ID=\(kind.messageID)").count == 1)
        }
        #expect(try await records("CREDWATCH_LOST=402").count == 1)
    }

    @Test func aStoppedJournaldHoldsUpNobodyAndTheLossIsTold() async throws {
        let process = try Self.journald
        try #require(kill(process, SIGSTOP) == 0)
        let journal = JournaldJournal()
        for number in 0..<3_000 {
            // What matters comes in the middle of what does not.
            let matters = number % 100 == 0
            journal.write(
                JournalEntry(
                    matters ? .failoverFailed : .commandReceived, matters ? .error : .info,
                    "\(number)"))
        }
        let clock = ContinuousClock()
        let begin = clock.now
        // journald stands still: this has to give up by itself.
        journal.flush(within: .milliseconds(50))
        #expect(clock.now - begin < .seconds(5))
        while journal.status.isReachable { try await Task.sleep(for: .milliseconds(50)) }
        #expect((2...1_001).contains(journal.status.waiting))
        try #require(kill(process, SIGCONT) == 0)
        journal.flush(within: .seconds(30))
        let dropped = journal.status.dropped
        #expect(journal.status == JournalStatus(isReachable: true, waiting: 0, dropped: dropped))
        let arrived = try await records("MESSAGE_ID=\(EventKind.commandReceived.messageID)").count
        let mattered = try await records("MESSAGE_ID=\(EventKind.failoverFailed.messageID)").count
        #expect(mattered == 30)
        #expect(dropped > 0)
        #expect(arrived + mattered + dropped == 3_000)
        let notices = try await records("CREDWATCH_LOST=\(dropped)")
        #expect(
            notices.map { $0["MESSAGE"] }
                == ["\(dropped) entries were lost because the journal did not take them"])
    }

    @Test func theCatalogExplainsAnEntry() async throws {
        // A catalog of this namespace alone.
        let made = try await run([
            "sh", "-c",
            """
            set -e
            mount -t tmpfs tmpfs /var/lib/systemd
            mkdir /run/catalog
            cp '\(CatalogTests.path)' /run/catalog/
            mount --bind /run/catalog /usr/lib/systemd/catalog
            journalctl --update-catalog
            """,
        ])
        try #require(made.status == 0, "\(made.output)")
        let journal = JournaldJournal()
        journal.write(entry(forHeartbeatTo: "hc-ping.com", failure: "no answer"))
        journal.flush(within: .seconds(30))
        try #require(try await run(["journalctl", "--sync"]).status == 0)
        let shown = try await run([
            "journalctl", "-x", "--no-pager", "MESSAGE_ID=\(EventKind.heartbeatFailed.messageID)",
        ]).output
        #expect(shown.contains("Subject: The heartbeat does not arrive at hc-ping.com"), "\(shown)")
        #expect(shown.contains("The dead-man service at hc-ping.com was not told"))
        #expect(shown.contains("Documentation: man:credwatch.yaml(5)"))
        let list = try await run(["journalctl", "--list-catalog", "--no-pager"]).output
        for kind in EventKind.allCases { #expect(list.contains(kind.messageID)) }
    }

    private static var journald: pid_t {
        get throws {
            let text = String(decoding: try content(of: "/run/journald.pid"), as: UTF8.self)
            return try #require(pid_t(text.filter(\.isNumber)))
        }
    }
}
