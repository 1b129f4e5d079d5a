import Glibc
import Model
import Reporting
import Sandbox
import Support
import Testing

/// `credwatch status --plugin` as an agent calls it: the built program, its first line and its exit code.
@Suite(.timeLimit(.minutes(1)))
struct PluginSystemTests {
    /// A status file that holds now, of a healthy profile and one that may not be.
    private func writeStatus(
        _ site: Site, spare: ProfileState = .healthy, overall: Overall = .healthy,
        age: Duration = .zero
    ) throws {
        let now = WallTime(seconds: Int64(time(nil))) + (.zero - age)
        let document = StatusDocument(
            generatedAt: now, validUntil: now + .seconds(60), overall: overall,
            daemon: DaemonStatus(version: "0.1.0", pid: 1, startedAt: now, host: "web1"),
            profiles: [
                ProfileStatus(name: "app", state: .healthy),
                ProfileStatus(name: "app-backup", state: spare),
            ],
            groups: [
                GroupStatus(
                    name: "app", primary: "app", backups: ["app-backup"], active: "app",
                    state: .ready)
            ])
        try site.write(
            "status.json", mode: 0o644, String(decoding: renderStatus(document), as: UTF8.self))
    }

    private func plugin(_ site: Site, _ arguments: String...) async throws
        -> Subprocess.Outcome
    {
        try await site.run(
            list: ["status", "--plugin", "--file", site.path("status.json")] + arguments)
    }

    @Test(arguments: [
        (["--max-age", "10m"], 0, "CREDWATCH OK - 2 profiles healthy, 1 group ready | "),
        (
            ["--profile", "app", "--profile", "app-backup"], 0,
            "CREDWATCH OK - 2 profiles healthy | "
        ),
        (["--group", "app"], 0, "CREDWATCH OK - 2 profiles healthy, 1 group ready | "),
        (["--expiry-warning", "2h", "--expiry-critical", "3600"], 0, "CREDWATCH OK - "),
        (
            ["--profile", "nobody"], 3,
            "CREDWATCH UNKNOWN - the status has no profile \"nobody\"; it has app, app-backup"
        ),
        (
            ["--group", "nobody"], 3,
            "CREDWATCH UNKNOWN - the status has no group \"nobody\"; it has app"
        ),
        // Wrong usage is told where an agent looks, as UNKNOWN.
        (["--max-age", "soon"], 3, "CREDWATCH UNKNOWN - wrong usage: "),
        (["--max-age"], 3, "CREDWATCH UNKNOWN - wrong usage: "),
        (["--no-such-option"], 3, "CREDWATCH UNKNOWN - wrong usage: "),
        (["--profile", ""], 3, "CREDWATCH UNKNOWN - wrong usage: "),
        (["--json"], 3, "CREDWATCH UNKNOWN - wrong usage: "),
        (
            ["--expiry-warning", "1m", "--expiry-critical", "2m"], 3,
            "CREDWATCH UNKNOWN - wrong usage: "
        ),
    ])
    func `options and wrong usage`(arguments: [String], code: Int, line: String) async throws {
        let site = try Site()
        try writeStatus(site)
        let outcome = try await site.run(
            list: ["status", "--plugin", "--file", site.path("status.json")] + arguments)
        #expect(outcome.ending == .exited(Int32(code)), "\(outcome.outputText)")
        #expect(outcome.outputText.hasPrefix(line), "\(outcome.outputText)")
        #expect(outcome.errorText == "")
        #expect(outcome.outputText.split(separator: "\n").count == 1)
    }

    @Test func `without --plugin its options are wrong usage as everywhere`() async throws {
        let site = try Site()
        let outcome = try await site.run("status", "--max-age", "5m")
        #expect(outcome.ending == .exited(64))
        #expect(outcome.errorText.contains("go with --plugin only"))
        let help = try await site.run("status", "--plugin", "--help")
        #expect(help.ending == .exited(0))
        #expect(help.outputText.contains("--expiry-critical <duration>"))
    }

