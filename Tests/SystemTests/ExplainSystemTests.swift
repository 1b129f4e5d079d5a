import Model
import Sandbox
import Support
import Testing

/// `credwatch explain`, and `check` with the environment of others.
@Suite(.timeLimit(.minutes(1)))
struct ExplainSystemTests {
    @Test func `keys of the environment hide the profile, and both are probed`() async throws {
        let site = try Site()
        let environment = site.files.merging([
            "AWS_PROFILE": "app", "AWS_ACCESS_KEY_ID": site.backup.id,
            "AWS_SECRET_ACCESS_KEY": site.backup.secret.reveal(),
            "AWS_EC2_METADATA_DISABLED": "true",
        ]) { $1 }
        let outcome = try await site.run("explain", environment: environment)
        #expect(outcome.ending == .exited(0), "\(outcome.errorText)")
        #expect(
            outcome.outputText.contains(
                "AWS_ACCESS_KEY_ID in the environment hides [app] in \(site.path("credentials")):1"),
            "\(outcome.outputText)")
        #expect(site.sandbox.callCount == 0)
        try site.sandbox.delete(site.primary)
        let isolated = try await site.run("explain", "--isolate", environment: environment)
        #expect(isolated.ending == .exited(0), "\(isolated.outputText)")
        #expect(isolated.outputText.contains("arn:aws:iam::123456789012:user/app-backup"))
        #expect(isolated.outputText.contains("key not recognised"))
        // Now the winner is the refused one.
        let refused = try await site.run(
            "explain", "app", "--isolate", "--json", environment: environment)
        #expect(refused.ending == .exited(2))
        #expect(refused.outputText.contains("\"standing\": \"not_consulted\""))
        #expect(refused.outputText.contains("\"cause\": \"key_not_recognized\""))
        let unreachable = environment.merging(["AWS_ENDPOINT_URL": "http://127.0.0.1:9"]) { $1 }
        let unknown = try await site.run("explain", "--isolate", environment: unreachable)
        #expect(unknown.ending == .exited(3))
        for outcome in [outcome, isolated, refused, unknown] {
            for key in [site.primary, site.backup] {
                #expect(!outcome.outputText.contains(key.secret.reveal()))
            }
        }
    }

    @Test func `a chain is shown link by link, with what the SDKs skip`() async throws {
        let site = try Site()
        try site.createRole("deploy")
        try site.write(
            "config", mode: 0o600,
            """
            [profile deploy]
            role_arn = arn:aws:iam::123456789012:role/deploy
            source_profile = app
            rolearn = x
            [other]
            region = eu-west-1
            """)
        let outcome = try await site.run(
            "explain", "deploy", "--isolate", environment: site.files)
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
        for words in [
            "role_arn of [profile deploy] in \(site.path("config")):1",
            "2. assume arn:aws:iam::123456789012:role/deploy (\(site.path("config")):2:1)",
            "its link", site.primary.id, ":assumed-role/deploy/", ":user/app",
            "\(site.path("config")):4:1: The property is none of AWS's; perhaps role_arn is meant.",
            "\(site.path("config")):5:1: [other] is skipped",
        ] {
            #expect(outcome.outputText.contains(words), "\(words) in \(outcome.outputText)")
        }
    }

    @Test func `a plan that leads nowhere is named with its place`() async throws {
        let site = try Site()
        try site.write(
            "config", mode: 0o600,
            """
            [profile a]
            role_arn = arn:aws:iam::123456789012:role/a
            source_profile = b
            [profile b]
            role_arn = arn:aws:iam::123456789012:role/b
            source_profile = a
            """)
        for (name, words) in [
            ("a", "a → b → a (\(site.path("config")):6:1)"),
            ("nobody", "There is no profile nobody"),
        ] {
            let outcome = try await site.run("explain", name, environment: site.files)
            #expect(outcome.ending == .exited(2))
            #expect(outcome.outputText.contains(words), "\(outcome.outputText)")
        }
    }

    @Test func `a process and an environment file are looked at by explain and check`() async throws
    {
        let site = try Site()
        let sleeper = try Subprocess(
            "/bin/sleep", ["60"], environment: site.files.merging(["AWS_PROFILE": "app"]) { $1 })
        defer { sleeper.send(signal: 9) }
        let process = String(sleeper.processID)
        let explained = try await site.run("explain", "--pid", process)
        #expect(explained.ending == .exited(0), "\(explained.outputText)")
        #expect(explained.outputText.contains("[app] in \(site.path("credentials")):1"))
        #expect(explained.outputText.contains("in the environment of PID \(process)"))
        let checked = try await site.run("check", "app-backup", "--pid", process)
        #expect(checked.ending == .exited(0), "\(checked.outputText)")
        #expect(checked.outputText.contains(":user/app-backup"))
        try site.write(
            "default", mode: 0o644,
            """
            AWS_ACCESS_KEY_ID=\(site.primary.id)
            AWS_SECRET_ACCESS_KEY=\(site.primary.secret.reveal())
            AWS_ENDPOINT_URL=\(site.sandbox.url)
            export AWS_REGION=eu-west-1
            """)
        let file = try await site.run("explain", "--environment-file", site.path("default"))
        #expect(file.ending == .exited(0), "\(file.outputText)")
        #expect(file.outputText.contains("environment file \(site.path("default")):1"))
        #expect(file.outputText.contains("\(site.path("default")):4:1: systemd skips the line"))
        let ofFile = try await site.run("check", "--environment-file", site.path("default"))
        #expect(ofFile.ending == .exited(0), "\(ofFile.outputText)")
    }

    @Test func `profiles of a config are explained as they are checked`() async throws {
        let site = try Site()
        try site.writeConfig()
        let outcome = try await site.run(
            "explain", "app", "--config", site.path("credwatch.yaml"), "--isolate")
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
        #expect(outcome.outputText.contains("\(site.path("credwatch.yaml")):"))
    }
}
