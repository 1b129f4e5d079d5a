import Model
import Support
import Testing

@testable import Daemon

/// The steps of the remedy, with real names in their commands.
@Suite struct DoctorRemediesTests {
    private func report(_ diagnosis: Diagnosis, _ result: CheckResult? = nil) -> DoctorReport {
        var report = DoctorReport(
            profile: "app", startedAt: Sample.start.wall, limit: .seconds(30))
        report.verdict = DoctorSection(state(of: diagnosis), diagnosis)
        return report
    }

    private func steps(
        _ report: DoctorReport, _ variables: [String: String] = [:]
    ) -> [DoctorRemedy] {
        remedies(
            for: report, in: AWSEnvironment(variables: variables), asking: "credwatch doctor app")
    }

    private let bad = Diagnosis(
        cause: .keyInactive, verdict: .bad, summary: "It is inactive.", remedy: "Activate it.",
        commands: ["aws iam update-access-key --status Active"])

    @Test func `what is well needs no step`() {
        let ok = Diagnosis(cause: .ok, verdict: .good, summary: "Fine.", remedy: "")
        #expect(steps(report(ok)).isEmpty)
    }

    @Test func `the diagnosis comes first, and a new look last`() {
        #expect(
            steps(report(bad)) == [
                DoctorRemedy("Activate it.", commands: bad.commands),
                DoctorRemedy("Look again.", commands: ["credwatch doctor app"]),
            ])
    }

    @Test func `findings open their line, with a quoted path, errors first`() {
        var report = report(bad)
        func finding(_ severity: LintSeverity, line: Int) -> LintFinding {
            LintFinding(
                .carriageReturn, severity,
                at: .file(SourceLocation(file: "/home/a b/$(x)'", line: line, column: 3)),
                "It ends with CR.", remedy: "Delete it.")
        }
        report.lint = DoctorSection(
            .problem,
            LintReport(findings: [finding(.warning, line: 2), finding(.error, line: 7)]))
        let commands = steps(report).flatMap(\.commands)
        #expect(
            commands.dropFirst().dropLast() == [
                #""${EDITOR:-vi}" +7 '/home/a b/$(x)'\'''"#,
                #""${EDITOR:-vi}" +2 '/home/a b/$(x)'\'''"#,
            ])
    }

    @Test func `secrets that others may read are closed to them`() {
        var report = report(bad)
        let place = Provenance.file(SourceLocation(file: "-a b", line: 0, column: 0))
        report.lint = DoctorSection(
            .warning,
            LintReport(findings: [
                LintFinding(.worldReadable, .warning, at: place, "Open.", remedy: "Close it.")
            ]))
        #expect(steps(report).flatMap(\.commands).contains("chmod o-rwx -- './-a b'"))
    }

    @Test func `variables that hide another key are unset by their names`() {
        var report = report(bad)
        let place = Provenance.environment(variable: "AWS_ACCESS_KEY_ID")
        let plan = Plan(
            profile: "app", steps: [],
            rows: [
                Plan.Row(
                    source: .environmentKeys, provenance: place, accessKeyID: Sample.keyID,
                    standing: .chosen, title: "the environment"),
                Plan.Row(
                    source: .profileKeys, provenance: Sample.place,
                    accessKeyID: Sample.otherKeyID,
                    standing: .shadowed(by: .environmentKeys), title: "[app] in file"),
            ], region: Sourced("us-east-1", from: place),
            endpoint: Sourced(Sample.endpoint, from: place), source: "the environment")
        report.configuration = DoctorSection(.ok, Explanation(profile: "app", plan: plan))
        let found = steps(
            report, ["AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "PATH": "z"])
        #expect(
            found.contains {
                $0.commands == ["unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY"]
                    && $0.sentence.hasPrefix("If [app] in file is meant")
            })
    }

    @Test func `a character that does not belong is one step, and the key is said to be good`() {
        let place = Provenance.file(SourceLocation(file: "/c", line: 3, column: 1))
        let malformed = Diagnosis(
            cause: .malformedValue, verdict: .bad, summary: "Odd.", remedy: "Delete it.")
        var report = report(malformed)
        report.identity = DoctorSection(
            .problem,
            DoctorIdentity(
                result: Sample.result("app", .malformedValue), expected: ExpectedIdentity(),
                cleaned: CleanedValues(
                    removed: [
                        ForeignCharacter(
                            field: "secret access key", name: "U+200B ZERO WIDTH SPACE",
                            position: 7, place: place)
                    ], isAccepted: true, answer: "accepted")))
        #expect(
            steps(report) == [
                DoctorRemedy(
                    "Delete U+200B ZERO WIDTH SPACE at position 7 from the secret access key in /c:3:1; AWS accepts the key without.",
                    commands: [#""${EDITOR:-vi}" +3 /c"#]),
                DoctorRemedy("Look again.", commands: ["credwatch doctor app"]),
            ])
    }
}
