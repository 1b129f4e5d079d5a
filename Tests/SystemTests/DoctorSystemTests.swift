import Model
import Sandbox
import Support
import Testing

/// `credwatch doctor` as it is built: one cause after the other, and never too long.
@Suite(.timeLimit(.minutes(2)))
struct DoctorSystemTests {
    private let site: Site

    init() throws {
        site = try Site()
        try site.write("config", mode: 0o600, "")
    }

    private var environment: [String: String] {
        site.files.merging(["AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"]) { $1 }
    }

    private func doctor(
        _ arguments: String..., environment extra: [String: String] = [:]
    ) async throws -> Subprocess.Outcome {
        let outcome = try await Subprocess.run(
            binary("credwatch"), ["doctor"] + arguments,
            environment: plainEnvironment.merging(environment) { $1 }.merging(extra) { $1 },
            timeLimit: .seconds(50))
        for key in [site.primary, site.backup] {
            #expect(!outcome.outputText.contains(key.secret.reveal()))
            #expect(!outcome.errorText.contains(key.secret.reveal()))
        }
        // Nothing is a terminal here, so nothing is told of the way.
        #expect(outcome.errorText.isEmpty, "\(outcome.errorText)")
        return outcome
    }

    @Test func `a key that works`() async throws {
        let outcome = try await doctor("app")
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)")
        for words in [
            "1. What is configured, and what wins", "takes its credentials from [app]",
            "arn:aws:iam::123456789012:user/app", "signed by app (\(site.primary.id))",
            "GetCallerIdentity", "this machine's clock agrees with AWS's",
        ] {
            #expect(outcome.outputText.contains(words), "\(words) in \(outcome.outputText)")
        }
        #expect(outcome.outputText.hasSuffix("AWS accepts access key \(site.primary.id).\n"))
    }

    @Test func `a key that was made inactive, by a second identity`() async throws {
        try site.sandbox.deactivate(site.primary)
        let outcome = try await doctor("app", "--diagnose-with", "app-backup")
        #expect(outcome.ending == .exited(2))
        for words in [
            "key_inactive", "iam:ListAccessKeys", "update-access-key", "ListAccessKeys",
            "credwatch doctor --diagnose-with app-backup app", "Asked by profile app-backup.",
            "signed by app-backup (\(site.backup.id))",
        ] {
            #expect(
                outcome.outputText.unwrapped.contains(words), "\(words) in \(outcome.outputText)")
        }
    }

    @Test(arguments: ["\u{200B}", "\u{FEFF}", "\u{A0}"])
    func `an invisible character in the secret`(_ mark: String) async throws {
        let secret = site.primary.secret.reveal()
        try site.writeCredentials(primarySecret: secret.prefix(6) + mark + secret.dropFirst(6))
        let outcome = try await doctor("app")
        #expect(outcome.ending == .exited(2))
        for words in [
            "at position 7", "Asked once without this character", "The key is good without",
            "\"${EDITOR:-vi}\" +3 \(site.path("credentials"))", "credentials:3:",
        ] {
            #expect(outcome.outputText.contains(words), "\(words) in \(outcome.outputText)")
        }
        #expect(site.sandbox.callCount == 1)
        #expect(!outcome.outputText.contains(secret.dropFirst(6)))
    }

    @Test func `variables that hide the profile`() async throws {
        try site.sandbox.delete(site.backup)
        let outcome = try await doctor(environment: [
            "AWS_PROFILE": "app", "AWS_ACCESS_KEY_ID": site.backup.id,
            "AWS_SECRET_ACCESS_KEY": site.backup.secret.reveal(),
        ])
        #expect(outcome.ending == .exited(2))
        for words in [
            "AWS_PROFILE names app, which counts for settings only",
            "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY",
            "with access key \(site.primary.id)",
        ] {
            #expect(
                outcome.outputText.unwrapped.contains(words), "\(words) in \(outcome.outputText)")
        }
    }

    @Test func `a session that is over`() async throws {
        let session = try site.sandbox.startSession(user: "app", lasting: .seconds(-1))
        let outcome = try await doctor(environment: [
            "AWS_ACCESS_KEY_ID": session.id,
            "AWS_SECRET_ACCESS_KEY": session.secret.reveal(),
            "AWS_SESSION_TOKEN": session.token.reveal(),
        ])
        #expect(outcome.ending == .exited(2), "\(outcome.outputText)")
        #expect(outcome.outputText.contains("session_expired"))
        #expect(outcome.outputText.contains("the key is temporary"))
        #expect(!outcome.outputText.contains(session.token.reveal()))
        #expect(!outcome.outputText.contains(session.secret.reveal()))
    }

    @Test func `a region of another partition`() async throws {
        try site.sandbox.delete(site.primary)
        let outcome = try await doctor(
            "app",
            environment: [
                "AWS_REGION": "cn-north-1", "AWS_ENDPOINT_URL": "",
                "AWS_ENDPOINT_URL_STS": "http://sts.us-east-1.amazonaws.com:\(site.sandbox.port)",
                "http_proxy": site.sandbox.url,
            ])
        #expect(
            outcome.outputText.unwrapped.contains("they share no keys"), "\(outcome.outputText)")
        #expect(outcome.ending != .exited(0))
    }

    @Test func `a network that leads nowhere`() async throws {
        let outcome = try await doctor(
            "app", environment: ["AWS_ENDPOINT_URL": "http://127.0.0.1:9"])
        #expect(outcome.ending == .exited(3), "\(outcome.outputText)")
        #expect(outcome.outputText.contains("connect failed"))
    }

    @Test func `a network that swallows everything ends in time`() async throws {
        let port = try UnansweredPort()
        let begin = ContinuousClock.now
        let outcome = try await doctor(
            "app", "--timeout", "3s", environment: ["AWS_ENDPOINT_URL": port.url])
        #expect(ContinuousClock.now - begin < .seconds(8))
        #expect(outcome.ending == .exited(3), "\(outcome.outputText)")
        #expect(outcome.outputText.contains("timed out"))
    }

    @Test func `no credentials at all`() async throws {
        try site.write("credentials", mode: 0o600, "")
        let outcome = try await doctor()
        #expect(outcome.ending == .exited(2), "\(outcome.outputText)")
        #expect(outcome.outputText.contains("no_credentials"))
        #expect(site.sandbox.callCount == 0)
    }

    @Test func `a profile that does not exist`() async throws {
        let outcome = try await doctor("ap")
        #expect(outcome.ending == .exited(2))
        #expect(outcome.outputText.contains("profile_missing"))
        #expect(outcome.outputText.contains("app"))
    }

    @Test func `a job of GitHub Actions with a long-term key`() async throws {
        let outcome = try await doctor(
            "app",
            environment: [
                "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "acme/app",
                "GITHUB_REF": "refs/heads/main",
            ])
        #expect(outcome.ending == .exited(1), "\(outcome.outputText)")
        for words in [
            "Long-term keys in CI", "id-token: write",
            "role-to-assume: arn:aws:iam::123456789012:role/ROLE",
            "\"repo:acme/app:ref:refs/heads/main\"",
        ] {
            #expect(outcome.outputText.contains(words), "\(words) in \(outcome.outputText)")
        }
    }

    @Test func `another process is compared with us`() async throws {
        let sleeper = try Subprocess(
            "/bin/sleep", ["60"],
            environment: site.files.merging([
                "AWS_PROFILE": "app", "AWS_REGION": "eu-west-1", "HOME": "/srv/app",
            ]) { $1 })
        defer { sleeper.send(signal: 9) }
        let outcome = try await doctor(
            "--pid", String(sleeper.processID), environment: ["AWS_PROFILE": "app-backup"])
        for words in [
            "Different here and in the environment of PID \(sleeper.processID):",
            "region: here us-east-1, there eu-west-1", "AWS_PROFILE: here app-backup, there app",
            "access key: here \(site.backup.id), there \(site.primary.id)", ":user/app",
        ] {
            #expect(outcome.outputText.contains(words), "\(words) in \(outcome.outputText)")
        }
    }

    @Test func `offline nothing is sent`() async throws {
        let outcome = try await doctor("app", "--offline")
        #expect(outcome.ending == .exited(3))
        #expect(outcome.outputText.contains("--offline"))
        #expect(site.sandbox.callCount == 0)
    }

    @Test func `a config's profile, as JSON that fits its schema`() async throws {
        try site.writeConfig()
        try site.sandbox.delete(site.primary)
        let outcome = try await doctor("app", "--config", site.path("credwatch.yaml"), "--json")
        #expect(outcome.ending == .exited(2), "\(outcome.outputText)")
        #expect(outcome.outputText.contains("\"question\": \"other_credential\""))
        guard await ReportSchema.hasValidator() else { return }
        try site.write("doctor.json", mode: 0o600, outcome.outputText)
        let judged = try await ReportSchema.doctor.validate(site.path("doctor.json"))
        #expect(judged.ending == .exited(0), "\(judged.outputText)\(judged.errorText)")
    }

    @Test(arguments: [
        ["--timeout", "0s"], ["--timeout", "soon"], ["--pid", "1", "--unit", "x"], ["a", "b"],
    ])
    func `wrong usage`(_ arguments: [String]) async throws {
        let outcome = try await Subprocess.run(
            binary("credwatch"), ["doctor"] + arguments, environment: plainEnvironment)
        #expect(outcome.ending == .exited(64))
    }

    @Test func `a config that is refused`() async throws {
        try site.write("bad.yaml", mode: 0o600, "profiles: 7")
        let outcome = try await site.run("doctor", "--config", site.path("bad.yaml"))
        #expect(outcome.ending == .exited(78))
    }

    @Test func `a terminal sees how far it is`() async throws {
        let outcome = try await Subprocess.run(
            "script",
            [
                "-qec", "\(binary("credwatch")) doctor app >\(site.path("out"))", "/dev/null",
            ], environment: plainEnvironment.merging(environment) { $1 })
        #expect(outcome.outputText.contains("… asking who AWS says we are"))
        #expect(outcome.outputText.contains("✓ asking who AWS says we are"))
        #expect(readText(site.path("out")).contains("8. Every request"))
    }
}

