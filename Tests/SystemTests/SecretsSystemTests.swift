import Glibc
import Model
import Reporting
import Sandbox
import Support
import Testing

/// A secret and a session token that are made up, put wherever somebody may put them, and looked for in
/// everything that credwatch says.
@Suite(.timeLimit(.minutes(3)))
struct SecretsSystemTests {
    @Test func `the canaries have the form of what they stand for`() {
        #expect(Canaries.secret.utf8.count == 40)
        #expect(Canaries.token.hasPrefix("IQoJb3JpZ2luX2Vj"))
        #expect(!Canaries.leaks(in: "x \(Canaries.secret) y").isEmpty)
        #expect(!Canaries.leaks(in: "x \(Canaries.secret.dropFirst(25)) y").isEmpty)
        #expect(Canaries.leaks(in: "nothing of the kind") == [])
    }

    // MARK: - Sources

    @Test(arguments: SecretCase.all)
    func `no command, log or file tells a secret`(_ place: SecretCase) async throws {
        let site = try Site()
        try place.prepare(site)
        // What is worth a thorough search is what a source says of itself.
        try await search(
            site, "app", environment: place.environment(at: site),
            isThorough: place.program != nil || !place.settings.isEmpty)
    }

    // MARK: - Answers

    @Test(arguments: Echo.allCases)
    func `nor does a server that repeats what it was sent`(_ echo: Echo) async throws {
        let site = try Site()
        let server = try ScriptedServer { request, _ in echo.reply(to: request) }
        try site.write(
            "credentials", mode: 0o600,
            """
            [app]
            aws_access_key_id = ASIAY34FZKBOKMUTVV7A
            aws_secret_access_key = \(Canaries.secret)
            aws_session_token = \(Canaries.token)
            [app-backup]
            aws_access_key_id = \(Canaries.secret)
            aws_secret_access_key = \(site.backup.secret.reveal())
            """)
        makeOld(site.path("credentials"))
        try site.writeConfig(url: server.url)
        try await search(
            site, "app",
            environment: site.files.merging(["AWS_ENDPOINT_URL": server.url, "AWS_PROFILE": "app"])
            { $1 },
            isThorough: true)
        #expect(server.requests.contains { $0.header("x-amz-security-token") == Canaries.token })
    }

    // MARK: - The search

    /// Runs every subcommand that the program has, and the daemon, and searches all that they leave behind.
    private func search(
        _ site: Site, _ profile: String, environment: [String: String], isThorough: Bool
    ) async throws {
        try site.writeSearchedHook()
        let known = Canaries.all(of: site)
        let config = ["--config", site.path("credwatch.yaml")]
        func expectNone(_ text: String, _ what: String) {
            let leaks = Canaries.leaks(in: text, of: known)
            #expect(leaks == [], "\(what) tells \(leaks):\n\(text.prefix(20_000))")
        }
        func run(_ arguments: [String], environment: [String: String] = [:]) async throws {
            let outcome = try await Subprocess.run(
                binary("credwatch"), arguments,
                environment: plainEnvironment.merging(environment) { $1 }, timeLimit: .seconds(60))
            let what = "credwatch \(arguments.joined(separator: " "))"
            #expect(outcome.ending != .timedOut, "\(what)")
            expectNone(outcome.errorText, what)
            // The one command whose business it is.
            if arguments.first != "credentials" { expectNone(outcome.outputText, what) }
        }

        // The daemon: its log, the status file, the state file, what the hook gets, the control socket.
        let daemon = try site.startDaemon(environment: environment)
        let isRunning = await daemon.hasWritten("credwatch 0")
        while isRunning,
            (try? site.status())?.profiles.contains(where: { $0.state == .pending }) ?? true
        {
            try await Task.sleep(for: .milliseconds(20))
        }
        for command in try await subcommands() {
            for arguments in calls(of: command, profile, isThorough: isThorough) {
                try await run(arguments + config)
            }
        }
        // Without a config, as somebody at a terminal would.
        try await run(["check"], environment: environment)
        try await run(["explain"], environment: environment)
        daemon.send(signal: SIGHUP)
        daemon.send(signal: SIGTERM)
        let outcome = await daemon.outcome()
        expectNone(outcome.outputText + outcome.errorText, "the daemon's log")
        for name in ["status.json", "state/state.json", "hook.env", "hook.argv", "hook.in"] {
            expectNone(readText(site.path(name)), name)
        }
        if isRunning {
            #expect(readText(site.path("hook.env")).contains("CREDWATCH_EVENT"))
            #expect(readText(site.path("status.json")).contains(statusSchema))
            #expect(!readText(site.path("state/state.json")).isEmpty)
        }
    }

    /// How a subcommand is called; one that this test does not know is called with a profile.
    private func calls(of command: String, _ profile: String, isThorough: Bool) -> [[String]] {
        switch command {
        case "run": []
        case "status", "validate": isThorough ? [[command]] : []
        case "hook": isThorough ? [["hook", "test", "app"]] : []
        // The first one is answered with reasons, the second one runs the hook.
        case "failover":
            isThorough
                ? [["failover", "app"], ["failover", "app", "--force"]]
                : [["failover", "app", "--force"]]
        case "failback": isThorough ? [["failback", "app"], ["failback", "app", "--force"]] : []
        case "credentials": [[command, "--profile", profile], [command, "--group", "app"]]
        case "explain":
            isThorough
                ? [
                    [command, profile], [command, profile, "--json"],
                    [command, profile, "--isolate"],
                ]
                : [[command, profile, "--isolate"]]
        default:
            isThorough
                ? [[command, profile], [command, profile, "--json"]] : [[command, profile]]
        }
    }

