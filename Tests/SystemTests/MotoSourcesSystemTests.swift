import Model
import Support
import Testing

/// Sources that ask STS or run a program, from profiles in files to moto's word about who that is.
@Suite(.timeLimit(.minutes(2)), .enabled("moto is not installed") { await Moto.isInstalled })
struct MotoSourcesSystemTests {
    private func role(_ name: String) -> String { "arn:aws:iam::\(Moto.account):role/\(name)" }

    /// Writes a config with these profiles, and checks them once.
    private func check(
        _ profiles: [String], _ site: Site, _ moto: Moto
    ) async throws -> Subprocess.Outcome {
        try site.write(
            "credwatch.yaml", mode: 0o644,
            """
            defaults: {timeout: 20s, region: us-east-1}
            profiles: [\(profiles.map { "{name: \($0)}" }.joined(separator: ", "))]
            aws: {credentials_file: \(site.path("credentials")), config_file: \(site.path("config")), endpoint_url: "\(moto.url)"}
            """)
        return try await site.run("check", "--json", "--config", site.path("credwatch.yaml"))
    }

    @Test func `a chain of roles, and a program that prints a key, are accepted as who they are`()
        async throws
    {
        let moto = try await Moto()
        let key = try await moto.createUser("app")
        let other = try await moto.createUser("other")
        try await moto.createRole("first", using: key)
        try await moto.createRole("second", using: key)
        let site = try Site()
        try site.write(
            "credentials", mode: 0o600,
            """
            [base]
            aws_access_key_id = \(key.id)
            aws_secret_access_key = \(key.secret)
            """)
        try site.write(
            "give", mode: 0o755,
            """
            #!/bin/sh
            # As a vault's helper would: it is told which key to give.
            [ "$1" = --key ] && [ "$2" = "the other" ] || exit 64
            printf '{"Version": 1, "AccessKeyId": "%s", "SecretAccessKey": "%s"}' \
                \(other.id) '\(other.secret)'
            """)
        try site.write(
            "config", mode: 0o600,
            """
            [profile first]
            role_arn = \(role("first"))
            source_profile = base
            role_session_name = one
            [profile second]
            role_arn = \(role("second"))
            source_profile = first
            role_session_name = two
            duration_seconds = 900
            [profile program]
            credential_process = \(site.path("give")) --key "the other"
            """)
        let outcome = try await check(["first", "second", "program"], site, moto)
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
        for arn in [
            "arn:aws:sts::\(Moto.account):assumed-role/first/one",
            "arn:aws:sts::\(Moto.account):assumed-role/second/two",
            "arn:aws:iam::\(Moto.account):user/other",
        ] {
            #expect(outcome.outputText.contains(arn), "\(outcome.outputText)")
        }
        #expect(!outcome.outputText.contains(other.secret))

        // Without its base the chain is refused, and the base is who is told.
        try await moto.deleteKey(of: "app", key.id, using: other)
        let refused = try await check(["second", "program"], site, moto)
        #expect(refused.ending == .exited(2))
        #expect(refused.outputText.contains("\"key_not_recognized\""), "\(refused.outputText)")
        #expect(refused.outputText.contains(site.path("credentials")))
    }

    @Test func `a web identity is the role that its profile or its environment names`() async throws
    {
        let moto = try await Moto(authenticates: false)
        let site = try Site()
        try site.write("token", mode: 0o600, "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2kifQ.c2ln")
        try site.write("credentials", mode: 0o600, "")
        try site.write(
            "config", mode: 0o600,
            """
            [profile pod]
            role_arn = \(role("pod"))
            web_identity_token_file = \(site.path("token"))
            role_session_name = by-profile
            """)
        let byProfile = try await check(["pod"], site, moto)
        #expect(byProfile.ending == .exited(0), "\(byProfile.outputText)\(byProfile.errorText)")
        #expect(byProfile.outputText.contains("assumed-role/pod/by-profile"))
        let byEnvironment = try await site.run(
            "check", "--json",
            environment: [
                "AWS_ROLE_ARN": role("pod"), "AWS_WEB_IDENTITY_TOKEN_FILE": site.path("token"),
                "AWS_ROLE_SESSION_NAME": "by-environment", "AWS_ENDPOINT_URL": moto.url,
                "AWS_REGION": "us-east-1",
            ])
        #expect(byEnvironment.ending == .exited(0), "\(byEnvironment.outputText)")
        #expect(byEnvironment.outputText.contains("assumed-role/pod/by-environment"))
    }
}
