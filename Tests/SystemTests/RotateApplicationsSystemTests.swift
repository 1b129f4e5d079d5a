import Glibc
import Model
import Sandbox
import Support
import Testing

/// A rotation takes along the files that applications read.
@Suite(.timeLimit(.minutes(3)))
struct RotateApplicationsSystemTests {
    private let site: Site

    init() throws {
        site = try Site()
        try makeFolder(site.path("home"))
        try site.write(
            "home/credentials", mode: 0o640,
            """
            [app]
            aws_access_key_id = \(site.primary.id)
            aws_secret_access_key = \(site.primary.secret.reveal())
            """)
        try site.write(
            "home/environment", mode: 0o600,
            """
            AWS_ACCESS_KEY_ID=\(site.primary.id)
            AWS_SECRET_ACCESS_KEY=\(site.primary.secret.reveal())
            """)
        try site.writeSwitchConfig()
    }

    private func place(_ name: String) -> String { readText(site.path("home/\(name)")) }

    /// Whether both files hold a key that works, with its own secret.
    private func haveWorkingKeys() throws -> Bool {
        let working = try site.keys().filter(\.isActive)
        return ["credentials", "environment"].allSatisfy { name in
            let text = place(name)
            return working.contains {
                text.contains($0.id) && text.contains($0.secret.reveal())
            }
        }
    }

    private func expectRotated(_ comment: Comment? = nil) throws {
        let keys = try site.keys()
        #expect(keys.map(\.isActive) == [false, true], comment)
        #expect(keys.first?.id == site.primary.id, comment)
        let new = try #require(keys.last)
        for name in ["credentials", "environment"] {
            #expect(place(name).contains(new.id), comment)
            #expect(place(name).contains(new.secret.reveal()), comment)
            #expect(!place(name).contains(site.primary.id), comment)
        }
    }

    @Test
    func `at every moment the key of the applications works, and at the end it is the new one`()
        async throws
    {
        let site = site
        let watch = Task { () -> (looks: Int, failures: Int) in
            var (looks, failures) = (0, 0)
            while !Task.isCancelled {
                looks += 1
                // The sandbox and the files change one after the other: a look between them is repeated.
                if try !haveWorkingKeys(), try !haveWorkingKeys() { failures += 1 }
                await Task.yield()
            }
            return (looks, failures)
        }
        let outcome = try await site.rotate()
        watch.cancel()
        let seen = try await watch.value
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
        #expect(seen.looks > 10 && seen.failures == 0, "\(seen)")
        try expectRotated()
        for key in try site.keys() {
            #expect(!outcome.outputText.contains(key.secret.reveal()))
        }
    }

    @Test(arguments: [
        "rotate.proven", "move.begun", "move.written", "move.written:2", "rotate.brought",
        "rotate.moved", "rotate.deactivated",
    ])
    func `killed on the way, the applications have keys that work, and the next run ends it`(
        point: String
    ) async throws {
        let killed = try await site.rotate(dyingAt: point)
        #expect(killed.ending == .signaled(SIGKILL), "\(killed.outputText)\(killed.errorText)")
        #expect(try haveWorkingKeys())
        let dry = try await site.rotate("--dry-run")
        #expect(dry.outputText.contains("goes on with it"), "\(dry.outputText)")
        let outcome = try await site.rotate()
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
        try expectRotated()
    }

    @Test func `the daemon's own rotation takes the applications along`() async throws {
        // The group has the same name, further down.
        let config = readText(site.path("credwatch.yaml")).replacing(
            "- name: app\n", with: "- {name: app, rotate: {every: 90d}}\n", maxReplacements: 1)
        try site.write("credwatch.yaml", mode: 0o644, config)
        try site.makeKeysOld()
        let daemon = try site.startDaemon(environment: ["CREDWATCH_PROOF_SPAN": "200ms"])
        #expect(await daemon.hasWritten("app is healthy"), "\(daemon.errorsSoFar)")
        // The daily looks come with the signal as well.
        daemon.send(signal: SIGUSR1)
        #expect(
            await daemon.hasWritten("is inactive, and is to be deleted at"), "\(daemon.errorsSoFar)"
        )
        try expectRotated()
        daemon.send(signal: SIGTERM)
        #expect(await daemon.outcome().ending == .exited(0))
    }

    @Test func `files that cannot be written leave both keys active, until they can be`()
        async throws
    {
        chmod(site.path("home"), 0o777)
        let stuck = try await site.rotate()
        #expect(stuck.ending == .exited(1), "\(stuck.outputText)\(stuck.errorText)")
        #expect(stuck.outputText.contains("group app"))
        #expect(try site.keys().map(\.isActive) == [true, true])
        #expect(try haveWorkingKeys())
        chmod(site.path("home"), 0o755)
        let outcome = try await site.rotate()
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
        try expectRotated()
    }

    @Test func `applications that have the backup's key keep it`() async throws {
        let moved = try await site.run(
            "switch", "app", "--to", "app-backup", "--config", site.path("credwatch.yaml"))
        #expect(moved.ending == .exited(0), "\(moved.errorText)")
        let before = place("credentials")
        let outcome = try await site.rotate()
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
        #expect(try site.keys().map(\.isActive) == [false, true])
        #expect(place("credentials") == before)
    }

    @Test func `clients that were handed the old key keep it until they ask again`() async throws {
        let config = readText(site.path("credwatch.yaml"))
        try site.write(
            "credwatch.yaml", mode: 0o644,
            config.replacing(
                "    rise: 2\n", with: "    rise: 2\n    serve: {users: [root], duration: 15m}\n"))
        let outcome = try await site.rotate()
        #expect(outcome.ending == .exited(1), "\(outcome.outputText)\(outcome.errorText)")
        #expect(outcome.outputText.contains("Clients of the daemon may use \(site.primary.id)"))
        #expect(try site.keys().map(\.isActive) == [true, true])
        let journal = site.path("state/rotations/app.json")
        try writeText(
            journal, mode: 0o600,
            readText(journal).replacing(
                /"moved_at": "[^"]*"/, with: "\"moved_at\": \"2026-01-01T00:00:00Z\""))
        let next = try await site.rotate()
        #expect(next.ending == .exited(0), "\(next.outputText)\(next.errorText)")
        try expectRotated()
    }

    @Test func `a daemon that checks once an hour is asked to, and hands the new key out`()
        async throws
    {
        let config = readText(site.path("credwatch.yaml"))
            .replacing("interval: 1s, fast", with: "interval: 1h, fast")
            .replacing(
                "    rise: 2\n", with: "    rise: 2\n    serve: {users: [root], duration: 15m}\n")
        try site.write("credwatch.yaml", mode: 0o644, config)
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app is healthy"), "\(daemon.errorsSoFar)")
        let outcome = try await site.rotate()
        #expect(outcome.outputText.contains("Clients of the daemon may use \(site.primary.id)"))
        #expect(outcome.ending == .exited(1), "\(outcome.outputText)\(outcome.errorText)")
        #expect(try site.profile("app")?.accessKeyID == site.keys().last?.id)
        daemon.send(signal: SIGTERM)
        #expect(await daemon.outcome().ending == .exited(0))
    }
}
