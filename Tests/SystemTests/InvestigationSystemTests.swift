import Glibc
import Model
import Reporting
import Sandbox
import Support
import Testing

/// The daemon as it is built, with a second identity.
@Suite(.timeLimit(.minutes(1)))
struct InvestigationSystemTests {
    /// Writes a config with one profile and who asks about it.
    private func configure(_ site: Site, more: String = "", url: String? = nil) throws {
        try site.write(
            "credwatch.yaml", mode: 0o644,
            """
            defaults: {interval: 1s, fast_interval: 1s, timeout: 5s, region: us-east-1}
            profiles:
              - {name: app, diagnose_with: app-backup\(more)}
            status: {file: \(site.path("status.json"))}
            state_directory: \(site.path("state"))
            control: {socket: \(site.path("control.sock"))}
            aws: {credentials_file: \(site.path("credentials")), config_file: \(site.path("config")), endpoint_url: "\(url ?? site.sandbox.url)"}
            """)
    }

    @Test func `the reason of a refusal is told once, and stays`() async throws {
        let site = try Site()
        try configure(site)
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app is healthy"))
        try site.sandbox.delete(site.primary)
        #expect(await daemon.hasWritten("was deleted"))
        // Some more checks of the same key.
        let seen = site.sandbox.calls.count { $0.accessKeyID == site.primary.id }
        while site.sandbox.calls.count(where: { $0.accessKeyID == site.primary.id }) < seen + 4 {
            try await Task.sleep(for: .milliseconds(50))
        }
        daemon.send(signal: SIGTERM)
        let outcome = await daemon.outcome()
        #expect(outcome.ending == .exited(0))
        let diagnosis = try #require(try site.profile("app")?.diagnosis)
        #expect(diagnosis.cause == .keyDeleted && diagnosis.confidence == .certain)
        #expect(
            diagnosis.commands == [
                "aws iam create-access-key --user-name app --profile app-backup"
            ])
        #expect(outcome.errorText.ranges(of: "was deleted").count == 1, "\(outcome.errorText)")
        #expect(outcome.errorText.ranges(of: "does not recognise").count <= 1)
        #expect(site.sandbox.calls.count { $0.action == "ListAccessKeys" } == 1)
        for secret in [site.primary.secret, site.backup.secret] {
            #expect(!outcome.errorText.contains(secret.reveal()))
            #expect(!readText(site.path("status.json")).contains(secret.reveal()))
        }
    }

    @Test func `a key that works is looked at, and what is wrong with its user is a warning`()
        async throws
    {
        let site = try Site()
        try configure(site)
        try site.sandbox.perform(.quarantine(user: "app", true))
        site.sandbox.faults.deniedActions = ["iam:GetAccessKeyLastUsed"]
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app is healthy"))
        // The daily look comes with the signal as well.
        daemon.send(signal: SIGUSR1)
        #expect(await daemon.hasWritten("AWS has quarantined user app"))
        #expect(await daemon.hasWritten("app-backup may not call iam:GetAccessKeyLastUsed"))
        let kinds = try site.profile("app")?.advisories.map(\.kind)
        daemon.send(signal: SIGTERM)
        #expect(await daemon.outcome().ending == .exited(0))
        #expect(
            try site.profile("app")?.advisories.map(\.kind) == [.quarantined, .lookDenied],
            "\(String(describing: kinds))")
        #expect(try site.profile("app")?.state == .healthy)
    }

    @Test func `a second identity with the very same key is refused at the start`() async throws {
        let site = try Site()
        try configure(site)
        try site.write(
            "credentials", mode: 0o600,
            ["app", "app-backup"].map {
                """
                [\($0)]
                aws_access_key_id = \(site.primary.id)
                aws_secret_access_key = \(site.primary.secret.reveal())
                """
            }.joined(separator: "\n"))
        let outcome = try await site.run("validate", "--config", site.path("credwatch.yaml"))
        #expect(outcome.ending != .exited(0))
        #expect((outcome.outputText + outcome.errorText).contains("[same-access-key]"))
        try site.write(
            "credentials", mode: 0o600, "[app]\naws_access_key_id = A\naws_secret_access_key = b")
        let missing = try await site.run("validate", "--config", site.path("credwatch.yaml"))
        #expect((missing.outputText + missing.errorText).contains("[unknown-diagnose-with]"))
    }
}

