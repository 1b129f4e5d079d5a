import Glibc
import Model
import Sandbox
import Support
import Testing

/// Programs that a shared file names, and whose file it is.
@Suite(.timeLimit(.minutes(1)), .enabled(if: geteuid() == 0, "only root may give files away"))
struct ProcessSystemTests {
    private static let nobody: UInt32 = 65_534

    /// Checks a profile whose program is named in a file of this owner and mode; as `user`, if given.
    private func check(
        owner: UInt32, mode: mode_t, as user: UInt32? = nil
    ) async throws -> Subprocess.Outcome {
        let site = try Site()
        // Everybody may look for the file, and the program says whether it runs as nobody.
        try #require(chmod(site.folder, 0o755) == 0)
        try site.write(
            "program", mode: 0o755,
            """
            #!/bin/sh
            [ "$(id -u)" = \(Self.nobody) ] || { echo "uid $(id -u)" >&2; exit 1; }
            echo '{"Version": 1, "AccessKeyId": "\(site.primary.id)",'
            echo '"SecretAccessKey": "\(site.primary.secret.reveal())"}'
            """)
        try site.write(
            "config", mode: mode, "[profile app]\ncredential_process = \(site.path("program"))")
        try #require(chown(site.path("config"), owner, owner) == 0)
        try #require(chmod(site.path("config"), mode) == 0)
        let ids = user.map { "setpriv --reuid=\($0) --regid=\($0) --clear-groups " } ?? ""
        // By a descriptor, since not everybody may enter the directory of the build.
        let outcome = try await Subprocess.run(
            "/bin/sh",
            ["-c", "exec 9<\"$0\"; exec \(ids)/proc/self/fd/9 check", binary("credwatch")],
            environment: plainEnvironment.merging([
                "AWS_CONFIG_FILE": site.path("config"), "AWS_PROFILE": "app",
                "AWS_SHARED_CREDENTIALS_FILE": site.path("none"), "AWS_REGION": "us-east-1",
                "AWS_ENDPOINT_URL": site.sandbox.url,
            ]) { $1 }, timeLimit: .seconds(30))
        #expect(!outcome.outputText.contains(site.primary.secret.reveal()))
        return outcome
    }

    @Test func `a program of a user's file runs as that user`() async throws {
        let outcome = try await check(owner: Self.nobody, mode: 0o600)
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
        #expect(outcome.outputText.contains("user/app"))
    }

    @Test(
        arguments: [
            (65_534, 0o666, nil, "everybody may write the file that names the program"),
            (65_534, 0o664, nil, "the group 65534 may write the file that names the program"),
            (
                12_345, 0o644, 65_534,
                "belongs to uid 12345, but it would run as nobody (uid 65534)"
            ),
        ] as [(UInt32, mode_t, UInt32?, String)])
    func `a file that is not to be trusted names no program`(
        owner: UInt32, mode: mode_t, user: UInt32?, why: String
    ) async throws {
        let outcome = try await check(owner: owner, mode: mode, as: user)
        let text = outcome.outputText
        #expect(outcome.ending == .exited(3), "\(text)\(outcome.errorText)")
        #expect(text.contains("source not trusted"))
        #expect(text.contains(why), "\(text)")
        #expect(text.contains("writable by nobody else"), "\(text)")
    }
}
