import Glibc
import Model
import Sandbox
import Support
import Testing

/// The subcommands as they are built, with their exit codes.
@Suite(.timeLimit(.minutes(1)))
struct CommandSystemTests {
    @Test func `check prints a table and exits 0 when all is well`() async throws {
        let site = try Site()
        try site.writeConfig()
        let outcome = try await site.run("check", "--config", site.path("credwatch.yaml"))
        #expect(outcome.ending == .exited(0), "\(outcome.errorText)")
        #expect(outcome.outputText.contains("app-backup"))
        #expect(outcome.outputText.contains("healthy"))
        #expect(!outcome.outputText.contains(site.primary.secret.reveal()))
    }

    @Test func `check exits 2 for a refused key, and says what to do`() async throws {
        let site = try Site()
        try site.writeConfig()
        try site.sandbox.delete(site.primary)
        let outcome = try await site.run("check", "app", "--config", site.path("credwatch.yaml"))
        #expect(outcome.ending == .exited(2))
        #expect(outcome.outputText.contains("does not recognise"))
        #expect(outcome.outputText.contains(site.path("credentials")))
        #expect(!outcome.outputText.contains("app-backup"))
    }

    @Test func `check exits 3 when nothing can be known, and 1 when only a part is unknown`()
        async throws
    {
        let site = try Site()
        try site.writeConfig(url: "http://127.0.0.1:9")
        let unknown = try await site.run("check", "--config", site.path("credwatch.yaml"))
        #expect(unknown.ending == .exited(3))
        #expect(unknown.outputText.contains("No connection"))
        try site.writeConfig()
        let part = try await site.run(
            "check", "app", "nobody", "--config", site.path("credwatch.yaml"))
        #expect(part.ending == .exited(1))
        #expect(part.outputText.contains("There is no profile nobody"))
    }

    @Test func `check works without a config, from environment keys or the profile in AWS_PROFILE`()
        async throws
    {
        let site = try Site()
        let keys = try await site.run(
            "check", "--json",
            environment: [
                "AWS_ACCESS_KEY_ID": site.primary.id,
                "AWS_SECRET_ACCESS_KEY": site.primary.secret.reveal(),
                "AWS_ENDPOINT_URL": site.sandbox.url,
            ])
        #expect(keys.ending == .exited(0), "\(keys.errorText)\(keys.outputText)")
        #expect(keys.outputText.contains("arn:aws:iam::123456789012:user/app"))
        #expect(!keys.outputText.contains(site.primary.secret.reveal()))
        let profile = try await site.run(
            "check", "--json",
            environment: [
                "AWS_PROFILE": "app-backup", "AWS_ENDPOINT_URL_STS": site.sandbox.url,
                "AWS_SHARED_CREDENTIALS_FILE": site.path("credentials"),
            ])
        #expect(profile.ending == .exited(0))
        #expect(profile.outputText.contains("user/app-backup"))
        let none = try await site.run("check")
        #expect(none.ending == .exited(3))
    }

    @Test func `status exits 3 without a file, and for a stale one`() async throws {
        let site = try Site()
        try site.writeConfig()
        let missing = try await site.run("status", "--config", site.path("credwatch.yaml"))
        #expect(missing.ending == .exited(3))
        #expect(missing.errorText.contains(site.path("status.json")))
        let manager = try NotifySocket(path: site.path("notify"))
        let daemon = try site.startDaemon(environment: ["NOTIFY_SOCKET": site.path("notify")])
        #expect(await manager.message { $0.contains("STATUS=2 healthy") } != nil)
        let fresh = try await site.run("status", "--config", site.path("credwatch.yaml"))
        #expect(fresh.ending == .exited(0), "\(fresh.outputText)")
        daemon.send(signal: 15)
        _ = await daemon.outcome()
        let stale = try await site.run("status", "--json", "--file", site.path("status.json"))
        #expect(stale.ending == .exited(3))
        #expect(stale.outputText.contains("credwatch-status/1"))
    }

    @Test(arguments: [
        ["validate", "--config"], ["status", "--file"], ["check", "--config"],
        ["doctor", "--config"], ["lint", "--as", "credentials", "--file"],
    ])
    func `a path with escapes is told without them`(_ arguments: [String]) async throws {
        let site = try Site()
        let path = site.path("\u{1B}[31m\u{202E}\u{9B}x")
        let outcome = try await site.run(list: arguments + [path])
        let text = outcome.errorText + outcome.outputText
        #expect(text.contains("\\x1b[31m"), "\(text)")
        #expect(!text.unicodeScalars.contains { ["\u{1B}", "\u{202E}", "\u{9B}"].contains($0) })
    }

