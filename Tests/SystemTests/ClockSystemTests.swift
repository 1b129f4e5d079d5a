import Model
import Sandbox
import Support
import Testing

/// The daemon on a machine whose clock is not AWS's.
@Suite(.timeLimit(.minutes(1)))
struct ClockSystemTests {
    @Test func `a clock that is two minutes wrong is a warning until it is right`() async throws {
        let site = try Site()
        try site.writeConfig()
        site.sandbox.faults.clockOffset = .seconds(120)
        let manager = try NotifySocket(path: site.path("notify"))
        let daemon = try site.startDaemon(environment: ["NOTIFY_SOCKET": site.path("notify")])
        #expect(await daemon.hasWritten("WARNING This machine's clock is "))
        #expect(await manager.message { $0.contains("STATUS=2 healthy") } != nil)
        let wrong = try await site.run("status", "--config", site.path("credwatch.yaml"))
        #expect(wrong.ending == .exited(1), "\(wrong.outputText)")
        #expect(wrong.outputText.contains("clock_skew"))
        #expect(wrong.outputText.contains("timedatectl set-ntp true"))
        let clock = try #require(try site.status().clock)
        #expect((clock.skew - .seconds(120)).magnitude < .seconds(3))
        // One pass says it, too.
        let check = try await site.run("check", "app", "--config", site.path("credwatch.yaml"))
        #expect(check.outputText.contains("\nthis machine's clock is "))
        #expect(check.outputText.contains("behind AWS's.\n"))

        site.sandbox.faults.clockOffset = .zero
        #expect(await daemon.hasWritten("NOTICE no longer: This machine's clock is "))
        daemon.send(signal: 15)
        #expect(await daemon.outcome().ending == .exited(0))
        #expect(try site.status().advisories == [])
        #expect(try #require(try site.status().clock).skew.magnitude < .seconds(3))
    }

    @Test func `a key that dies behind a wrong clock moves nothing, and does when it is right`()
        async throws
    {
        let site = try Site()
        try site.writeConfig(failover: "fall: 1, minimum_span: 0s, rise: 1")
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app is healthy"))
        site.sandbox.faults.clockOffset = .seconds(-3_600)
        try site.sandbox.deactivate(site.primary)
        #expect(await daemon.hasWritten("app is unknown"))
        #expect(await daemon.hasWritten("nothing counts as bad until it is right"))
        #expect(site.hookRuns().isEmpty)
        site.sandbox.faults.clockOffset = .zero
        #expect(await daemon.hasWritten("app now uses app-backup"))
        #expect(site.hookRuns().count == 1)
        daemon.send(signal: 15)
        #expect(await daemon.outcome().ending == .exited(0))
    }
}
