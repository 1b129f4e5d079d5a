import Glibc
import Model
import Sandbox
import Support
import Testing

/// Credentials that a person has to renew, and the daemon that says so in time.
@Suite(.timeLimit(.minutes(1)))
struct LoginSystemTests {
    /// Writes a session of `app`, which its file says to end in so many seconds; returns the end.
    private func writeSession(_ site: Site, endsIn seconds: Int64) throws -> WallTime {
        let session = try site.sandbox.startSession(user: "app")
        let end = WallTime(seconds: (Sandbox.systemClock() + .seconds(seconds)).seconds)
        try site.write(
            "credentials", mode: 0o600,
            """
            [app]
            aws_access_key_id = \(session.id)
            aws_secret_access_key = \(session.secret.reveal())
            aws_session_token = \(session.token.reveal())
            aws_session_expiration = \(end.rfc3339)
            [app-backup]
            aws_access_key_id = \(site.backup.id)
            aws_secret_access_key = \(site.backup.secret.reveal())
            """)
        return end
    }

    /// Asks for checks until the end of a new session is known: a look at the files counts as fresh for
    /// some milliseconds.
    private func check(_ daemon: Subprocess, of site: Site, until end: WallTime) async throws {
        while (try? site.profile("app"))?.endsForGood != end {
            daemon.send(signal: SIGUSR1)
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    @Test func `a session that ends soon is told once, over a restart too, and a new one anew`()
        async throws
    {
        let site = try Site()
        try site.writeConfig(interval: "1h")
        let end = try writeSession(site, endsIn: 840)
        let manager = try NotifySocket(path: site.path("notify"))
        var daemon = try site.startDaemon(environment: ["NOTIFY_SOCKET": site.path("notify")])
        #expect(await manager.message { $0.contains("app: login ends in 14 min") } != nil)
        #expect(try site.profile("app")?.endsForGood == end)
        #expect(try site.profile("app-backup")?.endsForGood == nil)
        #expect(try site.status().overall == .degraded)
        daemon.send(signal: SIGTERM)
        #expect(
            await daemon.outcome().errorText.contains(
                "app: login ends in 14 min, at \(end.rfc3339); credwatch cannot renew it"))

        // A socket of its own: what the first daemon said would be taken for the second one's.
        let second = try NotifySocket(path: site.path("second"))
        daemon = try site.startDaemon(environment: ["NOTIFY_SOCKET": site.path("second")])
        #expect(
            await second.message { $0.contains("STATUS=2 healthy, app: login ends in 14 min") }
                != nil)
        try await check(daemon, of: site, until: try writeSession(site, endsIn: 200))
        #expect(await daemon.hasWritten("app: login ends in 4 min"))
        daemon.send(signal: SIGTERM)
        #expect(!(await daemon.outcome().errorText.contains("ends in 14 min, at")))
    }

    @Test func `the end itself is told by a timer, with a check`() async throws {
        let site = try Site()
        try site.writeConfig(interval: "1h")
        _ = try writeSession(site, endsIn: 36_000)
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app is healthy"))
        // The start takes what it takes; only from here on the time counts.
        let end = try writeSession(site, endsIn: 8)
        try await check(daemon, of: site, until: end)
        #expect(await daemon.hasWritten("app: login ends in 1 min"))
        let seen = site.sandbox.callCount
        #expect(await daemon.hasWritten("app: login ended at \(end.rfc3339)"))
        while site.sandbox.callCount <= seen { try await Task.sleep(for: .milliseconds(5)) }
        daemon.send(signal: SIGTERM)
        #expect(await daemon.outcome().ending == .exited(0))
    }
}
