import Model
import Sandbox
import Support
import Testing

/// `credwatch keys`, against the sandbox.
@Suite(.timeLimit(.minutes(2)))
struct KeysSystemTests {
    private func site() throws -> (Site, spare: AccessKey) {
        let site = try Site()
        try site.writeConfig(timeout: "5s")
        let spare = try #require(try site.sandbox.perform(.createKey(user: "app")).createdKey)
        return (site, spare)
    }

    private func keys(_ site: Site, _ arguments: String...) async throws -> Subprocess.Outcome {
        try await site.run(
            list: ["keys", "app", "--config", site.path("credwatch.yaml")] + arguments)
    }

    @Test func `the list has state, age, last use and places, and no secret`() async throws {
        let (site, spare) = try site()
        let outcome = try await keys(site)
        #expect(outcome.ending == .exited(0), "\(outcome.errorText)")
        let text = outcome.outputText
        #expect(text.contains("user app, account \(Sandbox.standardAccount)"))
        #expect(text.contains("\(site.primary.id)  active  0d old  used at"))
        #expect(text.contains("\(spare.id)  active  0d old  no use known\n"))
        #expect(text.contains("    [app] in \(site.path("credentials"))"))
        for secret in [site.primary, spare].map({ $0.secret.reveal() }) {
            #expect(!text.contains(secret))
        }
        let json = try await keys(site, "--json")
        let document = try #require(JSONValue(parsing: json.standardOutput))
        guard case .array(let rows)? = document["keys"] else { return #expect(Bool(false)) }
        #expect(rows.map { $0["access_key_id"]?.text } == [site.primary.id, spare.id])
        #expect(rows.first?["status"]?.text == "active")
    }

    @Test func `what is in use is left as it is`() async throws {
        let (site, spare) = try site()
        let own = try await keys(site, "deactivate", site.primary.id)
        #expect(own.ending == .exited(2))
        #expect(own.errorText.contains("the key of the profile itself"), "\(own.errorText)")
        let active = try await keys(site, "delete", spare.id)
        #expect(active.ending == .exited(2) && active.errorText.contains("it is active"))
        let unknown = try await keys(site, "delete", "AKIAQNCLJGYSOTHERK22")
        #expect(unknown.ending == .exited(2) && unknown.errorText.contains("has no key"))
        // In a file of this host.
        let before = readText(site.path("credentials"))
        try site.write(
            "credentials", mode: 0o600,
            before + "[old]\naws_access_key_id = \(spare.id)\naws_secret_access_key = x")
        let placed = try await keys(site, "deactivate", spare.id)
        #expect(placed.ending == .exited(2) && placed.errorText.contains("[old] in"))
        #expect(try site.keys().map(\.isActive) == [true, true])
        let forced = try await keys(site, "deactivate", spare.id, "--force")
        #expect(forced.ending == .exited(0), "\(forced.errorText)")
        #expect(try site.keys().map(\.isActive) == [true, false])
    }

    @Test func `a key that nobody uses goes step by step`() async throws {
        let (site, spare) = try site()
        for (action, states) in [
            ("deactivate", [true, false]), ("activate", [true, true]),
            ("deactivate", [true, false]),
            ("delete", [true]),
        ] {
            let outcome = try await keys(site, action, spare.id)
            #expect(outcome.ending == .exited(0), "\(action): \(outcome.errorText)")
            #expect(try site.keys().map(\.isActive) == states)
        }
    }

    @Test func `another profile lists the keys of one that is dead`() async throws {
        let (site, spare) = try site()
        try site.sandbox.perform(.deactivate(.key(site.primary.id)))
        let alone = try await keys(site)
        #expect(alone.ending == .exited(2) && alone.errorText.contains("--using"))
        let other = try await keys(site, "--using", "app-backup")
        #expect(other.ending == .exited(0), "\(other.errorText)")
        #expect(other.outputText.contains("\(site.primary.id)  inactive"))
        #expect(other.outputText.contains(spare.id))
    }

    @Test(arguments: [
        ["frobnicate", "AKIAQNCLJGYSOTHERK22"], ["delete"], ["delete", "../x"], ["--force"],
    ])
    func `wrong usage is 64`(arguments: [String]) async throws {
        let site = try Site()
        try site.writeConfig()
        let outcome = try await site.run(
            list: ["keys", "app", "--config", site.path("credwatch.yaml")] + arguments)
        #expect(outcome.ending == .exited(64))
    }
}
