import Model
import Testing

@testable import Reporting

@Suite struct PluginRenderingTests {
    func answer(
        _ document: StatusDocument, _ question: PluginQuestion = PluginQuestion(),
        at now: WallTime = Samples.now
    ) -> PluginAnswer {
        answerPlugin(document, question, now: now)
    }

    func healthy(_ count: Int, groups: Int = 0) -> StatusDocument {
        PluginStateTests.document(
            .healthy,
            (0..<count).map { ProfileStatus(name: "p\($0)", state: .healthy) },
            (0..<groups).map {
                GroupStatus(
                    name: "g\($0)", primary: "p0", backups: ["p1"], active: "p0", state: .ready)
            })
    }

    @Test func aGoodStateIsOneLine() {
        #expect(
            answer(healthy(12)).text
                == "CREDWATCH OK - 12 profiles healthy | 'healthy'=12;;;0;12 'failing'=0;;;0;12"
                + " 'unknown'=0;;;0;12 'pending'=0;;;0;12 'age'=0s;;;0\n")
        #expect(
            answer(healthy(1, groups: 1)).text.hasPrefix(
                "CREDWATCH OK - 1 profile healthy, 1 group ready | "))
    }

    @Test func whatIsInTroubleComesFirstWithCauseAndRemedy() {
        #expect(
            answer(Samples.document).text == """
                CREDWATCH CRITICAL - 1 of 4 profiles failing (app: key not recognised), 1 of 4 profiles unknown (batch: host name not found), group app failed over to app-backup, 1 healthy, 1 not checked yet | 'healthy'=1;;;0;4 'failing'=1;;;0;4 'unknown'=1;;;0;4 'pending'=1;;;0;4 'age'=4s;;;0
                app: failing since 2026-11-22T14:01:05Z, key not recognised: AWS does not recognise the access key.
                app: do: Create a new key, or activate this one, and put it into the file.
                  $ aws iam update-access-key --user-name app --access-key-id AKIAQNCLJGYSAZAAN74C --status Active
                  $ credwatch check app
                batch: unknown since 2026-11-22T14:02:30Z, host name not found: The host name cannot be resolved.
                batch: do: Look at the resolver.
                group app: failed over to app-backup, failover from app to app-backup, key not recognised, since 2026-11-22T14:02:40Z, hook succeeded: The primary is still refused.

                """)
    }

    @Test(arguments: [
        (MoveMeans.filesAndHook, HookResult.exited(code: 0), ", switch and hook succeeded: "),
        (.files, .switchFailed("no space"), ", switch: nothing could be switched: no space: "),
        (.hook, .timedOut, ", hook: time limit exceeded: "),
    ])
    func namesWhatMovesAGroup(means: MoveMeans, result: HookResult, words: String) {
        var document = Samples.document
        document.groups[1].means = means
        document.groups[1].hook?.result = result
        #expect(answer(document).text.contains(words))
    }

    @Test func aSelectionHasNumbersOfItsOwn() {
        var document = Samples.document
        document.profiles[0].endsForGood = Samples.now + .seconds(840)
        let question = PluginQuestion(
            profiles: ["app-backup", "app-backup"], groups: ["app"], endCritical: .seconds(60))
        let lines = answer(document, question).text.split(separator: "\n")
        #expect(
            lines.first.map(String.init)
                == "CREDWATCH WARNING - 1 of 2 profiles failing (app: key not recognised), group app failed over"
                + " to app-backup, app-backup: login ends in 14 min, 1 healthy"
                + " | 'healthy'=1;;;0;2 'failing'=1;;;0;2 'unknown'=0;;;0;2 'pending'=0;;;0;2 'age'=4s;;;0"
                + " 'app-backup healthy'=1;;;0;1 'app-backup failures'=0;;;0"
                + " 'app-backup login'=840s;900:;60: 'group app on backup'=1;;;0;1")
        #expect(!lines.contains { $0.hasPrefix("batch") })
        #expect(
            lines.last.map(String.init)
                == "app-backup: login ends in 14 min, at 2026-11-22T14:17:10Z; somebody has to log in, or to"
                + " put in other credentials")
    }

    @Test func aWarningIsToldAndANoteComesLast() {
        var document = healthy(1)
        document.overall = .degraded
        document.profiles[0].advisories = [
            Advisory(.keyOld, "The key is 120 days old.", commands: ["aws iam create-access-key"]),
            Advisory(.quarantined, "AWS has quarantined the user."),
        ]
        document.advisories = [Advisory(.clockSkew, "The clock is 2m 5s behind AWS's.")]
        let lines = answer(document).text.split(separator: "\n").map(String.init)
        #expect(
            lines[0].hasPrefix(
                "CREDWATCH WARNING - this machine: clock skew, p0: quarantined, 1 healthy | "))
        #expect(
            lines.dropFirst() == [
                "this machine: warning clock_skew: The clock is 2m 5s behind AWS's.",
                "p0: warning quarantined: AWS has quarantined the user.",
                "p0: note key_old: The key is 120 days old.", "  $ aws iam create-access-key",
            ])
    }

    /// What says nothing is UNKNOWN, with the reason and no performance data.
    @Test(arguments: [
        (
            61, 0, PluginQuestion(),
            "the status is stale: it was valid until 2026-11-22T14:04:10Z, 1s ago;"
        ),
        (
            30, 0, PluginQuestion(maxAge: .seconds(29)),
            "the status is 30s old, more than the 29s allowed;"
        ),
        (
            -61, 0, PluginQuestion(),
            "the status is from the future, written at 2026-11-22T14:03:10Z, in 1m 1s;"
        ),
        (0, 0, PluginQuestion(), "no profile is configured"),
        (
            0, 7, PluginQuestion(profiles: ["p0", "x|y"]),
            "the status has no profile \"x¦y\"; it has p0, p1, p2, p3, p4 and 2 more"
        ),
        (
            0, 2, PluginQuestion(groups: ["g"]),
            "the status has no group \"g\", and no other group either"
        ),
    ])
    func saysWhyItIsUnknown(later: Int, count: Int, question: PluginQuestion, sentence: String) {
        var document = healthy(count)
        if count == 0 { document.overall = .unknown }
        let answer = answer(document, question, at: Samples.now + .seconds(later))
        #expect(answer.state == .unknown)
        #expect(answer.text.hasPrefix("CREDWATCH UNKNOWN - \(sentence)"), "\(answer.text)")
        #expect(answer.text.split(separator: "\n").count == 1)
    }

    @Test(arguments: [
        (60, PluginQuestion()), (30, PluginQuestion(maxAge: .seconds(30))), (-60, PluginQuestion()),
    ])
    func theEdgesAreGood(later: Int, question: PluginQuestion) {
        #expect(answer(healthy(1), question, at: Samples.now + .seconds(later)).state == .ok)
    }

    /// Whatever names and sentences hold, there is one bar in the first line, and what follows it is data.
    @Test(arguments: [
        "a|'x'=1;2;3", "a\n| 'x'=1", "it's", "a=b", "a;b", "\u{1B}[2J", "\u{202E}x", "\u{2028}|",
        String(repeating: "x", count: 3_000), String(repeating: "|", count: 3_000), "東京 \u{0}",
        "SecretAccessKey=\(RedactionTests.secret)", "e\u{301}\u{301}", "\r\n\r\n",
    ])
    func textOfOthersIsNoData(text: String) throws {
        var document = Samples.document
        for index in document.profiles.indices {
            document.profiles[index].name = "\(index)\(text)"
            document.profiles[index].advisories = [
                Advisory(.canaryFailed, text, commands: [text])
            ]
            document.profiles[index].diagnosis?.summary = text
            document.profiles[index].diagnosis?.remedy = text
            document.profiles[index].diagnosis?.commands = [text]
        }
        document.groups[1].name = text
        document.groups[1].detail = text
        document.groups[1].active = text
        let question = PluginQuestion(
            profiles: document.profiles.map(\.name), groups: [text])
        let output = answer(document, question).text
        #expect(output.utf8.count <= 8_192)
        #expect(!output.contains(RedactionTests.secret))
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.last == "")
        #expect(lines[0].utf8.count <= 1_000)
        let bars = lines.map { $0.utf8.count { $0 == UInt8(ascii: "|") } }
        #expect(bars[0] == 1)
        // More data may follow behind the last line, but nowhere else.
        #expect(bars.dropFirst().dropLast(2).allSatisfy { $0 == 0 } && bars.reduce(0, +) <= 2)
        for line in lines where line.contains("|") {
            let data = try #require(line.split(separator: "|").last)
            let form = /( '[^'=|;"]+'=-?[0-9]+s?(;[0-9:]*){0,4})+/
            #expect(data.wholeMatch(of: form) != nil, "\(data)")
        }
        for scalar in output.unicodeScalars where scalar != "\n" {
            #expect(scalar.value >= 0x20 && scalar != "\u{202E}" && scalar != "\u{2028}")
        }
    }

    @Test func manyProfilesAreBounded() {
        var document = healthy(0)
        document.overall = .failing
        for index in 0..<10_000 {
            var profile = Samples.failing
            profile.name = "profile-\(index)"
            document.profiles.append(profile)
        }
        let all = answer(document).text
        #expect(all.utf8.count <= 8_192)
        #expect(all.hasSuffix("\nand more, see credwatch status\n"))
        #expect(
            all.hasPrefix(
                "CREDWATCH CRITICAL - 10000 of 10000 profiles failing (profile-0: key not recognised,"
                    + " profile-1: key not recognised, profile-2: key not recognised, 9997 more) | "
            ))
        // All of a selection's data is there, as far as it fits: first behind the first line, then the last.
        let question = PluginQuestion(profiles: (0..<20).map { "profile-\($0)" })
        let some = answer(document, question).text
        #expect(some.utf8.count <= 8_192)
        for index in 0..<20 { #expect(some.contains("'profile-\(index) healthy'=0;;;0;1")) }
        #expect((some.split(separator: "\n").first?.utf8.count ?? 0) <= 1_000)
        let many = answer(
            document, PluginQuestion(profiles: document.profiles.map(\.name)))
        #expect(many.text.utf8.count <= 8_192)
    }

    @Test func aCommandIsWholeOrNotThere() {
        var document = Samples.document
        let command = String(repeating: "x", count: 480)
        document.profiles[1].diagnosis?.commands = [command, command + "y"]
        let lines = answer(document).text.split(separator: "\n").map(String.init)
        #expect(
            lines[3...4] == [
                "  $ \(command)", "  (a command that is too long for here, see credwatch status)",
            ])
    }

    @Test func moreDataThanFitsHasALineOfItsOwnWhenAllIsWell() {
        let document = healthy(40)
        let lines = answer(document, PluginQuestion(profiles: document.profiles.map(\.name))).text
            .split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.last?.hasPrefix("More performance data: | 'p") == true)
    }

    @Test(arguments: [
        (PluginDatum(label: "a", value: 1), "'a'=1;;;0"),
        (PluginDatum(label: "a", value: -2, unit: "s", minimum: nil), "'a'=-2s"),
        (
            PluginDatum(label: "a b", value: 3, warning: "5:", critical: "2:", maximum: 9),
            "'a b'=3;5:;2:;0;9"
        ),
        (PluginDatum(label: "o'n=e;|\n", value: 1, minimum: nil), "'o_n_e__ '=1"),
    ])
    func dataHasTheFormOfTheGuidelines(datum: PluginDatum, text: String) {
        #expect(datum.text == text)
    }
}
