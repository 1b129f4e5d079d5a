import Model
import Support
import Testing

/// The daemon against moto, an AWS that others wrote: it checks signatures with botocore's own signer.
@Suite(.timeLimit(.minutes(2)), .enabled("moto is not installed") { await Moto.isInstalled })
struct MotoSystemTests {
    @Test func `moto accepts a key, refuses a wrong secret and a deleted key`() async throws {
        let moto = try await Moto()
        let key = try await moto.createUser("app")
        let other = try await moto.createUser("other")
        let good = try await moto.check(key)
        #expect(good.ending == .exited(0), "\(good.outputText)\(good.errorText)")
        #expect(good.outputText.contains(":user/app"))
        let wrong = try await moto.check((key.id, String(key.secret.reversed())))
        #expect(wrong.ending == .exited(2))
        #expect(wrong.outputText.contains("\"wrong_secret\""), "\(wrong.outputText)")
        try await moto.deleteKey(of: "app", key.id, using: other)
        let deleted = try await moto.check(key)
        #expect(deleted.ending == .exited(2))
        #expect(deleted.outputText.contains("\"key_not_recognized\""))
    }

    @Test func `a key that is deleted in moto moves the group, and the hook runs once`()
        async throws
    {
        let moto = try await Moto()
        let primary = try await moto.createUser("app")
        let backup = try await moto.createUser("app-backup")
        let site = try Site()
        try site.write(
            "credentials", mode: 0o600,
            """
            [app]
            aws_access_key_id = \(primary.id)
            aws_secret_access_key = \(primary.secret)
            [app-backup]
            aws_access_key_id = \(backup.id)
            aws_secret_access_key = \(backup.secret)
            """)
        makeOld(site.path("credentials"))
        try site.writeConfig(timeout: "5s", url: moto.url)
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app is healthy"))
        #expect(await daemon.hasWritten("app-backup is healthy"))
        try await moto.deleteKey(of: "app", primary.id, using: backup)
        #expect(await daemon.hasWritten("app now uses app-backup"))
        daemon.send(signal: 15)
        #expect(await daemon.outcome().ending == .exited(0))
        #expect(site.hookRuns().map { $0.prefix(3) } == [["failover", "app", "app-backup"]])
    }
}
