import Model
import Support
import Testing

/// Rotation against moto, an IAM that others wrote.
@Suite(.timeLimit(.minutes(4)), .enabled("moto is not installed") { await Moto.isInstalled })
struct MotoRotateSystemTests {
    private typealias Key = (id: String, secret: String)

    private func site(_ moto: Moto, app: Key, ops: Key) throws -> Site {
        let site = try Site()
        try site.write(
            "credentials", mode: 0o600,
            """
            # the keys of this machine
            [app]
            aws_access_key_id = \(app.id)
            aws_secret_access_key = \(app.secret)

            [ops]
            aws_access_key_id = \(ops.id)
            aws_secret_access_key = \(ops.secret)
            """)
        try site.write(
            "credwatch.yaml", mode: 0o644,
            """
            profiles:
              - {name: app, region: us-east-1, timeout: 20s, expect: {arn: "arn:aws:iam::\(Moto.account):user/app"}}
              - {name: ops, region: us-east-1, timeout: 20s}
            state_directory: \(site.path("state"))
            aws: {credentials_file: \(site.path("credentials")), config_file: /dev/null, endpoint_url: "\(moto.url)"}
            """)
        return site
    }

    private func states(_ moto: Moto, _ ops: Key) async throws -> [String: String] {
        let text = try await moto.run(
            """
            for key in iam.list_access_keys(UserName='app')['AccessKeyMetadata']:
                print(key['AccessKeyId'], key['Status'])
            """, key: ops)
        return text.split(separator: "\n").reduce(into: [:]) { states, line in
            let words = line.split(separator: " ").map(String.init)
            if words.count == 2 { states[words[0]] = words[1] }
        }
    }

    /// The key of `app` in the file.
    private func written(_ site: Site) -> Key {
        let lines = readText(site.path("credentials")).split(separator: "\n").map(String.init)
        let start = lines.firstIndex(of: "[app]") ?? 0
        func value(_ line: String) -> String {
            line.split(separator: " ").last.map(String.init) ?? ""
        }
        return (value(lines[start + 1]), value(lines[start + 2]))
    }

    @Test func `a key is made, written, deactivated and deleted`() async throws {
        let moto = try await Moto()
        let app = try await moto.createUser("app")
        let ops = try await moto.createUser("ops")
        let site = try site(moto, app: app, ops: ops)
        let before = readText(site.path("credentials"))
        let plan = try await site.rotate("--dry-run")
        #expect(plan.ending == .exited(0), "\(plan.outputText)")
        #expect(readText(site.path("credentials")) == before)
        #expect(try await states(moto, ops) == [app.id: "Active"])

        let outcome = try await site.rotate()
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
        let new = written(site)
        #expect(new.id != app.id)
        #expect(try await states(moto, ops) == [app.id: "Inactive", new.id: "Active"])
        #expect(
            readText(site.path("credentials"))
                == before.replacing(app.id, with: new.id).replacing(
                    app.secret, with: new.secret))
        #expect(try await moto.check(new).ending == .exited(0))

        // Two keys: the inactive one is the one to go.
        let listed = try await site.run("keys", "app", "--config", site.path("credwatch.yaml"))
        #expect(
            listed.outputText.contains("\(app.id)  inactive"),
            "\(listed.outputText)\(listed.errorText)")
        let again = try await site.rotate("--replace", app.id, "--delete-after", "0s")
        #expect(again.ending == .exited(0), "\(again.outputText)\(again.errorText)")
        let last = written(site)
        #expect(last.id != new.id)
        #expect(try await states(moto, ops) == [last.id: "Active"])
        #expect(!site.hasJournal)
    }

    @Test func `with a dead key another profile makes the new one`() async throws {
        let moto = try await Moto()
        let app = try await moto.createUser("app")
        let ops = try await moto.createUser("ops")
        let site = try site(moto, app: app, ops: ops)
        try await moto.deleteKey(of: "app", app.id, using: ops)
        let alone = try await site.rotate()
        #expect(
            alone.ending == .exited(2) && alone.outputText.contains("--using"),
            "\(alone.outputText)")
        let outcome = try await site.rotate("--using", "ops")
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
        let new = written(site)
        #expect(try await states(moto, ops) == [new.id: "Active"])
        #expect(try await moto.check(new).ending == .exited(0))
    }

    @Test func `without the permission nothing changes, and with two keys neither`() async throws {
        let moto = try await Moto()
        let app = try await moto.createUser("app")
        let ops = try await moto.createUser("ops")
        let site = try site(moto, app: app, ops: ops)
        try await moto.perform("iam.create_access_key(UserName='app')", using: ops)
        let two = try await site.rotate()
        #expect(
            two.ending == .exited(2) && two.outputText.contains("--replace"), "\(two.outputText)")
        try await moto.perform(
            """
            for key in iam.list_access_keys(UserName='app')['AccessKeyMetadata']:
                if key['AccessKeyId'] != sys.argv[2]:
                    iam.delete_access_key(UserName='app', AccessKeyId=key['AccessKeyId'])
            iam.delete_user_policy(UserName='app', PolicyName='all')
            """, using: ops, app.id)
        let before = readText(site.path("credentials"))
        let denied = try await site.rotate()
        #expect(
            denied.ending == .exited(2) && denied.outputText.contains("AccessDenied"),
            "\(denied.outputText)")
        #expect(readText(site.path("credentials")) == before)
        #expect(try await states(moto, ops) == [app.id: "Active"])
    }
}
