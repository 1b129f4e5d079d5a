import Glibc
import Model
import Sandbox
import Support
import Testing

/// `credwatch lint`, as a person, an editor and CI call it.
@Suite(.timeLimit(.minutes(2)))
struct LintSystemTests {
    @Test func `clean, warnings and errors are told by the exit code`() async throws {
        let site = try Site()
        try site.write("config", mode: 0o600, "[default]")
        let clean = try await site.run("lint", environment: site.sources)
        #expect(clean.ending == .exited(0), "\(clean.outputText)")
        #expect(clean.outputText == "")
        #expect(clean.errorText.contains("no findings; looked at \(site.path("credentials"))"))
        #expect(chmod(site.path("credentials"), 0o644) == 0)
        let warned = try await site.run("lint", environment: site.sources)
        #expect(warned.ending == .exited(1))
        #expect(
            warned.outputText.hasPrefix(
                "\(site.path("credentials")): warning: Everybody on this machine may read"))
        try site.writeCredentials(primarySecret: site.primary.secret.reveal() + "\u{200B}")
        let refused = try await site.run("lint", environment: site.sources)
        #expect(refused.ending == .exited(2))
        #expect(
            refused.outputText.contains(
                "\(site.path("credentials")):3:65: error: aws_secret_access_key has U+200B ZERO "
                    + "WIDTH SPACE at position 41 of 41"))
        // The other profile's file is read, and nothing is wrong with it.
        let other = try await site.run("lint", "app-backup", environment: site.sources)
        #expect(other.ending == .exited(0), "\(other.outputText)")
        let unknown = try await site.run("lint", "nobody", environment: site.sources)
        #expect(unknown.ending == .exited(2))
        #expect(unknown.outputText.contains("[profile-missing]"))
        #expect(site.sandbox.callCount == 0)
        for outcome in [clean, warned, refused, other, unknown] {
            let text = outcome.outputText + outcome.errorText
            #expect(!text.contains(site.primary.secret.reveal()))
        }
    }

    @Test func `JSON is for programs`() async throws {
        let site = try Site()
        let outcome = try await site.run(
            "lint", "--json",
            environment: site.sources.merging(["AWS_SECRET_ACCESS_KEY": "changeme"]) { $1 })
        #expect(outcome.ending == .exited(2))
        let row = try JSONRow(try #require(JSONValue(parsing: outcome.standardOutput)))
        #expect(try row.string("schema") == "credwatch-lint/1")
        let findings = try row.rows("findings")
        #expect(
            try findings.map { try $0.string("code") } == [
                "file-missing", "placeholder", "half-key",
            ])
        #expect(try findings[1].string("variable") == "AWS_SECRET_ACCESS_KEY")
        #expect(try row.strings("looked").contains("the environment"))
    }

    @Test func `one file is read as it is used`() async throws {
        let site = try Site()
        try site.write("app.env", mode: 0o600, "export AWS_ACCESS_KEY_ID=\"\(site.primary.id)\"")
        for (form, code) in [
            ("systemd-env", "[export-prefix]"), ("docker-env", "[export-prefix]"),
            ("shell-env", "[half-key]"), ("credentials", "[missing-section]"),
        ] {
            let outcome = try await site.run("lint", "--file", site.path("app.env"), "--as", form)
            #expect(outcome.ending == .exited(2))
            #expect(outcome.outputText.hasPrefix("\(site.path("app.env")):1:"))
            #expect(outcome.outputText.contains(code), "\(form): \(outcome.outputText)")
        }
        let good = try await site.run("lint", "--file", site.path("credentials"))
        #expect(good.ending == .exited(0), "\(good.outputText)")
        let missing = try await site.run("lint", "--file", site.path("nowhere"))
        #expect(missing.ending == .exited(2))
        #expect(missing.outputText.contains("[file-missing]"))
        for arguments in [
            ["--as", "config"], ["--file", "x", "--as", "toml"], ["--file", "x", "app"],
        ] {
            let wrong = try await Subprocess.run(
                binary("credwatch"), ["lint"] + arguments, environment: plainEnvironment)
            #expect(wrong.ending == .exited(64), "\(arguments)")
        }
    }

    @Test func `profiles of a config are looked at in their own surroundings`() async throws {
        let site = try Site()
        try site.writeConfig()
        try site.write("config", mode: 0o600, "[default]")
        let config = ["lint", "--config", site.path("credwatch.yaml")]
        let clean = try await Subprocess.run(
            binary("credwatch"), config, environment: plainEnvironment)
        #expect(clean.ending == .exited(0), "\(clean.outputText)\(clean.errorText)")
        try site.write("app.env", mode: 0o600, "AWS_SECRET_ACCESS_KEY=changeme")
        let file = try await Subprocess.run(
            binary("credwatch"), config + ["--environment-file", site.path("app.env")],
            environment: plainEnvironment)
        #expect(file.ending == .exited(2))
        #expect(file.outputText.contains("\(site.path("app.env")):1:23: error:"))
        try site.write("credwatch.yaml", mode: 0o644, "profiles: 7")
        let refused = try await Subprocess.run(
            binary("credwatch"), config, environment: plainEnvironment)
        #expect(refused.ending == .exited(78))
    }

    @Test func `the directory that keeps a service's user out is named`() async throws {
        let site = try Site()
        try makeFolder(site.path("home"))
        try makeFolder(site.path("home/.aws"))
        try site.write("home/.aws/credentials", mode: 0o600, "[default]")
        #expect(chmod(site.folder, 0o755) == 0)
        #expect(chmod(site.path("home"), 0o755) == 0)
        let environment = ["HOME": site.path("home"), "PATH": "/usr/bin:/bin"]
        let outcome: Subprocess.Outcome
        if geteuid() == 0 {
            guard access("/usr/bin/setpriv", X_OK) == 0 else {
                try Test.cancel("there is no setpriv to start a process of another user")
            }
            let service = try Subprocess(
                "/usr/bin/setpriv",
                [
                    "--reuid=65534", "--regid=65534", "--clear-groups", "/bin/sh", "-c",
                    "echo ready; /bin/sleep 50; :",
                ], environment: environment)
            defer { service.send(signal: SIGKILL) }
            try #require(await service.hasWritten("ready"))
            outcome = try await site.run("lint", "--pid", String(service.processID))
        } else {
            #expect(chmod(site.path("home/.aws"), 0) == 0)
            outcome = try await site.run("lint", environment: environment)
            #expect(chmod(site.path("home/.aws"), 0o700) == 0)
        }
        #expect(outcome.ending == .exited(2))
        #expect(
            outcome.outputText.contains("The directory \(site.path("home/.aws")) belongs to"),
            "\(outcome.outputText)\(outcome.errorText)")
        #expect(outcome.outputText.contains("[unreadable]"))
    }
}

extension Site {
    /// The environment that names the files, without the endpoint of the sandbox, of which lint warns.
    fileprivate var sources: [String: String] { files.merging(["AWS_ENDPOINT_URL": ""]) { $1 } }
}
