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
        document.profiles[0].advisories = [
            Advisory(
                .keyOld, "The key is 120 days old.", commands: ["aws iam create-access-key"],
                since: Samples.now + .seconds(-125))
        ]
        document.groups[1].advisories = [Advisory(.backupSameAccount, "Both are in 1234.")]
        #expect(
            renderTable(document, style: TableStyle(), now: Samples.now)
                == """
                credwatch: failing, 1 healthy, 1 failing (app: key not recognised), 1 unknown (batch: host name not found), 1 pending, group app failed over to app-backup, written 4s ago by pid 123 on host

                PROFILE     STATE    SINCE  NEXT      LAST 24 H                 CAUSE AND REMEDY, OR IDENTITY
                app         failing  2m 5s  in 18s    .....................__#  key not recognised
                    AWS does not recognise the access key.
                    sure: possible, one of several causes that look the same
                    do: Create a new key, or activate this one, and put it into the file.
                        aws iam update-access-key --user-name app --access-key-id AKIAQNCLJGYSAZAAN74C --status Active
                        credwatch check app
                    seen:
                        access key AKIAQNCLJGYSAZAAN74C from [app] in /home/app/.aws/credentials:4
                        InvalidClientTokenId: invalid.
                        request id 8a7b
                    it could also be:
                        key deleted: the key was deleted
                            to tell: iam:ListAccessKeys, asked with another identity, lists the key or not.
                        key id mistyped: the id has a typing error
                            to tell: Compare it with the key's id in the IAM console.
                batch       unknown  40s    -         ........................  host name not found
                    The host name cannot be resolved.
                    sure: certain, nothing else fits what was seen
                    do: Look at the resolver.
                    seen:
                        failed at the DNS lookup: NXDOMAIN
                later       pending  -      -         ........................  not checked yet
                app-backup  healthy  2h 2m  in 2m 1s  ......................?_  arn:aws:iam::123456789012:user/backup

                GROUP  STATE        ACTIVE      DETAIL
                app    failed over  app-backup  The primary is still refused.
                    failover from app to app-backup, key not recognised, since 2026-11-22T14:02:40Z, incident 5b0f7a0c-8f44-4c56-9c7b-0d3f1b7f4a11
                    hook for failover: succeeded, attempt 1, started 2026-11-22T14:02:41Z
                batch  ready        batch       -

                WARNING ABOUT  CODE                 SINCE
                app-backup     key_old              2m 5s
                    The key is 120 days old.
                        aws iam create-access-key
                group app      backup_same_account  -
                    Both are in 1234.

                """)
    }

    @Test(arguments: [
        (MoveMeans.hook, HookResult.exited(code: 3), "hook for failover: exit code 3,"),
        (
            .files, .switchFailed("/etc/default/app is a directory"),
            "switch for failover: nothing could be switched: /etc/default/app is a directory,"
        ),
        (
            .files, .incomplete("app.service does not come back"),
            "switch for failover: switched, but app.service does not come back,"
        ),
        (.filesAndHook, .exited(code: 0), "switch and hook for failover: succeeded,"),
    ])
    func namesWhatMovesAGroup(means: MoveMeans, result: HookResult, words: String) {
        var document = Samples.document
        document.groups = [Samples.group]
        document.groups[0].means = means
        document.groups[0].hook?.result = result
        let page = String(
            decoding: renderPage(document, .snapshot(Samples.now)), as: UTF8.self)
        let table = renderTable(document, style: TableStyle(), now: Samples.now)
        for text in [table, page] {
            #expect(text.contains("\(words) attempt 1"), "\(text)")
        }
    }

    /// What somebody reads at 3 a.m.
    @Test func isReadableInEightyColumns() {
        var document = Samples.document
        document.profiles = [Samples.failing]
        document.profiles[0].diagnosis?.evidence = [
            .serviceError(
                code: "InvalidClientTokenId",
                message: "The security token included in the request is invalid."),
            .inquiry(action: "iam:ListAccessKeys", "lists the key as Inactive"),
        ]
        document.groups = []
        document.clock = ClockStatus(skew: .seconds(125), measuredAt: Samples.now)
        document.advisories = [
            Advisory(
                .clockSkew,
                "This machine's clock is 2m 5s behind AWS's: from 5m on AWS refuses its signatures.",
                commands: ["timedatectl status"], since: Samples.now + .seconds(-60))
        ]
        #expect(
            renderTable(document, style: TableStyle(width: 80), now: Samples.now)
                == """
                credwatch: failing, 0 healthy, 1 failing (app: key not recognised), this
                machine's clock is 2m 5s behind AWS's, written 4s ago by pid 123 on host

                PROFILE  STATE    SINCE  NEXT    LAST 24 H     CAUSE AND REMEDY, OR IDENTITY
                app      failing  2m 5s  in 18s  .........._#  key not recognised
                    AWS does not recognise the access key.
                    sure: possible, one of several causes that look the same
                    do: Create a new key, or activate this one, and put it into the file.
                        aws iam update-access-key --user-name app --access-key-id AKIAQNCLJGYSAZAAN74C --status Active
                        credwatch check app
                    seen:
                        access key AKIAQNCLJGYSAZAAN74C from [app] in
                        /home/app/.aws/credentials:4
                        InvalidClientTokenId: The security token included in the request is
                        invalid.
                        iam:ListAccessKeys lists the key as Inactive
                    it could also be:
                        key deleted: the key was deleted
                            to tell: iam:ListAccessKeys, asked with another identity, lists the
                            key or not.
                        key id mistyped: the id has a typing error
                            to tell: Compare it with the key's id in the IAM console.

                WARNING ABOUT  CODE        SINCE
                this machine   clock_skew  1m 0s
                    This machine's clock is 2m 5s behind AWS's: from 5m on AWS refuses its
                    signatures.
                        timedatectl status

                """)
    }

    @Test func aSinglePassHasNoHeadAndSaysHowTheClockIs() {
        var document = Samples.emptyDocument
        document.profiles = [ProfileStatus(name: "a", state: .healthy)]
        document.clock = ClockStatus(skew: .seconds(-59), measuredAt: Samples.now)
        let table =
            "PROFILE  STATE    SINCE  CAUSE OR IDENTITY  NEXT\na        healthy  -      -                  -\n"
        #expect(renderCheckTable(document, style: TableStyle()) == table)
        document.clock?.skew = .seconds(-60)
        #expect(
            renderCheckTable(document, style: TableStyle())
                == table + "\nthis machine's clock is 1m 0s ahead of AWS's.\n")
    }

    @Test(arguments: [
        (Confidence.certain, "certain, nothing else fits what was seen"),
        (.likely, "likely, something else is possible but rare"),
        (.possible, "possible, one of several causes that look the same"),
    ])
    func saysHowSureItIs(confidence: Confidence, words: String) {
        var document = Samples.emptyDocument
        document.profiles = [Samples.failing]
        document.profiles[0].diagnosis?.confidence = confidence
        #expect(lines(document).contains("    sure: \(words)"))
    }

    @Test func showsTheFirstDozenOfWhatWasSeen() {
        var document = Samples.emptyDocument
        document.profiles = [Samples.failing]
        document.profiles[0].diagnosis?.evidence = (1...13).map { .note("fact \($0)") }
        let lines = lines(document)
        #expect(lines.contains("        fact 11"))
        #expect(!lines.contains("        fact 12"))
        #expect(lines.contains("        and 2 more, see --json"))
    }

    @Test func whatIsToBeCopiedIsWhole() {
        let command = "aws iam create-access-key --user-name " + String(repeating: "x", count: 90)
        var document = Samples.emptyDocument
        document.profiles = [Samples.failing]
        document.profiles[0].diagnosis?.commands = [command, "echo \u{1B}[2J"]
        document.advisories = [Advisory(.keyOld, "m", commands: [command])]
        let lines = lines(document, width: 60)
        #expect(lines.count { $0 == "        " + command } == 2)
        // But nothing in it reaches the terminal as a control sequence.
        #expect(lines.contains("        echo \\x1b[2J"))
    }

    @Test func aSecretThatSlippedIntoADiagnosisStopsHere() {
        let slip = "SecretAccessKey=\(RedactionTests.secret)"
        var document = Samples.emptyDocument
        document.profiles = [Samples.failing]
        document.profiles[0].diagnosis = Diagnosis(
            cause: .wrongSecret, verdict: .bad, summary: slip, remedy: slip, commands: [slip],
            evidence: [.note(slip)], others: [Candidate(.ok, slip, test: slip)])
        document.advisories = [Advisory(.keyOld, slip, commands: [slip])]
        let text = lines(document).joined(separator: "\n")
        #expect(!text.contains(RedactionTests.secret))
        #expect(text.split(separator: "<redacted>").count == 9)
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
        let text = lines(document)
        #expect(
            text[0]
                == "!! STALE: this status was valid until 2026-11-22T14:01:05Z, 2m 5s ago, and nothing renews it. All that follows is old: take every state for unknown, and see `systemctl status credwatch`."
        )
        #expect(text[2].hasPrefix("credwatch: unknown (was healthy), 1 healthy"))
        let colored = lines(document, color: true, width: 80)
        #expect(colored[0].hasPrefix("\u{1B}[1;37;41m!! STALE: "))
        #expect(colored[1].hasPrefix("\u{1B}[1;37;41m!! "))
    }

    @Test(arguments: [20, 40, 60, 80, 100, 132]) func fitsTheTerminal(width: Int) {
        // A command is whole, whatever the width.
        var document = Samples.document
        document.profiles[1].diagnosis?.commands = []
        for line in lines(document, width: width) {
            #expect(displayWidth(line) <= width, "\(line)")
        }
        #expect(lines(document, width: width).contains { $0.contains("…") } == (width < 100))
    }

    @Test func colourChangesNothingButColour() {
        let colored = lines(Samples.document, color: true, width: 80).joined(separator: "\n")
        #expect(colored.contains("\u{1B}[1;31mfailing\u{1B}[0m"))
        #expect(colored.contains("\u{1B}[32mhealthy\u{1B}[0m"))
        #expect(colored.hasPrefix("credwatch: \u{1B}[1;31mfailing\u{1B}[0m, 1 healthy"))
        #expect(
            colored.contains(
                "\u{1B}[2m..........\u{1B}[0m\u{1B}[32m_\u{1B}[0m\u{1B}[1;31m#\u{1B}[0m"))
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
        let dots = String(repeating: ".", count: 24)
        #expect(
            lines[2]
                == "PROFILE   STATE    SINCE  NEXT  LAST 24 H                 CAUSE AND REMEDY, OR IDENTITY"
        )
        #expect(lines[4] == "e\u{301}         failing  -      -     \(dots)  -")
        #expect(lines[3] == "x\\x1b[2J  failing  -      -     \(dots)  -")
        #expect(lines[5] == "東京      failing  -      -     \(dots)  -")
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
        #expect(lines[3].hasPrefix("a        healthy  0.0s   due   ...."))
    }

    @Test func ofThousandsItListsWhatMatters() {
        var document = Samples.emptyDocument
        document.profiles = (0..<12).map { number in
            var profile = Samples.failing
            profile.name = "bad-\(number)"
            return profile
        }
        document.profiles += (0..<200).map {
            ProfileStatus(name: "good-\($0)", state: .healthy)
        }
        func count(_ extent: TableExtent) -> (rows: [Int], text: String) {
            let text = renderTable(
                document, style: TableStyle(extent: extent), now: Samples.now)
            let lines = text.split(separator: "\n")
            return (
                ["    sure: ", "bad-", "good-"].map { begin in
                    lines.count { $0.hasPrefix(begin) }
                }, text
            )
        }
        #expect(count(.whole).rows == [12, 12, 200])
        let pipe = count(.pipe)
        #expect(pipe.rows == [3, 12, 200])
        // In one line, what is the matter and what to do.
        #expect(pipe.text.contains("key not recognised: Create a new key, or activate this one"))
        #expect(pipe.text.contains("\n3 of 12 in trouble are explained; see --all\n"))
        let screen = count(.screen)
        #expect(screen.rows == [3, 12, 50])
        #expect(screen.text.contains("\nand 150 more profiles, not in trouble; see --all\n"))
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