/// The same with moto, an AWS that others wrote.
@Suite(.timeLimit(.minutes(2)), .enabled("moto is not installed") { await Moto.isInstalled })
struct DoctorMotoTests {
    @Test func `an invisible character, and a key that moto does not know any more`() async throws {
        let moto = try await Moto()
        let key = try await moto.createUser("app")
        let ops = try await moto.createUser("ops")
        let site = try Site()
        func write(secret: String) throws {
            try site.write(
                "credentials", mode: 0o600,
                """
                [app]
                aws_access_key_id = \(key.id)
                aws_secret_access_key = \(secret)
                [ops]
                aws_access_key_id = \(ops.id)
                aws_secret_access_key = \(ops.secret)
                """)
        }
        let environment = site.files.merging([
            "AWS_ENDPOINT_URL": moto.url, "AWS_REGION": "us-east-1",
        ]) { $1 }
        try write(secret: key.secret.prefix(9) + "\u{2060}" + key.secret.dropFirst(9))
        let odd = try await site.run("doctor", "app", environment: environment)
        #expect(odd.ending == .exited(2), "\(odd.outputText)\(odd.errorText)")
        #expect(odd.outputText.unwrapped.contains("The key is good without the U+2060 WORD JOINER"))

        try write(secret: key.secret)
        try await moto.deleteKey(of: "app", key.id, using: ops)
        let deleted = try await site.run(
            "doctor", "app", "--diagnose-with", "ops", environment: environment)
        #expect(deleted.ending == .exited(2), "\(deleted.outputText)\(deleted.errorText)")
        #expect(deleted.outputText.contains("Asked by profile ops."))
        #expect(!deleted.outputText.contains(key.secret))
    }
}

extension String {
    /// The text with its line breaks and margins made single blanks.
    fileprivate var unwrapped: String {
        split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
