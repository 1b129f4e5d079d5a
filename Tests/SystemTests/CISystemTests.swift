import Glibc
import Model
import Sandbox
import Support
import Testing

/// `credwatch check --ci` as it is built, in the environments of CI systems.
@Suite(.timeLimit(.minutes(1)))
struct CISystemTests {
    private static let root =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")

    private func keys(_ site: Site) -> [String: String] {
        [
            "AWS_ACCESS_KEY_ID": site.primary.id,
            "AWS_SECRET_ACCESS_KEY": site.primary.secret.reveal(),
            "AWS_ENDPOINT_URL": site.sandbox.url, "AWS_REGION": "us-east-1",
        ]
    }

    private func summary(_ text: String) throws -> JSONRow {
        let line = try #require(text.split(separator: "\n").last)
        return try JSONRow(try #require(JSONValue(parsing: Array(line.utf8)), "\(line)"))
    }

    @Test func `on GitHub a long-term key is told first, with the role in its place`() async throws
    {
        let site = try Site()
        let outcome = try await site.run(
            list: ["check", "--ci"],
            environment: keys(site).merging([
                "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "octo/app",
                "GITHUB_WORKSPACE": site.folder, "GITHUB_STEP_SUMMARY": site.path("summary.md"),
            ]) { $1 })
        #expect(outcome.ending == .exited(0), "\(outcome.errorText)")
        let text = outcome.outputText
        #expect(
            text.hasPrefix(
                "::warning title=credwatch%3A long-term access key in GitHub Actions::This is a job of GitHub Actions, and it uses the long-term access key \(site.primary.id)"
            ), "\(text)")
        #expect(text.contains("\n    |   id-token: write\n"))
        #expect(text.contains("arn:aws:iam::123456789012:oidc-provider/token.actions.github"))
        #expect(text.contains("\nhealthy default: arn:aws:iam::123456789012:user/app, access key"))
        #expect(!text.contains("\u{1B}"))
        let json = try summary(text)
        #expect(try json.number("exit_code") == 0)
        #expect(try json.row("long_term_key").string("system") == "GitHub Actions")
        let page = readText(site.path("summary.md"))
        #expect(page.contains("### credwatch: healthy"))
        for shown in [text, page, outcome.errorText] {
            #expect(!shown.contains(site.primary.secret.reveal()))
        }
    }

    @Test func `a refused key is an annotation at its line in the repository, and exit code 2`()
        async throws
    {
        let site = try Site()
        try site.writeConfig()
        try site.sandbox.delete(site.primary)
        let outcome = try await site.run(
            list: [
                "check", "--ci", "--config", site.path("credwatch.yaml"), "--summary",
                site.path("sum.json"),
            ],
            environment: [
                "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": site.folder,
                "GITHUB_STEP_SUMMARY": "/nonexistent/page",
            ])
        #expect(outcome.ending == .exited(2))
        let lines = outcome.outputText.split(separator: "\n")
        let error = try #require(lines.first { $0.hasPrefix("::error ") }, "\(outcome.outputText)")
        #expect(error.contains(",file=credentials,line="), "\(error)")
        #expect(error.contains(site.primary.id), "\(error)")
        #expect(lines.last == "failing: 2 profiles: 1 healthy, 1 failing, 0 unknown")
        #expect(outcome.errorText.contains("/nonexistent/page cannot be written"))
        let json = try summary(readText(site.path("sum.json")))
        #expect(try json.row("counts").number("failing") == 1)
        #expect(try json.rows("profiles").first?.string("file") == "credentials")
        guard await ReportSchema.hasValidator() else { return }
        let fit = try await ReportSchema.ci.validate(site.path("sum.json"))
        #expect(fit.ending == .exited(0), "\(fit.outputText)")
    }

