import Glibc
import Model
import Sandbox
import Support
import Testing

/// What a group does by itself beside the first failover, by the built daemon.
@Suite(.timeLimit(.minutes(1)))
struct GroupSystemTests {
    private let site: Site

    init() throws {
        site = try Site()
        // Each run says whether it is one of a drill.
        try site.write(
            "hook.d", mode: 0o644,
            "echo \"$CREDWATCH_EVENT $CREDWATCH_DRILL\" >>\(site.path("drills"))")
    }

    private func stop(_ daemon: Subprocess) async {
        daemon.send(signal: SIGTERM)
        _ = await daemon.outcome()
    }

    private func kill(_ daemon: Subprocess) async {
        daemon.send(signal: SIGKILL)
        _ = await daemon.outcome()
    }

    private var events: [String] { site.hookRuns().compactMap(\.first) }

    private let auto =
        "fall: 2, minimum_span: 1s, rise: 2, failback: auto, failback_span: 3s, cooldown: 2s"

    @Test func `a primary that is good again is taken back, also over a crash in between`()
        async throws
    {
        try site.writeConfig(failover: auto)
        try site.sandbox.deactivate(site.primary)
        let first = try site.startDaemon()
        #expect(await first.hasWritten("app now uses app-backup"))
        try site.sandbox.activate(site.primary)
        #expect(await first.hasWritten("app is good again"))
        await kill(first)

        // The row begins anew; the notice may come again, when its memory had not reached the disk.
        let second = try site.startDaemon()
        #expect(await second.hasWritten("app now uses app in place of app-backup"))
        await stop(second)
        #expect(events.filter { $0 != "recovered" } == ["failover", "failback"])
        #expect(site.hookRuns().last?.prefix(3) == ["failback", "app-backup", "app"])
        let group = try #require(try site.status().groups.first)
        #expect(group.state == .ready && group.active == "app")
        #expect(group.hook?.event == .failback)
    }

    @Test func `a daemon that is killed in the way back goes it to the end, with one incident`()
        async throws
    {
        try site.writeConfig(failover: auto)
        try site.write(
            "hook.d", mode: 0o644,
            "[ \"$CREDWATCH_EVENT$CREDWATCH_ATTEMPT\" != failback1 ] || { echo begun; exec sleep 30; }"
        )
        try site.sandbox.deactivate(site.primary)
        let first = try site.startDaemon()
        #expect(await first.hasWritten("app now uses app-backup"))
        try site.sandbox.activate(site.primary)
        #expect(await first.hasWritten("begun"))
        await kill(first)

        let second = try site.startDaemon()
        #expect(await second.hasWritten("app now uses app in place of app-backup"))
        await stop(second)
        let back = site.hookRuns().filter { $0.first == "failback" }
        #expect(back.map(\.last) == ["1", "2"])
        #expect(Set(back.map { $0[3] }).count == 1)
    }

