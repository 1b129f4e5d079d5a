import Model
import Sandbox
import Support
import Testing

/// Roles by the built daemon: assumed once, whoever asks and however often.
@Suite(.timeLimit(.minutes(1)))
struct RoleSystemTests {
    /// Writes the files of a chain of two roles, and a config with so many profiles of its end.
    private func prepare(_ site: Site, profiles: Int, more: String = "") throws {
        for role in ["first", "second"] {
            _ = try site.sandbox.withWorld { world, now throws(ServiceFault) in
                try world.createRole(
                    role, in: Sandbox.standardAccount, trusting: [Sandbox.standardAccount], now: now
                )
            }
        }
        try site.write(
            "config", mode: 0o600,
            """
            [profile first]
            role_arn = arn:aws:iam::\(Sandbox.standardAccount):role/first
            source_profile = app
            [profile second]
            role_arn = arn:aws:iam::\(Sandbox.standardAccount):role/second
            source_profile = first
            """)
        let names = (0..<profiles).map { "{name: p\($0), profile: second}" }
        try site.write(
            "credwatch.yaml", mode: 0o644,
            """
            defaults: {interval: 1s, fast_interval: 1s, timeout: 5s, region: us-east-1}
            profiles: [\(names.joined(separator: ", "))]
            status: {file: \(site.path("status.json"))}
            state_directory: \(site.path("state"))
            control: {socket: \(site.path("control.sock"))}
            aws: {credentials_file: \(site.path("credentials")), config_file: \(site.path("config")), endpoint_url: "\(site.sandbox.url)"}
            """)
    }

    @Test func `a pass over a hundred profiles of one role assumes it once`() async throws {
        let site = try Site()
        try prepare(site, profiles: 100)
        let outcome = try await site.run("check", "--config", site.path("credwatch.yaml"))
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
        let actions = site.sandbox.calls.map(\.action)
        // One for each link of the chain.
        #expect(actions.count { $0 == "AssumeRole" } == 2)
        #expect(actions.count { $0 == "GetCallerIdentity" } == 100)
    }

    @Test func `the daemon assumes a role once for all its checks, and again when AWS forgot it`()
        async throws
    {
        let site = try Site()
        try prepare(site, profiles: 10)
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("p9 is healthy"))
        func count(_ action: String) -> Int { site.sandbox.calls.count { $0.action == action } }
        while count("GetCallerIdentity") < 30 { try await Task.sleep(for: .milliseconds(20)) }
        #expect(count("AssumeRole") == 2)
        let session = try #require(site.sandbox.calls.last { $0.action == "GetCallerIdentity" })
        let id = try #require(session.accessKeyID)
        try site.sandbox.perform(.expire(keyID: id))
        while count("AssumeRole") < 3 { try await Task.sleep(for: .milliseconds(20)) }
        let seen = count("GetCallerIdentity")
        while count("GetCallerIdentity") < seen + 20 {
            try await Task.sleep(for: .milliseconds(20))
        }
        // Only the link that was refused is fetched anew.
        #expect(count("AssumeRole") == 3)
        daemon.send(signal: 15)
        #expect(await daemon.outcome().ending == .exited(0))
    }
}
