import Glibc
import Model
import Sandbox
import Support
import Testing

/// `rotate:` of a profile: the daemon does it by itself.
@Suite(.timeLimit(.minutes(2)))
struct RotateDaemonSystemTests {
    private func start(_ site: Site, _ rule: String = "{every: 90d}") async throws -> Subprocess {
        try site.writeConfig(timeout: "5s")
        let config = readText(site.path("credwatch.yaml"))
        try site.write(
            "credwatch.yaml", mode: 0o644,
            config.replacing("- name: app\n", with: "- {name: app, rotate: \(rule)}\n"))
        let daemon = try site.startDaemon(environment: ["CREDWATCH_PROOF_SPAN": "200ms"])
        #expect(await daemon.hasWritten("app is healthy"), "\(daemon.errorsSoFar)")
        // The daily looks come with the signal as well.
        daemon.send(signal: SIGUSR1)
        return daemon
    }

    @Test func `a key that is old is rotated, and told of`() async throws {
        let site = try Site()
        try site.makeKeysOld()
        let daemon = try await start(site)
        #expect(
            await daemon.hasWritten("is inactive, and is to be deleted at"), "\(daemon.errorsSoFar)"
        )
        #expect(try site.keys().map(\.isActive) == [false, true])
        // That the key is old has been told, and is over with it.
        let over = "app: no longer: Access key \(site.primary.id)"
        #expect(await daemon.hasWritten(over), "\(daemon.errorsSoFar)")
        try site.expectWorkingKey()
        daemon.send(signal: SIGTERM)
        let end = await daemon.outcome()
        #expect(end.ending == .exited(0))
        for key in try site.keys() {
            #expect(!end.errorText.contains(key.secret.reveal()))
        }
        let kinds = try site.profile("app")?.advisories.map(\.kind)
        #expect(kinds?.contains(.rotationFailed) == false)
    }

    @Test func `what cannot be done is a warning`() async throws {
        let site = try Site()
        try site.makeKeysOld()
        try site.sandbox.perform(.fault(.denyActions(["iam:CreateAccessKey"])))
        let daemon = try await start(site)
        #expect(await daemon.hasWritten("The key of app was not rotated"), "\(daemon.errorsSoFar)")
        #expect(try site.keys().map(\.id) == [site.primary.id])
        daemon.send(signal: SIGTERM)
        #expect(await daemon.outcome().ending == .exited(0))
        let kinds = try site.profile("app")?.advisories.map(\.kind)
        #expect(kinds?.contains(.rotationFailed) == true)
    }
}
