import FoundationEssentials
import Glibc
import Model
import Reporting
import Sandbox
import Support
import Testing

/// The daemon as it is built, with a systemd-journald of its own.
@Suite(.timeLimit(.minutes(1)))
struct JournalSystemTests {
    /// Follows the journal while the daemon runs, and prints all of it after a mark in the end.
    private static let follower = """
        journalctl --quiet --follow --lines=all --output=json --all SYSLOG_IDENTIFIER=credwatch &
        follower=$!
        status=0
        "$@" || status=$?
        kill $follower
        journalctl --sync
        echo THE-END
        journalctl --quiet --output=json --all --no-pager SYSLOG_IDENTIFIER=credwatch
        exit $status
        """

    private func allEntries(of outcome: Subprocess.Outcome) throws -> [[String: String]] {
        let text = outcome.outputText
        let end = try #require(text.firstRange(of: "THE-END\n"), "\(text)\(outcome.errorText)")
        return try text[end.upperBound...].split(separator: "\n").map {
            try JSONDecoder().decode([String: String].self, from: Data($0.utf8))
        }
    }

    @Test(.enabled(Comment(rawValue: TestJournald.needs)) { await TestJournald.isPossible() })
    func `what happens stands in a real journal with its fields`() async throws {
        let site = try Site()
        try site.writeConfig()
        try site.sandbox.deactivate(site.primary)
        let command = MountNamespace.command(
            after: TestJournald.script,
            ["sh", "-c", Self.follower, "sh", binary("credwatch")]
                + ["run", "--config", site.path("credwatch.yaml"), "--log", "journal"])
        let run = try Subprocess(
            command[0], Array(command[1...]), environment: plainEnvironment,
            timeLimit: .seconds(50))
        let isMoved = await run.hasWritten(EventKind.failedOver.messageID)
        let daemon = try site.status().daemon.pid
        kill(daemon, SIGTERM)
        let outcome = await run.outcome()
        #expect(isMoved, "\(outcome.outputText)\(outcome.errorText)")
        #expect(outcome.ending == .exited(0))

        let all = try allEntries(of: outcome)
        func entries(of kind: EventKind) -> [[String: String]] {
            all.filter { $0["MESSAGE_ID"] == kind.messageID }
        }
        let failing = try #require(entries(of: .profileFailing).first)
        #expect(failing["PRIORITY"] == "3")
        #expect(failing["MESSAGE"]?.hasPrefix("app is failing: ") == true)
        #expect(failing["CREDWATCH_PROFILE"] == "app")
        #expect(failing["CREDWATCH_STATE"] == "failing")
        #expect(failing["CREDWATCH_CAUSE"] == "key_not_recognized")
        #expect(failing["CREDWATCH_VERDICT"] == "bad")
        #expect(failing["CREDWATCH_ACCESS_KEY_ID"] == site.primary.id)
        #expect(failing["AWS_ERROR_CODE"] == "InvalidClientTokenId")
        #expect(failing["AWS_ENDPOINT"] == site.sandbox.url)
        #expect(failing["_PID"] == "\(daemon)")
        // The id is that of a call which AWS's side knows, and refused.
        let refused = site.sandbox.calls.filter { $0.accessKeyID == site.primary.id }
        #expect(refused.map(\.requestID).contains(try #require(failing["AWS_REQUEST_ID"])))

        let healthy = try #require(entries(of: .profileHealthy).first)
        #expect(healthy["PRIORITY"] == "5")
        #expect(healthy["CREDWATCH_PROFILE"] == "app-backup")
        #expect(healthy["CREDWATCH_STATE"] == "healthy")
        #expect(healthy["CREDWATCH_ARN"] == "arn:aws:iam::123456789012:user/app-backup")

        let moved = try #require(entries(of: .failedOver).first)
        #expect(moved["CREDWATCH_GROUP"] == "app")
        #expect(moved["CREDWATCH_INCIDENT"] == site.hookRuns().first?[3])
        for kind in [EventKind.daemonStarted, .hookStarted, .hookFinished, .daemonStopping] {
            #expect(entries(of: kind).count == 1, "\(kind)")
        }
        // One line for each change, not one for each check: the refusal, and its reason by IAM.
        #expect(
            entries(of: .profileFailing).map { $0["CREDWATCH_CAUSE"] } == [
                "key_not_recognized", "key_inactive",
            ])
        for key in [site.primary, site.backup] {
            #expect(!outcome.outputText.contains(key.secret.reveal()))
        }
    }
}
