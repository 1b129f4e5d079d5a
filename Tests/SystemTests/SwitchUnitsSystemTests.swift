import Glibc
import Model
import Sandbox
import Support
import Synchronization
import Testing

/// The units of a switch, on a bus where a test plays systemd with real processes.
@Suite(.timeLimit(.minutes(2)), .enabled(if: FakeBus.isPossible, "needs dbus-daemon"))
struct SwitchUnitsSystemTests {
    private let site: Site
    private let bus: FakeBus

    init() async throws {
        site = try Site()
        bus = try await FakeBus(in: site.folder)
        try makeFolder(site.path("home"))
        try site.write(
            "home/credentials", mode: 0o600,
            "[app]\naws_access_key_id = \(site.primary.id)\naws_secret_access_key = \(site.primary.secret.reveal())"
        )
        try site.write(
            "home/environment", mode: 0o600,
            "AWS_ACCESS_KEY_ID=\(site.primary.id)\nAWS_SECRET_ACCESS_KEY=\(site.primary.secret.reveal())"
        )
        try site.writeSwitchConfig(units: ", restart_units: [app.service]")
    }

    /// The processes that the unit has had.
    private final class Service: Sendable {
        private let processes = Mutex<[Subprocess]>([])

        func start(with keyID: String) throws -> UInt32 {
            let process = try Subprocess(
                "sleep", ["60"], environment: ["PATH": "/usr/bin:/bin", "AWS_ACCESS_KEY_ID": keyID])
            processes.withLock { $0.append(process) }
            return UInt32(process.processID)
        }
    }

    private func systemd(_ service: Service, restartsWith keyID: String) throws -> FakeManager {
        try bus.systemd(
            [
                "LoadState": .text("loaded"), "ActiveState": .text("active"),
                "SubState": .text("running"), "ControlGroup": .text(""), "Job": .jobs(0),
                "CanReload": .truth(true),
                "MainPID": .number(try service.start(with: site.primary.id)),
            ],
            onJob: { _, manager in
                if let process = try? service.start(with: keyID) {
                    manager.set("MainPID", .number(process))
                }
            })
    }

    private func startDaemon(_ extra: [String: String] = [:]) throws -> Subprocess {
        try site.startDaemon(
            environment: extra.merging(["DBUS_SYSTEM_BUS_ADDRESS": bus.address]) { $1 })
    }

    private func stop(_ daemon: Subprocess) async {
        daemon.send(signal: SIGTERM)
        _ = await daemon.outcome()
    }

    @Test func `the unit is restarted, and its process has the new key`() async throws {
        let manager = try systemd(Service(), restartsWith: site.backup.id)
        defer { manager.stop() }
        try site.sandbox.deactivate(site.primary)
        let daemon = try startDaemon()
        #expect(await daemon.hasWritten("app.service was restarted"))
        #expect(await daemon.hasWritten("app now uses app-backup"))
        await stop(daemon)
        #expect(manager.calls == ["TryRestartUnit app.service replace"])
    }

    @Test func `a daemon that is killed after the restart does not restart the unit again`()
        async throws
    {
        let manager = try systemd(Service(), restartsWith: site.backup.id)
        defer { manager.stop() }
        try site.sandbox.deactivate(site.primary)
        let first = try startDaemon(["CREDWATCH_FAULT_POINT": "move.restarted"])
        #expect(await first.outcome().ending == .signaled(SIGKILL))
        let second = try startDaemon()
        #expect(await second.hasWritten("app.service uses \(site.backup.id) already"))
        #expect(await second.hasWritten("app now uses app-backup"))
        await stop(second)
        #expect(manager.calls.count == 1)
    }

    @Test func `a process that keeps the old key makes the move fail, and the file stays`()
        async throws
    {
        let manager = try systemd(Service(), restartsWith: site.primary.id)
        defer { manager.stop() }
        try site.sandbox.deactivate(site.primary)
        let daemon = try startDaemon()
        #expect(await daemon.hasWritten("still has \(site.primary.id) in its environment"))
        #expect(await daemon.hasWritten("could not be moved"))
        await stop(daemon)
        #expect(readText(site.path("home/environment")).contains(site.backup.id))
        #expect(try site.status().groups.first?.state == .failoverFailed)
    }
}