    @Test func `every state has its exit code`() async throws {
        let site = try Site()
        try writeStatus(site, spare: .failing, overall: .degraded)
        let degraded = try await plugin(site)
        #expect(degraded.ending == .exited(1))
        #expect(
            degraded.outputText.hasPrefix(
                "CREDWATCH WARNING - 1 of 2 profiles failing (app-backup), 1 healthy, 1 group ready | "
            ))
        #expect(try await plugin(site, "--profile", "app").ending == .exited(0))
        #expect(try await plugin(site, "--profile", "app-backup").ending == .exited(2))
        #expect(try await plugin(site, "--group", "app").ending == .exited(1))
        try writeStatus(site, overall: .failing)
        #expect(try await plugin(site).ending == .exited(2))
        try writeStatus(site, overall: .unknown)
        #expect(try await plugin(site).ending == .exited(3))
    }

    @Test func `what cannot be read is UNKNOWN with a sentence`() async throws {
        let site = try Site()
        func expectUnknown(_ words: String, _ arguments: String...) async throws {
            let outcome = try await site.run(list: ["status", "--plugin"] + arguments)
            #expect(outcome.ending == .exited(3), "\(words)")
            #expect(outcome.outputText.hasPrefix("CREDWATCH UNKNOWN - "))
            #expect(outcome.outputText.contains(words), "\(outcome.outputText)")
            #expect(outcome.errorText == "")
        }
        let file = site.path("status.json")
        try await expectUnknown("does not exist; is credwatch running", "--file", file)
        try await expectUnknown("it is not a regular file", "--file", site.folder)
        try site.write("status.json", mode: 0o644, "{\"schema\": 1|2}")
        try await expectUnknown("is no status file of credwatch", "--file", file)
        try site.write("status.json", mode: 0o644, "{\"schema\": \"credwatch-status/9|\"}")
        try await expectUnknown("has the schema \"credwatch-status/9¦\"", "--file", file)
        try writeStatus(site, age: .seconds(90))
        try await expectUnknown("the status is stale", "--file", file)
        try writeStatus(site, age: .seconds(30))
        try await expectUnknown(
            "old, more than the 20s allowed", "--file", file, "--max-age", "20")
        try writeStatus(site, age: .seconds(-600))
        try await expectUnknown("the status is from the future", "--file", file)
        try site.write("bad.yaml", mode: 0o644, "profiles: [{nome: app}]")
        try await expectUnknown("the config is refused", "--config", site.path("bad.yaml"))
        try await expectUnknown("missing.yaml", "--config", site.path("missing.yaml"))
        try writeStatus(site)
        guard geteuid() == 0 else { return }
        #expect(chmod(file, 0) == 0 && chmod(site.folder, 0o755) == 0)
        let outcome = try await Subprocess.run(
            "setpriv",
            [
                "--reuid", "nobody", "--clear-groups", binary("credwatch"), "status", "--plugin",
                "--file", file,
            ])
        #expect(outcome.ending == .exited(3))
        #expect(outcome.outputText.hasPrefix("CREDWATCH UNKNOWN - cannot read \(file): Permission"))
    }

    @Test func `it follows the daemon, from healthy to a failover and to its end`() async throws {
        let site = try Site()
        try site.writeConfig()
        let config = ["status", "--plugin", "--config", site.path("credwatch.yaml")]
        let manager = try NotifySocket(path: site.path("notify"))
        let daemon = try site.startDaemon(environment: ["NOTIFY_SOCKET": site.path("notify")])
        #expect(await manager.message { $0.contains("STATUS=2 healthy") } != nil)
        let healthy = try await site.run(list: config)
        #expect(healthy.ending == .exited(0), "\(healthy.outputText)")
        try site.sandbox.deactivate(site.primary)
        #expect(await daemon.hasWritten("app now uses app-backup"))
        #expect(await manager.message { $0.contains("failed over to app-backup") } != nil)
        let moved = try await site.run(list: config)
        #expect(moved.ending == .exited(1), "\(moved.outputText)")
        #expect(moved.outputText.contains("group app failed over to app-backup"))
        #expect(moved.outputText.contains("\napp: do: "))
        let single = try await site.run(list: config + ["--profile", "app"])
        #expect(single.ending == .exited(2))
        daemon.send(signal: 15)
        _ = await daemon.outcome()
        #expect(try await site.run(list: config).ending == .exited(3))
    }

    /// The script of packaging/monitoring/collectd with the built program in its PATH.
    @Test func `the script for collectd prints values and notifications`() async throws {
        let site = try Site()
        try writeStatus(site)
        try site.write(
            "credwatch", mode: 0o755,
            "#!/bin/sh\nexec \(binary("credwatch")) \"$@\" --file \(site.path("status.json"))")
        let script =
            #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
            .joined(separator: "/") + "/packaging/monitoring/collectd/credwatch-collectd"
        let running = try Subprocess(
            "sh", [script, "app"],
            environment: [
                "PATH": "\(site.folder):/usr/bin:/bin", "COLLECTD_HOSTNAME": "web1",
                "COLLECTD_INTERVAL": "1.000",
            ], timeLimit: .seconds(20))
        #expect(await running.hasWritten("gauge-healthy\" interval=1 N:1"))
        try writeStatus(site, spare: .failing, overall: .degraded)
        #expect(await running.hasWritten("1 group ready\""))
        running.send(signal: 9)
        let lines = await running.outcome().outputText.split(separator: "\n").map(String.init)
        #expect(
            lines.prefix(8) == [
                "PUTVAL \"web1/credwatch/gauge-state\" interval=1 N:0",
                "PUTVAL \"web1/credwatch/count-healthy\" interval=1 N:2",
                "PUTVAL \"web1/credwatch/count-failing\" interval=1 N:0",
                "PUTVAL \"web1/credwatch/count-unknown\" interval=1 N:0",
                "PUTVAL \"web1/credwatch/count-pending\" interval=1 N:0",
                lines.count > 5 ? lines[5] : "",
                "PUTVAL \"web1/credwatch-app/gauge-healthy\" interval=1 N:1",
                "PUTVAL \"web1/credwatch-app/count-failures\" interval=1 N:0",
            ])
        #expect(lines[5].hasPrefix("PUTVAL \"web1/credwatch/duration-age\" interval=1 N:"))
        let notice = try #require(lines.first { $0.hasPrefix("PUTNOTIF") })
        #expect(notice.hasPrefix("PUTNOTIF severity=warning time="))
        #expect(
            notice.hasSuffix(
                " host=web1 plugin=credwatch type=gauge type_instance=state message=\"CREDWATCH WARNING - 1 of 2 profiles failing (app-backup), 1 healthy, 1 group ready\""
            ))
    }
}