/// The second identity against moto, an IAM that others wrote.
@Suite(.timeLimit(.minutes(2)), .enabled("moto is not installed") { await Moto.isInstalled })
struct MotoInvestigationSystemTests {
    /// What `check --json` says of the first profile.
    private struct Found {
        var cause, confidence, summary: String
        var commands: [String] = []
        /// By action.
        var answers: [String: String] = [:]
        var text: String

        init?(_ text: String) {
            guard case .array(let profiles)? = JSONValue(parsing: Array(text.utf8))?["profiles"],
                let profile = profiles.first, let cause = profile["cause"]?.text
            else { return nil }
            self.text = text
            self.cause = cause
            confidence = profile["confidence"]?.text ?? ""
            summary = profile["summary"]?.text ?? ""
            if case .array(let list)? = profile["commands"] { commands = list.compactMap(\.text) }
            guard case .array(let evidence)? = profile["evidence"] else { return }
            for item in evidence where item["kind"]?.text == "inquiry" {
                answers[item["action"]?.text ?? ""] = item["answer"]?.text
            }
        }
    }

    @Test func `moto's users, keys and policies give the reason`() async throws {
        let moto = try await Moto()
        let app = try await moto.createUser("app")
        let ops = try await moto.createUser("ops")
        let site = try Site()
        func check(_ id: String, _ secret: String) async throws -> Found {
            try site.write(
                "credentials", mode: 0o600,
                """
                [app]
                aws_access_key_id = \(id)
                aws_secret_access_key = \(secret)
                [ops]
                aws_access_key_id = \(ops.id)
                aws_secret_access_key = \(ops.secret)
                """)
            try site.write(
                "credwatch.yaml", mode: 0o644,
                """
                profiles:
                  - {name: app, region: us-east-1, timeout: 10s, diagnose_with: ops, expect: {arn: "arn:aws:iam::\(Moto.account):user/app"}}
                aws: {credentials_file: \(site.path("credentials")), config_file: /dev/null, endpoint_url: "\(moto.url)"}
                """)
            let outcome = try await site.run(
                "check", "--json", "--config", site.path("credwatch.yaml"))
            return try #require(Found(outcome.outputText), "\(outcome.outputText)")
        }

        // Another user's policies and keys are there too.
        try await moto.perform(
            """
            iam.create_user(UserName='other')
            iam.create_access_key(UserName='other')
            arn = iam.create_policy(PolicyName='AWSCompromisedKeyQuarantineV3', PolicyDocument=json.dumps(
                {'Version': '2012-10-17', 'Statement': [
                    {'Effect': 'Deny', 'Action': 'ec2:RunInstances', 'Resource': '*'}]}))['Policy']['Arn']
            iam.attach_user_policy(UserName='app', PolicyArn=arn)
            """, using: ops)
        let wrong = try await check(app.id, String(app.secret.reversed()))
        #expect(wrong.cause == "wrong_secret" && wrong.confidence == "certain")
        #expect(wrong.summary.contains("an active key of user app"), "\(wrong.summary)")
        #expect(
            wrong.answers["iam:ListAttachedUserPolicies"]?.contains("AWSCompromisedKeyQuarantineV3")
                == true, "\(wrong.text)")

        var letters = Array(app.id)
        letters.swapAt(10, 11)
        if letters == Array(app.id) { letters[11] = letters[11] == "A" ? "B" : "A" }
        let mistyped = try await check(String(letters), app.secret)
        #expect(mistyped.cause == "key_mistyped", "\(mistyped.text)")
        #expect(mistyped.commands.first?.contains(app.id) == true)

        try await moto.deleteKey(of: "app", app.id, using: ops)
        let deleted = try await check(app.id, app.secret)
        #expect(
            deleted.cause == "key_deleted" && deleted.confidence == "certain", "\(deleted.text)")
        #expect(!deleted.text.contains(app.secret) && !deleted.text.contains(ops.secret))

        try await moto.perform(
            """
            for policy in iam.list_attached_user_policies(UserName='app')['AttachedPolicies']:
                iam.detach_user_policy(UserName='app', PolicyArn=policy['PolicyArn'])
            iam.delete_user_policy(UserName='app', PolicyName='all')
            iam.delete_user(UserName='app')
            """, using: ops)
        let gone = try await check(app.id, app.secret)
        #expect(gone.cause == "user_deleted", "\(gone.text)")
    }
}
