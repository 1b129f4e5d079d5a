import Model
import Testing

@testable import Reporting

@Suite struct StatusRenderingTests {
    func text(_ document: StatusDocument) -> String {
        String(decoding: renderStatus(document), as: UTF8.self)
    }

    @Test func hasEveryKeyAlsoWhereNothingIsKnown() {
        var writer = JSONWriter()
        write(Samples.pending, to: &writer)
        #expect(
            writer.text == """
                {"name":"later","state":"pending","since":null,"cause":null,"verdict":null,\
                "confidence":null,"summary":null,"remedy":null,"commands":[],"evidence":[],\
                "others":[],"identity":null,"access_key_id":null,\
                "source":null,"last_attempt_at":null,"last_success_at":null,"failing_since":null,\
                "consecutive_failures":0,"latency_ms":null,"expires_at":null,\
                "ends_for_good_at":null,"next_check_at":null,"history":"","warnings":[]}
                """)
    }

    @Test func writesWhatIsKnown() {
        var writer = JSONWriter()
        write(Samples.healthy, to: &writer)
        #expect(
            writer.text == """
                {"name":"app-backup","state":"healthy","since":"2026-11-22T12:01:10Z","cause":"ok",\
                "verdict":"good","confidence":"certain","summary":"The key works.","remedy":"",\
                "commands":[],"evidence":[],"others":[],\
                "identity":{"account":"123456789012",\
                "arn":"arn:aws:iam::123456789012:user/backup","user_id":"AIDAQNCLJGYSAZAAN74CX"},\
                "access_key_id":"ASIAY34FZKBOKMUTVV7A","source":null,\
                "last_attempt_at":"2026-11-22T14:03:10Z","last_success_at":"2026-11-22T14:03:10Z",\
                "failing_since":null,"consecutive_failures":0,"latency_ms":38,\
                "expires_at":"2026-11-22T15:03:10Z","ends_for_good_at":"2026-11-22T22:03:10Z",\
                "next_check_at":"2026-11-22T14:05:11Z","history":"uhh","warnings":[]}
                """)
    }

    @Test func writesAGroupWithItsIncidentAndHook() {
        var writer = JSONWriter()
        write(Samples.group, to: &writer)
        #expect(
            writer.text == """
                {"name":"app","primary":"app","backups":["app-backup"],"active":"app-backup",\
                "state":"failed_over","detail":"The primary is still refused.",\
                "moved_by":"hook",\
                "incident":{"id":"5b0f7a0c-8f44-4c56-9c7b-0d3f1b7f4a11","event":"failover",\
                "from":"app","to":"app-backup","cause":"key_not_recognized",\
                "summary":"AWS does not recognise the access key.",\
                "started_at":"2026-11-22T14:02:40Z","attempts":1,"by_hand":false,"drill":false},\
                "hook":{"event":"failover","result":"succeeded","exit_code":0,"signal":null,\
                "reason":null,"attempts":1,"started_at":"2026-11-22T14:02:41Z",\
                "finished_at":"2026-11-22T14:02:43Z"},"last_drill":null,"warnings":[],"stale_users":null}
                """)
    }

    @Test func beginsWithTheSchemaAndEndsWithALineFeed() {
        let text = text(Samples.document)
        #expect(
            text.hasPrefix("{\n  \"schema\": \"credwatch-status/1\",\n  \"generated_at\": \"2026"))
        #expect(text.hasSuffix("\n}\n"))
    }

    @Test func isCompactWhenItIsLarge() {
        var document = Samples.document
        document.profiles = Array(repeating: Samples.healthy, count: 101)
        #expect(text(document).split(separator: "\n").count == 1)
    }

    @Test func aSecretThatSlippedIntoAMessageStopsHere() {
        var document = Samples.document
        let slip = "SecretAccessKey=\(RedactionTests.secret)"
        document.profiles[1].diagnosis = Diagnosis(
            cause: .wrongSecret, verdict: .bad, summary: slip, remedy: slip,
            evidence: [
                .note(slip), .serviceError(code: "X", message: slip), .endpoint(slip),
                .secondOpinion(.mainRegion, slip), .transport(phase: .send, reason: slip),
                .location(.builtIn(slip)), .requestID(slip), .inquiry(action: "a", slip),
                .finding(
                    LintFinding(.quotesKept, .error, at: .builtIn(slip), slip, remedy: slip)),
            ])
        document.profiles[1].diagnosis?.commands = [slip]
        document.profiles[1].diagnosis?.others = [Candidate(.ok, slip, test: slip)]
        document.profiles[1].advisories = [Advisory(.keyOld, slip, commands: [slip])]
        document.groups[1].advisories = [Advisory(.keyOld, slip)]
        document.advisories = [Advisory(.keyOld, slip)]
        document.groups[1].incident?.summary = slip
        document.groups[1].detail = slip
        document.groups[1].hook?.result = .notStarted(slip)
        let text = text(document)
        #expect(!text.contains(RedactionTests.secret))
        #expect(text.split(separator: "<redacted>").count == 24)
    }

    @Test func writesTheClockAndTheWarnings() {
        var document = Samples.emptyDocument
        document.clock = ClockStatus(skew: .microseconds(-61_000_400), measuredAt: Samples.now)
        document.advisories = [
            Advisory(
                .clockSkew, "The clock.", commands: ["timedatectl status"], since: Samples.now)
        ]
        var text = text(document)
        text.removeAll { $0 == "\n" || $0 == " " }
        #expect(
            text.contains(
                """
                "clock":{"skew_ms":-61000,"measured_at":"2026-11-22T14:03:10Z"},\
                "journal":{"reachable":true,"waiting":0,"dropped":0},"heartbeat":null,\
                "warnings":[{"code":"clock_skew","message":"Theclock.",\
                "commands":["timedatectlstatus"],"since":"2026-11-22T14:03:10Z"}],"profiles":[]
                """))
        var plain = self.text(Samples.emptyDocument)
        plain.removeAll { $0 == "\n" || $0 == " " }
        #expect(plain.contains("\"clock\":null,\"journal\":"))
        #expect(plain.contains("\"heartbeat\":null,\"warnings\":[],\"profiles\":[]"))
    }

    @Test func writesJournalAndHeartbeat() {
        var document = Samples.fullDocument
        document.heartbeat?.failure = "SecretAccessKey=\(RedactionTests.secret)"
        var text = text(document)
        text.removeAll { $0 == "\n" || $0 == " " }
        #expect(
            text.contains(
                """
                "journal":{"reachable":false,"waiting":12,"dropped":3},\
                "heartbeat":{"host":"hc-ping.com","last_success_at":"2026-11-22T14:02:00Z",\
                "failing_since":"2026-11-22T14:03:00Z","failure":"SecretAccessKey=<redacted>"},
                """))
    }

    @Test func writesHowSureItIsAndWhatElseItCouldBe() {
        var profile = Samples.failing
        profile.diagnosis?.evidence = []
        var writer = JSONWriter()
        write(profile, to: &writer)
        #expect(
            writer.text.contains(
                """
                "verdict":"bad","confidence":"possible",\
                "summary":"AWS does not recognise the access key.",\
                "remedy":"Create a new key, or activate this one, and put it into the file.",\
                "commands":["aws iam update-access-key --user-name app --access-key-id \
                AKIAQNCLJGYSAZAAN74C --status Active","credwatch check app"],"evidence":[],\
                "others":[{"cause":"key_deleted","what":"the key was deleted",\
                "test":"iam:ListAccessKeys, asked with another identity, lists the key or not."},\
                {"cause":"key_mistyped","what":"the id has a typing error",\
                "test":"Compare it with the key's id in the IAM console."}],
                """))
    }

    @Test(arguments: [
        (0, "0"), (7, "7"), (10, "10"), (-1, "-1"), (1_000_000, "1000000"),
        (Int.max, "9223372036854775807"), (Int.min, "-9223372036854775808"),
    ])
    func writesWholeNumbers(number: Int, expected: String) {
        var writer = JSONWriter()
        writer.object { $0.member("n", number) }
        #expect(writer.text == "{\"n\":\(expected)}")
    }

    @Test(arguments: [
        (0.0, "0"), (38.0, "38"), (41.25, "41.25"), (0.001, "0.001"), (0.0004, "0"), (-0.0004, "0"),
        (-301_500.5, "-301500.5"), (1.999_6, "2"), (10.01, "10.01"), (100.1, "100.1"),
        (.infinity, "null"), (.nan, "null"), (1e300, "null"), (8e14, "800000000000000"),
    ])
    func writesNumbersWithAPoint(number: Double, expected: String) {
        var writer = JSONWriter()
        writer.object { $0.member("n", number) }
        #expect(writer.text == "{\"n\":\(expected)}")
    }

    @Test(arguments: [
        0, 1, 951_782_399, 951_782_400, 1_795_356_190, -1, -62_135_596, 9_223_372_036,
    ])
    func writesTimesAsModelDoes(seconds: Int64) {
        var writer = JSONWriter()
        let time = WallTime(seconds: seconds)
        writer.object { $0.member("t", time) }
        #expect(writer.text == "{\"t\":\"\(time.rfc3339)\"}")
    }
}
