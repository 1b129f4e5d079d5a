import Diagnosing
import Model
import Testing

@Suite struct LocalDiagnosisTests {
    private static let place = SourceLocation(
        file: "/home/app/.aws/credentials", line: 7, column: 3)

    @Test func `only files that are there are looked through`() {
        func commands(_ searched: String...) -> [String] {
            diagnosis(
                of: .profileMissing(name: "my app", searched: searched, candidates: []),
                profile: "app"
            ).commands
        }
        #expect(commands("/a (no such file)", "/b") == ["grep -nF '[' /b"])
        #expect(commands("/a (no such file)") == ["aws configure --profile 'my app'"])
        #expect(
            commands("/a b (no such file)", "/c (no such file)") == [
                "AWS_SHARED_CREDENTIALS_FILE='/a b' AWS_CONFIG_FILE=/c aws configure --profile 'my app'"
            ])
    }

    @Test(
        arguments: [
            (
                "/h/.aws/c", "Permission denied", ClosedStep.directory("/h/.aws", user: "cw"),
                ["namei -l /h/.aws/c", "setfacl -m u:cw:x /h/.aws"]
            ),
            (
                "/h/c", "Permission denied", .file(user: "a b"),
                ["namei -l /h/c", "setfacl -m u:'a b':r /h/c"]
            ),
            (
                "/home/c", "Permission denied", .hiddenHome,
                ["namei -l /home/c", "systemctl edit credwatch"]
            ),
            (
                "/h/c", "Permission denied", nil,
                ["namei -l /h/c", "setfacl -m u:USER:r /h/c"]
            ),
            ("/h/c", "it is a directory", nil, ["ls -ld /h/c"]),
            (
                "$CREDENTIALS_DIRECTORY/aws-app", "systemd gave none", nil,
                ["systemctl show --property LoadCredential credwatch"]
            ),
        ])
    func `a file is opened to the user who reads it, at the step that is closed`(
        path: String, reason: String, step: ClosedStep?, commands: [String]
    ) {
        let hint = FileHint("The directory /x belongs to ada.", closedStep: step)
        let problem = ResolveProblem.fileUnreadable(path: path, reason: reason, hint: hint)
        #expect(diagnosis(of: problem, profile: "app").commands == commands)
    }

    @Test(
        arguments: [
            (
                .profileMissing(name: "ap", searched: ["/a", "/b"], candidates: ["app", "api"]),
                .profileMissing, ["ap", "/a and /b", "app, api"]
            ),
            (
                .profileMissing(name: "ap", searched: ["/a"], candidates: []), .profileMissing,
                ["/a"]
            ),
            (
                .noSource(searched: ["the environment", "/a"]), .noCredentials,
                ["the environment, /a"]
            ),
            (
                .fileUnreadable(
                    path: "/a", reason: "Permission denied", hint: "It belongs to root."),
                .fileUnreadable, ["/a", "Permission denied", "It belongs to root."]
            ),
            (
                .fileUnreadable(path: "/a", reason: "Permission denied", hint: ""), .fileUnreadable,
                ["/a", "Permission denied"]
            ),
            (
                .fileMalformed(place, what: "the section is not closed"), .fileMalformed,
                ["/home/app/.aws/credentials:7:3", "the section is not closed"]
            ),
            (
                .incomplete(missing: "aws_secret_access_key", present: .file(place)),
                .credentialsIncomplete, ["aws_secret_access_key", "/home/app/.aws/credentials:7:3"]
            ),
            (
                .unsupportedSource(property: "sso_session", place), .unsupportedSource,
                ["app", "sso_session"]
            ),
            (
                .badSetting(
                    name: "AWS_REGION", what: "it has a blank",
                    .environment(variable: "AWS_REGION")),
                .badSetting, ["AWS_REGION: it has a blank (environment variable AWS_REGION)."]
            ),
            (.timedOut(path: "/nfs/a"), .fileUnreadable, ["/nfs/a"]),
        ] as [(ResolveProblem, Cause, [String])])
    func `what does not resolve is a matter of configuration`(
        problem: ResolveProblem, cause: Cause, words: [String]
    ) {
        let found = diagnosis(of: problem, profile: "app")
        #expect(found.cause == cause)
        #expect(found.verdict == .unknown)
        #expect(!found.remedy.isEmpty)
        for word in words { #expect("\(found.summary) \(found.remedy)".contains(word)) }
    }

    @Test func `a check without an end is nobody's fault`() {
        let found = diagnosisOfTimedOutCheck(after: .seconds(40))
        #expect(found.cause == .checkTimedOut)
        #expect(found.verdict == .unknown)
        #expect(found.summary.contains("40s"))
        #expect(!found.remedy.isEmpty)
    }
}
