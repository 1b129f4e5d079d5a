import Glibc
import Model
import Reporting
import Sandbox
import Support
import Synchronization
import Testing

/// The daemon as it is built, before a dead-man service.
@Suite(.timeLimit(.minutes(1)))
struct HeartbeatSystemTests {
    private static let token = "5a1c0de0-t0ken"

    private func configure(_ site: Site, _ heartbeat: String) throws {
        try site.writeConfig(failover: "fall: 100, minimum_span: 1h, rise: 2")
        try site.write(
            "credwatch.yaml", mode: 0o644,
            readText(site.path("credwatch.yaml")) + "\nheartbeat: \(heartbeat)")
    }

    private func requests(_ server: ScriptedServer, beyond count: Int) async throws {
        while server.requests.count <= count { try await Task.sleep(for: .milliseconds(10)) }
    }

    @Test func `beats after it is ready, and no more after a stop`() async throws {
        let site = try Site()
        let isThere = Mutex(true)
        let server = try ScriptedServer { _, _ in
            if !fileExists(site.path("status.json")) { isThere.withLock { $0 = false } }
            return .http(200, "OK")
        }
        try configure(site, "{url: \"\(server.url)/\(Self.token)\", interval: 1s}")
        let daemon = try site.startDaemon()
        try await requests(server, beyond: 2)
        #expect(isThere.withLock { $0 })
        #expect(server.requests.allSatisfy { $0.target == "/\(Self.token)" })
        while try site.status().heartbeat?.lastSuccessAt == nil {
            try await Task.sleep(for: .milliseconds(10))
        }
        let heartbeat = try #require(try site.status().heartbeat)
        #expect(heartbeat.host == "127.0.0.1")
        #expect(heartbeat.failure == nil)

        // A daemon that stands still says nothing: that is what the service is for.
        daemon.send(signal: SIGSTOP)
        try await Task.sleep(for: .milliseconds(200))
        let stopped = server.requests.count
        try await Task.sleep(for: .seconds(3))
        #expect(server.requests.count == stopped)
        daemon.send(signal: SIGCONT)
        try await requests(server, beyond: stopped)

        daemon.send(signal: SIGTERM)
        let outcome = await daemon.outcome()
        #expect(outcome.ending == .exited(0))
        #expect(!outcome.errorText.contains(Self.token), "\(outcome.errorText)")
        #expect(!readText(site.path("status.json")).contains(Self.token))
        let ended = server.requests.count
        try await Task.sleep(for: .milliseconds(1_500))
        #expect(server.requests.count == ended)
    }

    @Test func `a failure is told once, and its end`() async throws {
        let site = try Site()
        let status = Mutex(500)
        let server = try ScriptedServer { _, _ in .http(status.withLock { $0 }) }
        try configure(site, "{url: \"\(server.url)/\(Self.token)\", interval: 1s}")
        let manager = try NotifySocket(path: site.path("notify"))
        let daemon = try site.startDaemon(environment: ["NOTIFY_SOCKET": site.path("notify")])
        #expect(
            await manager.message {
                $0.contains("no heartbeat at 127.0.0.1: it answered with HTTP 500")
            } != nil)
        try await requests(server, beyond: 3)
        let failing = try #require(try site.status().heartbeat)
        #expect(failing.failure == "it answered with HTTP 500")
        #expect(failing.failingSince != nil && failing.lastSuccessAt == nil)
        status.withLock { $0 = 200 }
        #expect(await daemon.hasWritten("The heartbeat arrives at 127.0.0.1 again"))
        // Without it there is nothing to tell of.
        try site.writeConfig()
        daemon.send(signal: SIGHUP)
        #expect(await daemon.hasWritten("The config was read again"))
        daemon.send(signal: SIGUSR1)
        while try site.status().heartbeat != nil { try await Task.sleep(for: .milliseconds(20)) }
        let ended = server.requests.count
        try await Task.sleep(for: .milliseconds(1_500))
        #expect(server.requests.count <= ended + 1)
        daemon.send(signal: SIGTERM)
        let text = await daemon.outcome().errorText
        let told = text.split(separator: "\n").filter { $0.contains("does not arrive") }
        #expect(told.count == 1, "\(text)")
        #expect(told.first?.contains("at 127.0.0.1: it answered with HTTP 500.") == true)
        #expect(!text.contains(Self.token))
    }

    @Test func `fail_url is told of failures, at once`() async throws {
        let site = try Site()
        let server = try ScriptedServer { _, _ in .http(200) }
        try configure(
            site, "{url: \"\(server.url)/up\", fail_url: \"\(server.url)/down\", interval: 1h}")
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app is healthy"))
        try await requests(server, beyond: 0)
        #expect(server.requests.map(\.target) == ["/up"])
        try site.sandbox.deactivate(site.primary)
        daemon.send(signal: SIGUSR1)
        try await requests(server, beyond: 1)
        try site.sandbox.activate(site.primary)
        daemon.send(signal: SIGUSR1)
        try await requests(server, beyond: 2)
        #expect(server.requests.map(\.target) == ["/up", "/down", "/up"])
        daemon.send(signal: SIGTERM)
        _ = await daemon.outcome()
    }

    @Test func `validate shows no token`() async throws {
        let site = try Site()
        try configure(site, "{url: http://kuma.lan/\(Self.token), interval: 0s}")
        let outcome = try await site.run("validate", "--config", site.path("credwatch.yaml"))
        #expect(outcome.ending == .exited(2))
        #expect(outcome.errorText.contains("[insecure-url]"))
        #expect(outcome.errorText.contains("[out-of-range]"))
        #expect(!outcome.errorText.contains(Self.token))
    }
}
