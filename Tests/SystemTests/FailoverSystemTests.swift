import Glibc
import Model
import Sandbox
import Support
import Testing

/// The daemon as it is built, from a key that dies to the hook that ran.
@Suite(.timeLimit(.minutes(1)))
struct FailoverSystemTests {
    @Test func `a deactivated key moves the group to its proven backup, once`() async throws {
        let site = try Site()
        try site.writeConfig()
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app is healthy"))
        #expect(await daemon.hasWritten("app-backup is healthy"))
        #expect(site.hookRuns().isEmpty)

        try site.sandbox.deactivate(site.primary)
        #expect(await daemon.hasWritten("app is failing"))
        #expect(await daemon.hasWritten("app now uses app-backup"))
        // The backup has asked IAM meanwhile, and the hook has not waited for that.
        #expect(await daemon.hasWritten("of user app is deactivated"))

        let runs = site.hookRuns()
        #expect(runs.count == 1)
        #expect(runs.first?.prefix(3) == ["failover", "app", "app-backup"])
        #expect(runs.first?.last == "1")
        let ending = try await stop(daemon)
        #expect(ending == .exited(0))
        let status = try site.status()
        #expect(status.overall == .degraded)
        let group = try #require(status.groups.first)
        #expect(group.state == .failedOver)
        #expect(group.active == "app-backup")
        #expect(group.hook?.result == .exited(code: 0))
        #expect(group.incident?.id == runs.first?[3])
        let profile = try #require(status.profiles.first)
        #expect(profile.diagnosis?.cause == .keyInactive)
        #expect(profile.diagnosis?.confidence == .certain)
        #expect(
            profile.diagnosis?.commands == [
                "aws iam update-access-key --user-name app --access-key-id \(site.primary.id) --status Active --profile app-backup"
            ])
        #expect(profile.accessKeyID == site.primary.id)
    }

    @Test func `a restart after a failover runs no hook, and the way back is by hand`() async throws
    {
        let site = try Site()
        try site.writeConfig()
        try site.sandbox.deactivate(site.primary)
        let first = try site.startDaemon()
        #expect(await first.hasWritten("app now uses app-backup"))
        _ = try await stop(first)

        let second = try site.startDaemon()
        #expect(await second.hasWritten("app is still failing"))
        let refused = try await site.run(
            "failback", "app", "--config", site.path("credwatch.yaml"))
        #expect(refused.ending == .exited(2))
        #expect(refused.outputText.contains("was not moved"))
        #expect(site.hookRuns().count == 1)

        try site.sandbox.activate(site.primary)
        #expect(await second.hasWritten("app is good again"))
        let moved = try await site.run("failback", "app", "--config", site.path("credwatch.yaml"))
        #expect(moved.ending == .exited(0), "\(moved.outputText)")
        #expect(site.hookRuns().map(\.first) == ["failover", "recovered", "failback"])
        #expect(site.hookRuns().last?.prefix(3) == ["failback", "app-backup", "app"])
        _ = try await stop(second)
        #expect(try site.status().groups.first?.state == .ready)
    }

    @Test func `a daemon that is killed during a hook runs the same incident again`() async throws {
        let site = try Site()
        try site.writeConfig()
        // The first run never ends by itself; the second one does.
        try site.write(
            "hook.d", mode: 0o644,
            "[ \"$CREDWATCH_ATTEMPT\" != 1 ] || { echo begun; exec sleep 30; }")
        try site.sandbox.deactivate(site.primary)
        let first = try site.startDaemon()
        #expect(await first.hasWritten("begun"))
        first.send(signal: SIGKILL)
        #expect(await first.outcome().ending == .signaled(SIGKILL))

        let second = try site.startDaemon()
        #expect(await second.hasWritten("app now uses app-backup"))
        let runs = site.hookRuns()
        #expect(runs.count == 2)
        #expect(Set(runs.map { $0[3] }).count == 1)
        #expect(runs.map(\.last) == ["1", "2"])
        _ = try await stop(second)
    }

    @Test
    func `a daemon that is killed starts again with a primary that is good, and moves nothing`()
        async throws
    {
        let site = try Site()
        try site.writeConfig()
        try site.write("hook.d", mode: 0o644, "echo begun; exec sleep 30")
        try site.sandbox.deactivate(site.primary)
        let first = try site.startDaemon()
        #expect(await first.hasWritten("begun"))
        first.send(signal: SIGKILL)
        _ = await first.outcome()

        try site.sandbox.activate(site.primary)
        let second = try site.startDaemon()
        #expect(await second.hasWritten("the hook is not run any more"))
        _ = try await stop(second)
        #expect(try site.status().groups.first?.state == .ready)
        #expect(!site.hookRuns().contains { $0.first == "failover" && $0.last == "2" })
    }

    enum Trouble: String, CaseIterable {
        case clock, throttling, outage, latency, alteration
    }

    @Test(arguments: Trouble.allCases)
    func `what is not the credential's fault moves nothing`(_ trouble: Trouble) async throws {
        let site = try Site()
        try site.writeConfig(timeout: "1s", failover: "fall: 1, minimum_span: 0s, rise: 1")
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app is healthy"))
        switch trouble {
        case .clock: site.sandbox.faults.clockOffset = .seconds(3_600)
        case .throttling: site.sandbox.faults.isThrottling = true
        case .outage: site.sandbox.faults.isOut = true
        case .latency: site.sandbox.faults.latency = .seconds(5)
        case .alteration: site.sandbox.faults.altersSignatures = true
        }
        // The dead key behind the trouble must not be seen through it, except where AWS says so.
        #expect(await daemon.hasWritten("app is unknown"))
        let seen = site.sandbox.callCount
        while site.sandbox.callCount < seen + 4 { try await Task.sleep(for: .milliseconds(50)) }
        _ = try await stop(daemon)
        // With `fall: 1` the backup is told of at once; that switches nothing.
        #expect(site.hookRuns().allSatisfy { $0.first == "backup_failing" })
        // One mismatch looks like a wrong secret until another key meets the same.
        let state = try site.status().groups.first?.state
        #expect(state == .ready || (trouble == .alteration && state == .confirming))
    }

    @Test func `no backup that is proven, no failover`() async throws {
        let site = try Site()
        try site.writeConfig(failover: "fall: 1, minimum_span: 0s, rise: 1")
        try site.sandbox.deactivate(site.primary)
        try site.sandbox.delete(site.backup)
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("there is no failover: app-backup is refused too"))
        _ = try await stop(daemon)
        #expect(site.hookRuns().allSatisfy { $0.first == "backup_failing" })
    }

    @Test func `a hook that fails is tried again, and then the group is failover_failed`()
        async throws
    {
        let site = try Site()
        try site.writeConfig(failover: "fall: 1, minimum_span: 0s, rise: 1")
        try site.write("hook.d", mode: 0o644, "exit 3")
        try site.sandbox.deactivate(site.primary)
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("could not be moved"))
        #expect(await daemon.hasWritten("failover_failed"))
        _ = try await stop(daemon)
        let attempts = site.hookRuns().filter { $0.first == "failover" }.map(\.last)
        #expect(attempts == ["1", "2", "3", "4", "5"])
        let group = try #require(try site.status().groups.first)
        #expect(group.state == .failoverFailed)
        #expect(group.active == "app")
    }

    private func stop(_ daemon: Subprocess) async throws -> Subprocess.Ending {
        daemon.send(signal: SIGTERM)
        return await daemon.outcome().ending
    }
}
