import Model
import Testing

@testable import Reporting

@Suite struct CISiteTests {
    private func site(_ variables: [String: String]) -> CISite {
        CISite(workingDirectory: "/work/sub") { variables[$0] }
    }

    @Test func `the system is known by its variable, and only when it says true`() {
        let gitHub = site(["GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": "/work/"])
        #expect((gitHub.dialect, gitHub.repository) == (.gitHub, "/work"))
        let gitLab = site([
            "GITLAB_CI": "true", "CI_PROJECT_DIR": "/b", "CI_CONFIG_PATH": "ci/x.yml",
        ])
        #expect(
            (gitLab.dialect, gitLab.repository, gitLab.definition) == (.gitLab, "/b", "ci/x.yml"))
        #expect(site(["GITHUB_ACTIONS": "false"]).dialect == .plain)
        #expect(site(["CI": "true", "JENKINS_URL": "x"]).dialect == .plain)
        #expect(site([:]).repository == "/work/sub")
    }

    @Test(arguments: ["x.yml@group/project", "https://example.com/ci.yml", ""])
    func `a definition elsewhere is none of the repository`(path: String) {
        #expect(
            site(["GITLAB_CI": "true", "CI_CONFIG_PATH": path]).definition == ".gitlab-ci.yml")
    }

    @Test(arguments: [
        ("/work/ci/a.yaml", "ci/a.yaml"), ("a.yaml", "sub/a.yaml"), ("./a.yaml", "sub/a.yaml"),
        ("/work//x", "x"), ("/work", nil), ("/workshop/a", nil),
        ("/home/app/.aws/credentials", nil),
        ("../a.yaml", nil), ("/work/../etc/passwd", nil),
    ])
    func `a place counts when it is in the repository`(path: String, expected: String?) {
        let site = site(["GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": "/work"])
        let place = site.place(of: Model.SourceLocation(file: path, line: 4, column: 2))
        #expect(place?.file == expected)
        #expect(place.map { [$0.line, $0.column] } ?? [4, 2] == [4, 2])
    }

    @Test func `the faulty line comes before where the key is from, and that before the config`() {
        let site = site(["GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": "/work"])
        let config = Model.SourceLocation(file: "/work/credwatch.yaml", line: 2, column: 5)
        var profile = Samples.failing
        profile.diagnosis?.evidence = [
            .location(.file(Model.SourceLocation(file: "/work/app.env", line: 1))),
            .finding(
                LintFinding(
                    .invisibleCharacter, .error,
                    at: .file(Model.SourceLocation(file: "/work/app.env", line: 3, column: 9)), "x")
            ),
        ]
        #expect(site.place(of: profile, configuredAt: config)?.description == "app.env:3:9")
        profile.diagnosis?.evidence.removeLast()
        #expect(site.place(of: profile, configuredAt: config)?.description == "app.env:1")
        profile.diagnosis?.evidence = [
            .location(.file(Model.SourceLocation(file: "/home/a/.aws/credentials", line: 1)))
        ]
        #expect(site.place(of: profile, configuredAt: config)?.description == "credwatch.yaml:2:5")
        #expect(site.place(of: profile, configuredAt: nil) == nil)
    }
}