    @Test func `validate prints every problem`() async throws {
        let site = try Site()
        try site.write(
            "bad.yaml", mode: 0o644,
            """
            profiles:
              - {name: app, interval: 10ms}
              - {name: app, colour: red}
            failover:
              - {name: app, primary: app, backups: [nobody]}
            """)
        let bad = try await site.run("validate", "--config", site.path("bad.yaml"))
        #expect(bad.ending == .exited(2))
        for rule in ["interval-too-short", "duplicate-name", "unknown-key", "unknown-backup"] {
            #expect(bad.errorText.contains("[\(rule)]"), "\(bad.errorText)")
        }
        try site.writeConfig()
        let good = try await site.run("validate", "--config", site.path("credwatch.yaml"))
        #expect(good.ending == .exited(0), "\(good.errorText)")
    }

    @Test func `validate refuses one access key in both slots of a pair`() async throws {
        let site = try Site()
        try site.writeConfig()
        let key = """
            aws_access_key_id = \(site.primary.id)
            aws_secret_access_key = \(site.primary.secret.reveal())
            """
        try site.write("credentials", mode: 0o600, "[app]\n\(key)\n[app-backup]\n\(key)")
        let outcome = try await site.run("validate", "--config", site.path("credwatch.yaml"))
        #expect(outcome.ending == .exited(2))
        #expect(outcome.errorText.contains("[same-access-key]"))
        #expect(outcome.errorText.contains("credwatch.yaml:6:"))
        #expect(!outcome.errorText.contains(site.primary.secret.reveal()))
    }

    @Test(.enabled(if: geteuid() == 0, "only root may hand capabilities down"))
    func `a hook has none of the rights that the service has`() async throws {
        let site = try Site()
        try site.writeConfig()
        try site.write(
            "hook", mode: 0o755, "#!/bin/sh\ngrep -E '^(Cap(Eff|Prm|Amb)|Uid)' /proc/self/status\n")
        // Who reads what is not his own, and nothing else, has to find the hook as anybody would.
        #expect(chmod(site.folder, 0o755) == 0)
        let ran = try await Subprocess.run(
            "setpriv",
            [
                "--reuid", "nobody", "--clear-groups", "--inh-caps", "-all,+dac_read_search",
                "--ambient-caps", "-all,+dac_read_search", "--bounding-set",
                "-all,+dac_read_search", binary("credwatch"), "hook", "test", "app", "--config",
                site.path("credwatch.yaml"),
            ])
        #expect(ran.ending == .exited(0), "\(ran.errorText)")
        #expect(ran.outputText.contains("Uid: 65534"), "\(ran.outputText)")
        for set in ["CapEff", "CapPrm", "CapAmb"] {
            #expect(ran.outputText.contains("\(set): 0000000000000000"), "\(ran.outputText)")
        }
    }

    @Test func `hook test runs the hook with the event test`() async throws {
        let site = try Site()
        try site.writeConfig()
        let outcome = try await site.run(
            "hook", "test", "app", "--config", site.path("credwatch.yaml"))
        #expect(outcome.ending == .exited(0), "\(outcome.errorText)")
        #expect(site.hookRuns().first?.prefix(3) == ["test", "app", "app-backup"])
        try site.write("hook.d", mode: 0o644, "echo broken; exit 4")
        let failing = try await site.run(
            "hook", "test", "app", "--config", site.path("credwatch.yaml"))
        #expect(failing.ending == .exited(2))
        #expect(failing.outputText.contains("broken"))
    }

    @Test(arguments: [
        "check", "status", "run", "validate", "failover", "failback", "hook test", "credentials",
        "explain",
    ])
    func `the help of every subcommand names its options and exit codes`(_ command: String)
        async throws
    {
        let site = try Site()
        let words = command.split(separator: " ").map(String.init) + ["--help"]
        let outcome = try await Subprocess.run(
            binary("credwatch"), words, environment: plainEnvironment)
        #expect(outcome.ending == .exited(0))
        #expect(outcome.outputText.contains("EXIT CODES"))
        #expect(outcome.outputText.contains("--config"))
        #expect(outcome.outputText.contains(Configuration.defaultFile))
        _ = site
    }

    @Test func `an order without a daemon exits 3`() async throws {
        let site = try Site()
        try site.writeConfig()
        let outcome = try await site.run("failover", "app", "--config", site.path("credwatch.yaml"))
        #expect(outcome.ending == .exited(3))
        #expect(outcome.errorText.contains("control.sock"))
    }
}
