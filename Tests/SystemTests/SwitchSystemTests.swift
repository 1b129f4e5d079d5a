import Glibc
import Model
import Sandbox
import Support
import Testing

/// The built-in switcher as it is built: from a key that dies to the files that applications read.
@Suite(.timeLimit(.minutes(2)))
struct SwitchSystemTests {
    private let site: Site

    init() throws {
        site = try Site()
        try makeFolder(site.path("home"))
        try site.write(
            "home/credentials", mode: 0o640,
            """
            # the application's own file
            [other]
            aws_access_key_id = AKIAIOSFODNN7EXAMPLE
            [app]
            aws_access_key_id = \(site.primary.id)
            aws_secret_access_key = \(site.primary.secret.reveal())
            region = eu-central-1
            """)
        try site.write(
            "home/environment", mode: 0o600,
            """
            # for systemd
            AWS_ACCESS_KEY_ID="\(site.primary.id)"
            AWS_SECRET_ACCESS_KEY="\(site.primary.secret.reveal())"
            MODE=production
            """)
        try site.writeSwitchConfig()
    }

    private func credentials(_ key: AccessKey) -> String {
        """
        # the application's own file
        [other]
        aws_access_key_id = AKIAIOSFODNN7EXAMPLE
        [app]
        aws_access_key_id = \(key.id)
        aws_secret_access_key = \(key.secret.reveal())
        region = eu-central-1

        """
    }

    @Test func `a dead key moves the files to the backup, and the way back moves them back`()
        async throws
    {
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app is healthy"))
        try site.sandbox.deactivate(site.primary)
        #expect(await daemon.hasWritten("app now uses app-backup"))
        #expect(readText(site.path("home/credentials")) == credentials(site.backup))
        let environment = readText(site.path("home/environment"))
        #expect(environment.contains(site.backup.id))
        #expect(!environment.contains(site.primary.id))
        #expect(
            environment.hasPrefix("# for systemd\n") && environment.hasSuffix("MODE=production\n"))
        var status = stat()
        #expect(stat(site.path("home/credentials"), &status) == 0)
        #expect(status.st_mode & 0o777 == 0o640)