    @Test func `on GitLab there are sections and a report of code quality`() async throws {
        let site = try Site()
        let outcome = try await site.run(
            list: ["check", "--ci", "--codequality", site.path("gl.json")],
            environment: keys(site).merging([
                "GITLAB_CI": "true", "CI_PROJECT_DIR": site.folder, "CI_PROJECT_PATH": "g/app",
                "CI_SERVER_URL": "https://gitlab.com",
            ]) { $1 })
        #expect(outcome.ending == .exited(0), "\(outcome.errorText)")
        #expect(outcome.outputText.hasPrefix("\u{1B}[0Ksection_start:"))
        #expect(
            outcome.outputText.contains(":credwatch_1\r\u{1B}[0Kadvice: how this job of GitLab"))
        let report = readText(site.path("gl.json"))
        #expect(report.contains("\"check_name\": \"credwatch/long_term_key\""))
        #expect(report.contains("\"path\": \".gitlab-ci.yml\""))
    }

    @Test func `outside of CI it is lines; what cannot be known is 3, a part of it 1`() async throws
    {
        let site = try Site()
        try site.writeConfig()
        let part = try await site.run(
            "check", "app", "nobody", "--ci", "--config", site.path("credwatch.yaml"))
        #expect(part.ending == .exited(1))
        #expect(part.outputText.hasPrefix("unknown nobody: "), "\(part.outputText)")
        #expect(try summary(part.outputText).has("long_term_key"))
        try site.writeConfig(url: "http://127.0.0.1:9")
        let none = try await site.run("check", "--ci", "--config", site.path("credwatch.yaml"))
        #expect(none.ending == .exited(3))
        #expect(try summary(none.outputText).string("overall") == "unknown")
    }

    @Test func `a file that was asked for and cannot be written is no success`() async throws {
        let site = try Site()
        try site.writeConfig()
        let outcome = try await site.run(
            "check", "--ci", "--config", site.path("credwatch.yaml"), "--summary",
            "/nonexistent/x.json")
        #expect(outcome.ending == .exited(3))
        #expect(outcome.errorText.contains("/nonexistent"))
    }

    @Test(arguments: [
        ["--ci", "--json"], ["--summary", "x"], ["--codequality", "x"], ["--ci", "--summary", ""],
    ])
    func `options that do not fit are wrong usage`(options: [String]) async throws {
        let outcome = try await Subprocess.run(
            binary("credwatch"), ["check"] + options, environment: plainEnvironment)
        #expect(outcome.ending == .exited(64))
    }

    @Test(
        .enabled("python3 has no module yaml") { await hasYAML() },
        arguments: [
            "github-actions.yml", "gitlab-ci.yml",
        ])
    func `the examples are YAML, hold no key, and have no option that is none`(name: String)
        async throws
    {
        let path = "\(Self.root)/packaging/ci/\(name)"
        let script = """
            import json, re, sys, yaml
            document = yaml.safe_load(open(sys.argv[1], encoding="utf-8"))
            text = json.dumps(document, default=str)
            assert "AKIA" not in text and "secrets." not in text, text
            print("\\n".join(re.findall(r"credwatch (check [^\\"]*)", text)))
            job = document.get("jobs", {}).get("check") or document["credentials"]
            assert job.get("script") or job["steps"], job
            if "jobs" in document:
                assert document["permissions"]["id-token"] == "write", document
            else:
                assert job["id_tokens"] and job["artifacts"]["reports"]["codequality"], job
                assert job["allow_failure"]["exit_codes"] == [1, 3], job
            """
        let outcome = try await Subprocess.run("python3", ["-c", script, path])
        #expect(outcome.ending == .exited(0), "\(outcome.errorText)")
        let commands = outcome.outputText.split(separator: "\n")
        #expect(commands.count == 1)
        let site = try Site()
        for command in commands {
            // In a folder of its own, with the key of the sandbox in place of the role's session.
            let run = try await Subprocess.run(
                "sh", ["-c", "cd \(site.folder) && exec \(binary("credwatch")) \(command)"],
                environment: plainEnvironment.merging(keys(site)) { $1 })
            #expect(run.ending == .exited(0), "\(run.errorText)")
            #expect(readText(site.path("credwatch.json")).contains("credwatch-ci/1"))
        }
    }

    private static func hasYAML() async -> Bool {
        (try? await Subprocess.run("python3", ["-c", "import yaml"]))?.ending == .exited(0)
    }
}