    @Test func `a backup that dies is told of while all is well, once`() async throws {
        try site.writeConfig()
        let first = try site.startDaemon()
        #expect(await first.hasWritten("app-backup is healthy"))
        try site.sandbox.deactivate(site.backup)
        #expect(await first.hasWritten("the backup app-backup is refused"))
        #expect(
            await first.hasWritten("hook of group app for backup_failing, attempt 1, succeeded"))
        await stop(first)
        var status = try site.status()
        #expect(status.overall == .degraded)
        #expect(
            status.groups.first?.advisories.map(\.kind).contains(.noUsableBackup) == true)

        let second = try site.startDaemon()
        #expect(await second.hasWritten("app-backup is still failing"))
        try site.sandbox.activate(site.backup)
        #expect(await second.hasWritten("the backup app-backup is accepted again"))
        await stop(second)
        #expect(site.hookRuns().map { $0.prefix(3) } == [["backup_failing", "app-backup", "app"]])
        status = try site.status()
        #expect(status.groups.first?.advisories.contains { $0.kind == .backupFailing } == false)
    }

    @Test func `a backup that dies in use gives way to the primary`() async throws {
        try site.writeConfig()
        try site.sandbox.deactivate(site.primary)
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app now uses app-backup"))
        try site.sandbox.activate(site.primary)
        #expect(await daemon.hasWritten("app is good again"))
        try site.sandbox.deactivate(site.backup)
        #expect(await daemon.hasWritten("app now uses app in place of app-backup"))
        await stop(daemon)
        #expect(events.filter { $0 != "backup_failing" } == ["failover", "recovered", "failback"])
    }

    @Test func `a drill goes there and back, and the status keeps it`() async throws {
        try site.writeConfig()
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app is healthy"))
        #expect(await daemon.hasWritten("app-backup is healthy"))
        let drill = try await site.run(
            "failover", "app", "--drill", "--config", site.path("credwatch.yaml"))
        #expect(drill.ending == .exited(0), "\(drill.outputText)\(drill.errorText)")
        #expect(drill.outputText.contains("it moved to app-backup, and back to app"))
        #expect(readText(site.path("drills")) == "failover 1\nfailback 1\n")
        await stop(daemon)

        try site.sandbox.deactivate(site.primary)
        let second = try site.startDaemon()
        #expect(await second.hasWritten("app now uses app-backup"))
        let refused = try await site.run(
            "failover", "app", "--drill", "--config", site.path("credwatch.yaml"))
        #expect(refused.ending == .exited(2), "\(refused.outputText)")
        await stop(second)
        let group = try #require(try site.status().groups.first)
        #expect(group.drill?.outcome == .succeeded)
        #expect(readText(site.path("drills")).hasSuffix("failback 1\nfailover 0\n"))
        let table = try await site.run("status", "--file", site.path("status.json"))
        #expect(table.outputText.contains("drill of "), "\(table.outputText)")
    }

    @Test func `a daemon that is killed in a drill goes the way back`() async throws {
        try site.writeConfig()
        try site.write(
            "hook.d", mode: 0o644,
            "[ \"$CREDWATCH_EVENT\" != failover ] || { echo begun; exec sleep 30; }")
        let first = try site.startDaemon()
        #expect(await first.hasWritten("app is healthy"))
        #expect(await first.hasWritten("app-backup is healthy"))
        let order = Task {
            try await site.run(
                "failover", "app", "--drill", "--config", site.path("credwatch.yaml"))
        }
        #expect(await first.hasWritten("begun"))
        await kill(first)
        #expect(try await order.value.ending == .exited(3))

        let second = try site.startDaemon()
        #expect(await second.hasWritten("the drill failed"))
        await stop(second)
        #expect(events == ["failover", "failback"])
        let group = try #require(try site.status().groups.first)
        #expect(group.state == .ready && group.active == "app")
        #expect(group.drill?.outcome == .failed)
    }

    @Test func `a role of another account and region stands in, proven where the primary failed`()
        async throws
    {
        let account = "999988887777"
        let key = try site.sandbox.createUser("ops", account: account)
        _ = try site.sandbox.withWorld { world, now throws(ServiceFault) in
            try world.createRole("standby", in: account, trusting: [account], now: now)
        }
        try site.write(
            "credentials", mode: 0o600,
            """
            [app]
            aws_access_key_id = \(site.primary.id)
            aws_secret_access_key = \(site.primary.secret.reveal())
            [ops]
            aws_access_key_id = \(key.id)
            aws_secret_access_key = \(key.secret.reveal())
            """)
        makeOld(site.path("credentials"))
        try site.write(
            "config", mode: 0o600,
            """
            [profile app-backup]
            region = eu-west-1
            role_arn = arn:aws:iam::\(account):role/standby
            source_profile = ops
            """)
        try site.writeConfig()
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app-backup is healthy"))
        try site.sandbox.deactivate(site.primary)
        #expect(await daemon.hasWritten("app now uses app-backup"))
        await stop(daemon)
        #expect(try site.status().groups.first?.advisories == [])
    }
}