        try site.sandbox.activate(site.primary)
        #expect(await daemon.hasWritten("app is good again"))
        let moved = try await site.run("failback", "app", "--config", site.path("credwatch.yaml"))
        #expect(moved.ending == .exited(0), "\(moved.outputText)\(moved.errorText)")
        #expect(readText(site.path("home/credentials")) == credentials(site.primary))
        daemon.send(signal: SIGTERM)
        let outcome = await daemon.outcome()
        #expect(outcome.ending == .exited(0))
        let text = outcome.outputText + outcome.errorText
        #expect(!text.contains(site.backup.secret.reveal()))
        #expect(!text.contains(site.primary.secret.reveal()))
        #expect(!readText(site.path("state/switches.json")).contains(site.primary.secret.reveal()))
        #expect(try site.status().groups.first?.hook?.result == .exited(code: 0))
    }

    @Test(arguments: [
        "move.begun", "switch.renamed", "move.written", "move.written:2", "move.probed",
        "move.restarted", "move.done",
    ])
    func `a daemon that is killed on the way of a move ends it at its next start`(point: String)
        async throws
    {
        try site.sandbox.deactivate(site.primary)
        let first = try site.startDaemon(environment: ["CREDWATCH_FAULT_POINT": point])
        #expect(await first.outcome().ending == .signaled(SIGKILL))
        let between = readText(site.path("home/credentials"))
        #expect([credentials(site.primary), credentials(site.backup)].contains(between))

        let second = try site.startDaemon()
        #expect(await second.hasWritten("app now uses app-backup"))
        #expect(readText(site.path("home/credentials")) == credentials(site.backup))
        #expect(readText(site.path("home/environment")).contains(site.backup.id))
        second.send(signal: SIGTERM)
        _ = await second.outcome()
        let group = try #require(try site.status().groups.first)
        #expect(group.state == .failedOver)
        #expect(group.hook?.attempt == 2)
    }

    @Test
    func `a file that may not be written leaves all files as they are, and is said at the start`()
        async throws
    {
        chmod(site.path("home"), 0o777)
        try makeFolder(site.path("safe"))
        try site.write("safe/environment", mode: 0o600, "AWS_ACCESS_KEY_ID=\(site.primary.id)")
        try site.writeSwitchConfig(environment: "safe/environment")
        let before = readText(site.path("safe/environment"))
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("switch-unusable"))
        try site.sandbox.deactivate(site.primary)
        #expect(await daemon.hasWritten("may be written by everybody"))
        #expect(await daemon.hasWritten("could not be moved"))
        daemon.send(signal: SIGTERM)
        _ = await daemon.outcome()
        #expect(readText(site.path("home/credentials")) == credentials(site.primary))
        #expect(readText(site.path("safe/environment")) == before)
        let group = try #require(try site.status().groups.first)
        #expect(group.state == .failoverFailed && group.active == "app")
    }

    @Test func `the hook runs after the files are switched`() async throws {
        try site.write(
            "hook.d", mode: 0o644, "grep -c \(site.backup.id) \(site.path("home/credentials"))")
        try site.writeSwitchConfig(hook: true)
        try site.sandbox.deactivate(site.primary)
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("hook of group app: 1"))
        #expect(await daemon.hasWritten("app now uses app-backup"))
        daemon.send(signal: SIGTERM)
        _ = await daemon.outcome()
        #expect(site.hookRuns().map(\.first) == ["failover"])
    }

    @Test func `a new key of the profile in use is written when AWS has accepted it`() async throws
    {
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app is healthy"))
        let new = try site.sandbox.withWorld { world, now throws(ServiceFault) in
            try world.createKey(for: "app", in: Sandbox.standardAccount, now: now)
        }
        try site.write(
            "credentials", mode: 0o600,
            """
            [app]
            aws_access_key_id = \(new.id)
            aws_secret_access_key = \(new.secret.reveal())
            [app-backup]
            aws_access_key_id = \(site.backup.id)
            aws_secret_access_key = \(site.backup.secret.reveal())
            """)
        #expect(await daemon.hasWritten("applications have the keys of app, \(new.id)"))
        daemon.send(signal: SIGTERM)
        _ = await daemon.outcome()
        #expect(readText(site.path("home/credentials")) == credentials(new))
        #expect(readText(site.path("home/environment")).contains(new.id))
    }

    @Test func `a role's session is written with its token, and anew when its time has come`()
        async throws
    {
        try site.createRole("spare")
        try site.write(
            "config", mode: 0o600,
            """
            [profile app-backup]
            role_arn = arn:aws:iam::\(Sandbox.standardAccount):role/spare
            source_profile = app-user
            """)
        try site.write(
            "credentials", mode: 0o600,
            """
            [app]
            aws_access_key_id = \(site.primary.id)
            aws_secret_access_key = \(site.primary.secret.reveal())
            [app-user]
            aws_access_key_id = \(site.backup.id)
            aws_secret_access_key = \(site.backup.secret.reveal())
            """)
        makeOld(site.path("credentials"))
        try site.sandbox.deactivate(site.primary)
        let first = try site.startDaemon()
        #expect(await first.hasWritten("app now uses app-backup"))
        first.send(signal: SIGTERM)
        _ = await first.outcome()
        let session = readText(site.path("home/credentials"))
        #expect(session.contains("aws_access_key_id = ASIA"))
        #expect(session.contains("aws_session_token = "))

        // The third of an hour that is left does not come in a test.
        let known = readText(site.path("state/switches.json"))
        let marked = known.replacing(
            /"renew_at": *"[^"]*"/, with: "\"renew_at\":\"2026-01-01T00:00:00Z\"")
        #expect(marked != known)
        try site.write("state/switches.json", mode: 0o600, marked)
        let second = try site.startDaemon()
        #expect(await second.hasWritten("applications have the keys of app-backup, ASIA"))
        second.send(signal: SIGTERM)
        _ = await second.outcome()
        let renewed = readText(site.path("home/credentials"))
        #expect(renewed != session && renewed.contains("aws_access_key_id = ASIA"))
        #expect(!readText(site.path("state/switches.json")).contains("2026-01-01"))
        #expect(try site.status().groups.first?.state == .failedOver)
    }

    @Test func `by hand a dry run changes nothing, and a switch writes`() async throws {
        let config = site.path("credwatch.yaml")
        let dry = try await site.run(
            "switch", "app", "--to", "app-backup", "--dry-run", "--config", config)
        #expect(dry.ending == .exited(0), "\(dry.errorText)")
        #expect(dry.outputText.contains("can be written with \(site.backup.id)"))
        #expect(readText(site.path("home/credentials")) == credentials(site.primary))

        let done = try await site.run(
            "switch", "app", "--to", "app-backup", "--json", "--config", config)
        #expect(done.ending == .exited(0), "\(done.errorText)")
        let json = try #require(JSONValue(parsing: done.standardOutput))
        #expect(json["end"]?.text == "done" && json["key_id"]?.text == site.backup.id)
        #expect(readText(site.path("home/credentials")) == credentials(site.backup))
        #expect(!done.outputText.contains(site.backup.secret.reveal()))

        let again = try await site.run("switch", "app", "--to", "app-backup", "--config", config)
        #expect(again.outputText.contains("has \(site.backup.id) already"))
        let wrong = try await site.run("switch", "app", "--to", "nobody", "--config", config)
        #expect(wrong.ending == .exited(64))
    }

    @Test func `a hook is told by which profile to switch`() async throws {
        let told = try await site.run(
            "switch", "app", "--config", site.path("credwatch.yaml"),
            environment: ["CREDWATCH_GROUP": "app", "CREDWATCH_TO": "app-backup"])
        #expect(told.ending == .exited(0), "\(told.errorText)")
        #expect(readText(site.path("home/credentials")) == credentials(site.backup))
    }
}

extension Site {
    /// Writes a config whose group switches two files in `home`.
    func writeSwitchConfig(
        hook: Bool = false, environment: String = "home/environment", units: String = ""
    ) throws {
        let hook = hook ? ", hook: {command: [\(path("hook"))], timeout: 10s}" : ""
        try write(
            "credwatch.yaml", mode: 0o644,
            """
            defaults: {interval: 1s, fast_interval: 1s, timeout: 2s, region: us-east-1}
            profiles:
              - name: app
              - name: app-backup
            failover:
              - name: app
                primary: app
                backups: [app-backup]
                fall: 1
                minimum_span: 0s
                rise: 2
                switch:
                  - {environment_file: \(path(environment))\(units)}
                  - {credentials_file: \(path("home/credentials")), profile: app}
            status: {file: \(path("status.json"))}
            state_directory: \(path("state"))
            control: {socket: \(path("control.sock"))}
            mover: {socket: \(path("mover.sock"))}
            aws: {credentials_file: \(path("credentials")), config_file: \(path("config")), endpoint_url: "\(sandbox.url)"}
            """)
        guard !hook.isEmpty else { return }
        let text = readText(path("credwatch.yaml"))
        try write(
            "credwatch.yaml", mode: 0o644,
            text.split(separator: "\n").map {
                $0.hasSuffix("rise: 2")
                    ? $0 + "\n    hook: {command: [\(path("hook"))]}" : String($0)
            }.joined(separator: "\n"))
    }
}
