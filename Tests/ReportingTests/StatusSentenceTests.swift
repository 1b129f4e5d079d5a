import Model
import Testing

@testable import Reporting

@Suite struct StatusSentenceTests {
    @Test func countsAndNamesTheNextCheck() {
        var document = Samples.document
        document.profiles = [Samples.healthy, Samples.failing]
        document.groups = []
        #expect(
            sentence(for: document)
                == "1 healthy, 1 failing (app: key not recognised), next check 14:03:28 UTC")
    }

    @Test func namesAtMostThreeAndAllProblems() {
        var document = Samples.emptyDocument
        document.profiles = (1...5).map { ProfileStatus(name: "p\($0)", state: .failing) }
        #expect(
            sentence(for: document, problems: ["status file not written: disk full"])
                == "0 healthy, 5 failing (p1, p2, p3, 2 more), status file not written: disk full")
    }

    @Test func namesLoginsThatEndWithinTheHour() {
        var document = Samples.emptyDocument
        document.profiles = [-1, 61, 840, 3_599, 3_600].enumerated().map { index, left in
            ProfileStatus(
                name: "p\(index)", state: .healthy,
                endsForGood: document.generatedAt + .seconds(left))
        }
        #expect(
            sentence(for: document)
                == "5 healthy, p0: login ended at 2026-11-22T14:03:09Z, p1: login ends in 2 min,"
                + " p2: login ends in 14 min, 1 more logins that end")
        document.profiles.removeFirst()
        #expect(sentence(for: document).hasSuffix("p3: login ends in 60 min"))
    }

    @Test func tellsOfAJournalAndADeadManServiceThatTakeNothing() {
        var document = Samples.emptyDocument
        document.profiles = [Samples.healthy]
        document.journal = JournalStatus(isReachable: false, waiting: 3, dropped: 0)
        #expect(
            sentence(for: document).hasPrefix(
                "1 healthy, the journal takes no entries (3 waiting),"))
        document.journal.dropped = 2
        document.heartbeat = HeartbeatStatus(host: "hc-ping.com", failure: "it did not answer")
        #expect(
            sentence(for: document).hasPrefix(
                "1 healthy, the journal takes no entries (3 waiting, 2 dropped), no heartbeat at hc-ping.com: it did not answer,"
            ))
        document.journal.isReachable = true
        document.heartbeat?.failure = nil
        #expect(sentence(for: document).hasPrefix("1 healthy, next check"))
    }

    @Test func staysOnOneLineOfBoundedLength() {
        var document = Samples.emptyDocument
        document.profiles = [
            ProfileStatus(name: "a\nWATCHDOG=1", state: .failing),
            ProfileStatus(name: String(repeating: "é", count: 5_000), state: .failing),
        ]
        let sentence = sentence(for: document)
        #expect(!sentence.contains("\n"))
        #expect(sentence.contains("a\\nWATCHDOG=1"))
        #expect(sentence.utf8.count <= 1_024)
    }
}
