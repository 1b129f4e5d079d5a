import Model
import Testing

@testable import Reporting

@Suite struct StatusTableTests {
    func lines(_ document: StatusDocument, color: Bool = false, width: Int = .max) -> [Substring] {
        renderTable(
            document, style: TableStyle(color: color, width: width), now: Samples.now
        ).split(separator: "\n", omittingEmptySubsequences: false)
    }

    @Test func showsTroubleFirstAndExplainsIt() {
        var document = Samples.document
        document.profiles[1].diagnosis?.evidence = [
            .serviceError(code: "InvalidClientTokenId", message: "invalid."), .requestID("8a7b"),
        ]
        #expect(
            renderTable(document, style: TableStyle(), now: Samples.now)
                == """
                credwatch: failing, 1 healthy, 1 failing (app: key not recognised), 1 unknown (batch: host name not found), 1 pending, group app failed over to app-backup, written 4s ago by pid 123 on host

                PROFILE     STATE    SINCE  CAUSE OR IDENTITY                      NEXT
                app         failing  2m 5s  key not recognised                     in 18s
                    AWS does not recognise the access key.
                    Create a new key, or activate this one, and put it into the file.
                    access key AKIAQNCLJGYSAZAAN74C from [app] in /home/app/.aws/credentials:4
                    InvalidClientTokenId: invalid.
                    request id 8a7b
                batch       unknown  40s    host name not found                    -
                    The host name cannot be resolved.
                    Look at the resolver.
                    failed at the DNS lookup: NXDOMAIN
                later       pending  -      not checked yet                        -
                app-backup  healthy  2h 2m  arn:aws:iam::123456789012:user/backup  in 2m 1s

                GROUP  STATE        ACTIVE      DETAIL
                app    failed over  app-backup  The primary is still refused.
                    failover from app to app-backup, key not recognised, since 2026-11-22T14:02:40Z, incident 5b0f7a0c-8f44-4c56-9c7b-0d3f1b7f4a11
                    hook for failover: succeeded, attempt 1, started 2026-11-22T14:02:41Z
                batch  ready        batch       -

                """)
    }

    @Test func saysThatALoginEnds() {
        var document = Samples.emptyDocument
        document.profiles = [
            ProfileStatus(
                name: "a", state: .healthy, endsForGood: Samples.now + .seconds(14 * 60)),
            ProfileStatus(name: "b", state: .healthy, endsForGood: Samples.now + .seconds(3_600)),
        ]
        let lines = lines(document)
        #expect(lines[0].hasPrefix("credwatch: unknown, 2 healthy, a: login ends in 14 min, "))
        #expect(lines[4] == "    login ends in 14 min")
        #expect(lines.count == 7)
    }

    @Test func saysThatItIsStale() {
        var document = Samples.document
        document.overall = .healthy
        document.validUntil = Samples.now + .seconds(-125)
        let head = lines(document)[0]
        #expect(
            head.hasPrefix(
                "credwatch: unknown, because this status is stale: it was valid until"
                    + " 2026-11-22T14:01:05Z, 2m 5s ago. What follows is old: 1 healthy"))
    }

    @Test(arguments: [20, 40, 60, 80, 100, 132]) func fitsTheTerminal(width: Int) {
        for line in lines(Samples.document, width: width) {
            #expect(displayWidth(line) <= width, "\(line)")
        }
        #expect(lines(Samples.document, width: width).contains { $0.contains("…") } == (width < 80))
    }

    @Test func colourChangesNothingButColour() {
        let colored = lines(Samples.document, color: true, width: 80).joined(separator: "\n")
        #expect(colored.contains("\u{1B}[1;31mfailing\u{1B}[0m"))
        #expect(colored.contains("\u{1B}[32mhealthy\u{1B}[0m"))
        let plain = lines(Samples.document, width: 80).joined(separator: "\n")
        #expect(colored.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain)
    }

    @Test func alignsWideNamesAndShowsControlCharacters() {
        var document = Samples.emptyDocument
        document.profiles = [
            ProfileStatus(name: "東京", state: .failing),
            ProfileStatus(name: "e\u{301}", state: .failing),
            ProfileStatus(name: "x\u{1B}[2J", state: .failing),
        ]
        let lines = lines(document)
        #expect(lines[2] == "PROFILE   STATE    SINCE  CAUSE OR IDENTITY  NEXT")
        #expect(lines[4] == "e\u{301}         failing  -      -                  -")
        #expect(lines[3] == "x\\x1b[2J  failing  -      -                  -")
        #expect(lines[5] == "東京      failing  -      -                  -")
    }

    @Test func showsACheckThatIsDueAndAClockThatWentBack() {
        var document = Samples.emptyDocument
        document.generatedAt = Samples.now + .seconds(100)
        document.validUntil = Samples.now + .seconds(200)
        document.profiles = [
            ProfileStatus(
                name: "a", state: .healthy, since: Samples.now + .seconds(50),
                nextCheckAt: Samples.now)
        ]
        let lines = lines(document)
        #expect(lines[0].contains("written 0.0s ago"))
        #expect(lines[3] == "a        healthy  0.0s   -                  due")
    }

    @Test func hasNoTablesForNothing() {
        #expect(lines(Samples.emptyDocument).count == 2)
    }

    @Test func breaksLongNotesBetweenWords() {
        #expect(
            wrapped("one two three fourteen", to: 14, indent: "    ")
                == ["    one two", "    three", "    fourteen"])
        #expect(wrapped(String(repeating: "x", count: 20), to: 12) == ["xxxxxxxxxxx…"])
        #expect(wrapped("short", to: 80) == ["short"])
    }
}