    /// The names under SUBCOMMANDS in the help, so that a new one is searched, too.
    private func subcommands() async throws -> [String] {
        let help = try await Subprocess.run(
            binary("credwatch"), ["--help"], environment: plainEnvironment)
        let lines = help.outputText.split(separator: "\n")
        let start = try #require(lines.firstIndex(of: "SUBCOMMANDS:"))
        let names = lines[(start + 1)...].prefix { $0.hasPrefix("  ") }.compactMap { line in
            line.hasPrefix("   ") ? nil : line.split(separator: " ").first.map(String.init)
        }
        try #require(names.contains("check") && names.contains("status"))
        return names.filter { $0 != "help" }
    }

    // MARK: - The journal

    @Test(.enabled(Comment(rawValue: TestJournald.needs)) { await TestJournald.isPossible() })
    func `nor does a real journal, in any field`() async throws {
        let site = try Site()
        let server = try ScriptedServer { request, _ in Echo.message.reply(to: request) }
        try site.write(
            "credentials", mode: 0o600,
            "[app-backup]\naws_access_key_id = ASIAY34FZKBOKMUTVV7A\n"
                + "aws_secret_access_key = \(Canaries.secret)\naws_session_token = \(Canaries.token)"
        )
        try site.writeProgram(
            "echo \(Canaries.secret) >&2; echo token=\(Canaries.token) >&2; exit 3")
        try site.writeConfig(url: server.url)
        let script = """
            status=0
            "$@" || status=$?
            journalctl --sync
            journalctl --quiet --output=export --all --no-pager SYSLOG_IDENTIFIER=credwatch
            exit $status
            """
        let command = MountNamespace.command(
            after: TestJournald.script,
            ["sh", "-c", script, "sh", "timeout", "--preserve-status", "6", binary("credwatch")]
                + ["run", "--config", site.path("credwatch.yaml"), "--log", "journal"])
        let outcome = try await Subprocess.run(
            command[0], Array(command[1...]), environment: plainEnvironment,
            timeLimit: .seconds(50))
        let text = outcome.outputText
        #expect(text.contains(EventKind.profileUnknown.messageID), "\(text)\(outcome.errorText)")
        #expect(text.contains("CREDWATCH_EVIDENCE="))
        #expect(Canaries.leaks(in: text, of: Canaries.all(of: site)) == [], "\(text)")
    }

    // MARK: - Memory

    @Test(.enabled(if: geteuid() == 0, "only root may become another user"))
    func `the daemon's memory goes into no core file, and no debugger gets at it`() async throws {
        let site = try Site()
        try site.writeConfig()
        for name in ["", "state"] { try #require(chown(site.path(name), 65_534, 65_534) == 0) }
        // By a descriptor, since not everybody may enter the directory of the build.
        let start = "exec 9<\"$0\"; exec setpriv --reuid=65534 --regid=65534 --clear-groups "
        let daemon = try Subprocess(
            "/bin/sh",
            [
                "-c", start + "/proc/self/fd/9 run --log stderr --config \"$1\"",
                binary("credwatch"), site.path("credwatch.yaml"),
            ],
            environment: plainEnvironment, timeLimit: .seconds(40))
        try #require(await daemon.hasWritten("credwatch 0"), "\(daemon.errorsSoFar)")
        let limits = readText("/proc/\(daemon.processID)/limits")
        let core = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max core") })
        #expect(core.split(separator: " ").dropFirst(4).prefix(2) == ["0", "0"])
        // The kernel gives root the files of a process that may not be dumped.
        #expect(owner(of: daemon.processID) == 0)
        daemon.send(signal: SIGTERM)
        _ = await daemon.outcome()

        // The premise: another program of the same user has files of its own.
        let other = try Subprocess(
            "/bin/sh",
            ["-c", start + "sh -c 'echo up; exec sleep 30'", binary("credwatch")],
            environment: plainEnvironment, timeLimit: .seconds(40))
        try #require(await other.hasWritten("up"))
        #expect(owner(of: other.processID) == 65_534)
        other.send(signal: SIGKILL)
        _ = await other.outcome()
    }

    private func owner(of process: Int32) -> UInt32? {
        var information = stat()
        return stat("/proc/\(process)/environ", &information) == 0 ? information.st_uid : nil
    }
}

extension Site {
    /// Writes a hook that keeps all that it gets.
    func writeSearchedHook() throws {
        try write(
            "hook", mode: 0o755,
            """
            #!/bin/sh
            env >\(path("hook.env"))
            echo "$0" "$@" >\(path("hook.argv"))
            cat >\(path("hook.in"))
            """)
    }

    /// Writes a program, and the profile `app` of the config that names it.
    func writeProgram(_ body: String) throws {
        try write("program", mode: 0o755, "#!/bin/sh\n\(body)")
        try write(
            "config", mode: 0o600, "[profile app]\ncredential_process = \(path("program"))")
    }
}
