import Model
import Sandbox
import Support
import Testing

/// `credwatch credentials` as another program calls it.
@Suite(.timeLimit(.minutes(1)))
struct CredentialsSystemTests {
    @Test func `keys of a profile are printed in the form of credential_process`() async throws {
        let site = try Site()
        let outcome = try await site.run(
            "credentials", "--profile", "app", environment: site.files)
        #expect(outcome.ending == .exited(0), "\(outcome.errorText)")
        #expect(
            outcome.outputText == """
                {
                  "Version": 1,
                  "AccessKeyId": "\(site.primary.id)",
                  "SecretAccessKey": "\(site.primary.secret.reveal())"
                }

                """)
        #expect(outcome.errorText.isEmpty)
    }

    @Test func `an assumed role has a session token and an end`() async throws {
        let site = try Site()
        try site.createRole("deploy")
        try site.write(
            "config", mode: 0o600,
            """
            [profile deploy]
            role_arn = arn:aws:iam::123456789012:role/deploy
            source_profile = app
            """)
        let outcome = try await site.run(
            "credentials", "--profile", "deploy", environment: site.files)
        #expect(outcome.ending == .exited(0), "\(outcome.errorText)")
        #expect(outcome.outputText.contains("\"AccessKeyId\": \"ASIA"))
        #expect(outcome.outputText.contains("\"SessionToken\": \""))
        #expect(outcome.outputText.contains("Z\",\n  \"AccountId\": \"123456789012\""))
        try site.sandbox.delete(site.primary)
        let refused = try await site.run(
            "credentials", "--profile", "deploy", environment: site.files)
        #expect(refused.ending == .exited(1))
        #expect(refused.outputText.isEmpty)
        #expect(refused.errorText.count { $0 == "\n" } == 1)
        #expect(
            refused.errorText.hasPrefix(
                "credwatch: profile deploy, role_arn of [profile deploy] in \(site.path("config")):1: "
            ))
        #expect(refused.errorText.contains("InvalidClientTokenId"))
        #expect(!refused.errorText.contains(site.primary.secret.reveal()))
    }

    @Test func `a login that is over is not handed out`() async throws {
        let site = try Site()
        try site.write(
            "config", mode: 0o600,
            """
            [profile ada]
            login_session = arn:aws:iam::123456789012:user/ada
            region = eu-west-1
            """)
        let cache = "397b11bbda6668a5a8d17d42c91036373f4a376627089c204bef61ce0ae993c2.json"
        try site.write(
            cache, mode: 0o600,
            """
            {"accessToken": {"accessKeyId": "ASIAY34FZKBOKMUTVV7A", "secretAccessKey": "made/up",
              "sessionToken": "made+up+token", "accountId": "123456789012",
              "expiresAt": "2025-11-22T13:00:00Z"}, "tokenType": "aws_sigv4"}
            """)
        var environment = site.files
        environment["AWS_LOGIN_CACHE_DIRECTORY"] = site.path("")
        let outcome = try await site.run(
            "credentials", "--profile", "ada", environment: environment)
        #expect(outcome.ending == .exited(1), "\(outcome.outputText)")
        #expect(outcome.outputText.isEmpty)
        #expect(outcome.errorText.contains("the login ended at 2025-11-22T13:00:00Z"))
        #expect(!outcome.errorText.contains("made"))
    }

    @Test func `a source that fails gives code 1 and one line, none at all code 4`() async throws {
        let site = try Site()
        try site.write(
            "config", mode: 0o600,
            """
            [profile half]
            aws_access_key_id = AKIAQNCLJGYSAZAAN74C
            [profile loop]
            role_arn = arn:aws:iam::123456789012:role/a
            source_profile = loop2
            [profile loop2]
            role_arn = arn:aws:iam::123456789012:role/b
            source_profile = loop
            [profile program]
            credential_process = /bin/sh -c 'echo "no, \(site.primary.secret.reveal())" >&2; exit 3'
            [profile empty]
            region = eu-west-1
            """)
        for (name, code, words) in [
            ("half", 1, "aws_secret_access_key is missing"), ("loop", 1, "loop → loop2 → loop"),
            ("program", 1, "credential_process of [profile program]"),
            ("nobody", 1, "There is no profile nobody"), ("empty", 4, "No credentials"),
        ] as [(String, Int32, String)] {
            let outcome = try await site.run(
                "credentials", "--profile", name, environment: site.files)
            #expect(outcome.ending == .exited(code), "\(name): \(outcome.errorText)")
            #expect(outcome.outputText.isEmpty)
            #expect(outcome.errorText.count { $0 == "\n" } == 1)
            #expect(outcome.errorText.contains("profile \(name)"))
            #expect(outcome.errorText.contains(words), "\(outcome.errorText)")
            #expect(!outcome.errorText.contains(site.primary.secret.reveal()))
        }
        let none = try await site.run(
            "credentials", environment: ["AWS_EC2_METADATA_DISABLED": "true"])
        #expect(none.ending == .exited(4))
        #expect(none.errorText.count { $0 == "\n" } == 1)
    }

    @Test func `another environment is looked at as it is`() async throws {
        let site = try Site()
        try site.write(
            "default", mode: 0o644,
            """
            AWS_ACCESS_KEY_ID=\(site.backup.id)
            AWS_SECRET_ACCESS_KEY='\(site.backup.secret.reveal())'
            """)
        let file = try await site.run(
            "credentials", "--environment-file", site.path("default"), environment: site.files)
        #expect(file.ending == .exited(0), "\(file.errorText)")
        #expect(file.outputText.contains(site.backup.id))
        let sleeper = try Subprocess(
            "/bin/sleep", ["60"], environment: site.files.merging(["AWS_PROFILE": "app"]) { $1 })
        defer { sleeper.send(signal: 9) }
        let process = try await site.run("credentials", "--pid", String(sleeper.processID))
        #expect(process.ending == .exited(0), "\(process.errorText)")
        #expect(process.outputText.contains(site.primary.id))
        let both = try await site.run("credentials", "--pid", "1", "--unit", "a.service")
        #expect(both.ending == .exited(64))
    }

    @Test func `a terminal gets secrets only when it is asked for`() async throws {
        let site = try Site()
        let command = "'\(binary("credwatch"))' credentials --profile app"
        for (option, code, isShown) in [("", Int32(64), false), (" --show", 0, true)] {
            let outcome = try await Subprocess.run(
                "script", ["--quiet", "--return", "--command", command + option, "/dev/null"],
                environment: plainEnvironment.merging(site.files) { $1 })
            #expect(outcome.ending == .exited(code), "\(outcome.outputText)")
            #expect(outcome.outputText.contains(site.primary.secret.reveal()) == isShown)
        }
    }

    @Test func `profiles of a config count when it is named`() async throws {
        let site = try Site()
        try site.writeConfig()
        let outcome = try await site.run(
            "credentials", "--profile", "app-backup", "--config", site.path("credwatch.yaml"))
        #expect(outcome.ending == .exited(0), "\(outcome.errorText)")
        #expect(outcome.outputText.contains(site.backup.id))
        let full = try await Subprocess.run(
            "/bin/sh",
            [
                "-c",
                "exec '\(binary("credwatch"))' credentials --profile app --config \"$0\" >/dev/full",
                site.path("credwatch.yaml"),
            ], environment: plainEnvironment)
        #expect(full.ending == .exited(1))
        #expect(full.errorText.contains("No space left"))
    }
}
