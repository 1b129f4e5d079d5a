import Model
import Reporting
import Sandbox
import Support
import Testing

/// The status file as the running daemon writes it, against its published schema.
@Suite(.timeLimit(.minutes(1)))
struct StatusFileSystemTests {
    @Test(
        .enabled(Comment(rawValue: ReportSchema.needs)) { await ReportSchema.hasValidator() })
    func `the file fits its schema from the first one to the last`() async throws {
        let site = try Site()
        try site.writeConfig(timeout: "10s")
        let manager = try NotifySocket(path: site.path("notify"))
        site.sandbox.faults.latency = .seconds(3)
        let daemon = try site.startDaemon(environment: ["NOTIFY_SOCKET": site.path("notify")])

        func expectFit(_ what: String) async throws -> StatusDocument {
            // The daemon goes on meanwhile, so both look at a copy.
            try site.write("copy.json", mode: 0o644, readText(site.path("status.json")))
            let outcome = try await ReportSchema.status.validate(site.path("copy.json"))
            #expect(
                outcome.ending == .exited(0),
                "\(what): \(outcome.outputText)\(outcome.errorText)")
            return try readStatus(path: site.path("copy.json")).document
        }

        // Before the first answer.
        #expect(await manager.message { $0.contains("READY=1") } != nil)
        #expect(try await expectFit("pending").profiles.map(\.state) == [.pending, .pending])
        site.sandbox.faults.latency = .zero
        #expect(await manager.message { $0.contains("STATUS=2 healthy") } != nil)
        #expect(try await expectFit("healthy").overall == .healthy)

        site.sandbox.faults.isThrottling = true
        #expect(await manager.message { $0.contains("2 unknown") } != nil)
        #expect(try await expectFit("unknown").overall == .unknown)
        site.sandbox.faults.isThrottling = false
        #expect(await manager.message { $0.contains("STATUS=2 healthy") } != nil)

        try site.sandbox.deactivate(site.primary)
        #expect(await daemon.hasWritten("app now uses app-backup"))
        let moved = try await expectFit("failed over")
        #expect(moved.profiles.first?.state == .failing)

        daemon.send(signal: 15)
        #expect(await daemon.outcome().ending == .exited(0))
        let last = try await expectFit("stopped")
        #expect(last.groups.first?.state == .failedOver)
        #expect(last.groups.first?.hook?.result == .exited(code: 0))
        #expect(last.groups.first?.incident != nil)
    }
}
