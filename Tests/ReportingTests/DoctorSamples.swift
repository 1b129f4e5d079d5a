import Model
import Support

/// Reports of made-up machines.
enum DoctorSamples {
    static let file = "/home/app/.aws/credentials"
    private static let place = Provenance.file(SourceLocation(file: file, line: 2, column: 1))

    private static var plan: Plan {
        let keys = PlanStep.keys(Sample.credentials())
        return Plan(
            profile: "app", steps: [keys],
            rows: [
                Plan.Row(
                    source: .profileKeys, provenance: place, accessKeyID: Sample.keyID,
                    standing: .chosen, title: "[app] in \(file):1", steps: [keys])
            ], region: Sourced("eu-central-1", from: .environment(variable: "AWS_REGION")),
            endpoint: Sourced(Sample.endpoint, from: .environment(variable: "AWS_REGION")),
            source: "[app] in \(file):1")
    }

    private static func result(_ diagnosis: Diagnosis, isKnown: Bool) -> CheckResult {
        CheckResult(
            profile: "app", startedAt: Sample.start, finishedAt: Sample.start,
            diagnosis: diagnosis, identity: isKnown ? Sample.identity : nil,
            accessKeyID: Sample.keyID, source: "[app] in \(file):1", endpoint: Sample.endpoint)
    }

    static let request = RequestRecord(
        startedAt: Sample.start.wall, method: "POST", action: "GetCallerIdentity",
        host: "sts.eu-central-1.amazonaws.com", path: "/", service: "sts", region: "eu-central-1",
        accessKeyID: Sample.keyID, signer: "app",
        outcome: .answered(status: 200, code: nil), latency: .milliseconds(41),
        skew: .milliseconds(300),
        phases: ConnectionPhases(
            lookedUpAfter: .microseconds(2_100), connectedAfter: .milliseconds(14),
            securedAfter: .milliseconds(29), isNewConnection: true))

    private static func host(_ record: RequestRecord) -> DoctorNetwork.Host {
        DoctorNetwork.Host(
            name: record.host, requests: 1, phases: record.phases, latency: record.latency,
            outcome: record.outcome)
    }

    /// All is well.
    static var healthy: DoctorReport {
        let ok = Diagnosis(
            cause: .ok, verdict: .good, summary: "AWS accepts access key \(Sample.keyID).",
            remedy: "", evidence: [.requestID(Sample.requestID)])
        return DoctorReport(
            profile: "app", startedAt: Sample.start.wall, duration: .milliseconds(120),
            limit: .seconds(30),
            configuration: DoctorSection(.ok, Explanation(profile: "app", plan: plan)),
            lint: DoctorSection(.ok, LintReport(looked: [file])),
            identity: DoctorSection(
                .ok,
                DoctorIdentity(
                    result: result(ok, isKnown: true),
                    expected: ExpectedIdentity(account: "028075177508"))),
            user: DoctorSection(
                .ok,
                DoctorUser(
                    askedBy: "ops",
                    evidence: [
                        .inquiry(action: "iam:ListAccessKeys", "lists the key as Active")
                    ])),
            precedence: DoctorSection(
                .ok, DoctorPrecedence(findings: [DoctorFinding("This is what app sees.")])),
            network: DoctorSection(
                .ok,
                DoctorNetwork(
                    skew: .milliseconds(300), hosts: [host(request)],
                    findings: [DoctorFinding("No proxy is set.")])),
            verdict: DoctorSection(.ok, ok), requests: [request])
    }

    /// Nearly everything is wrong that can be.
    static var troubled: DoctorReport {
        let bad = Diagnosis(
            cause: .malformedValue, verdict: .bad,
            summary: "The secret access key has a character that no secret access key has.",
            remedy: "Delete that character.", commands: ["sed -n 3p \(file)"],
            evidence: [
                .character(
                    field: "secret access key", name: "U+200B ZERO WIDTH SPACE", position: 7),
                .secondOpinion(.withoutForeignCharacters, "accepted as \(Sample.identity.arn)"),
            ],
            others: [
                Candidate(
                    .wrongSecret, "the secret is another key's",
                    test: "A new key would be accepted.")
            ])
        var report = healthy
        report.lint = DoctorSection(
            .problem,
            LintReport(
                findings: [
                    LintFinding(
                        .invisibleCharacter, .error,
                        at: .file(SourceLocation(file: file, line: 3, column: 31)),
                        "U+200B ZERO WIDTH SPACE stands in the value.", remedy: "Delete it."),
                    LintFinding(
                        .carriageReturn, .warning,
                        at: .environment(variable: "AWS_REGION"), "The value ends with CR."),
                ], looked: [file]))
        report.identity = DoctorSection(
            .problem,
            DoctorIdentity(
                result: result(bad, isKnown: false), expected: ExpectedIdentity(),
                cleaned: CleanedValues(
                    removed: [
                        ForeignCharacter(
                            field: "secret access key", name: "U+200B ZERO WIDTH SPACE",
                            position: 7,
                            place: .file(SourceLocation(file: file, line: 3, column: 1)))
                    ], isAccepted: true, answer: "accepted as \(Sample.identity.arn)")))
        report.user = .notAsked("no second identity is named")
        report.precedence = DoctorSection(
            .warning,
            DoctorPrecedence(
                findings: [
                    DoctorFinding("AWS_ACCESS_KEY_ID hides [app].", isWarning: true)
                ], comparedWith: "app.service",
                differences: [.init("region", here: "eu-central-1", there: "us-east-1")]))
        var late = request
        late.host = "sts.us-east-1.amazonaws.com"
        late.outcome = .failed(.connect, timedOut: true, reason: "no answer within 7 s")
        late.phases = nil
        late.latency = .milliseconds(7_500)
        var refused = request
        refused.outcome = .answered(status: 403, code: "InvalidClientTokenId")
        var pending = request
        pending.outcome = .pending
        pending.latency = nil
        report.network = DoctorSection(
            .unknown,
            DoctorNetwork(
                skew: .seconds(-80), hosts: [host(refused), host(late)],
                findings: [DoctorFinding("HTTPS_PROXY is http://…@proxy:3128.", isWarning: true)]))
        report.pipeline = PipelineAdvice(
            system: "GitHub Actions", variable: "GITHUB_ACTIONS",
            sentences: ["This is a job of GitHub Actions."], file: ".github/workflows/x.yml",
            snippet: "permissions:\n  id-token: write", trustPolicy: "{\n  \"Version\": \"1\"\n}",
            commands: ["aws iam create-role --role-name ROLE"])
        report.verdict = DoctorSection(.problem, bad)
        report.remedies = [
            DoctorRemedy("Delete the character.", commands: ["\"${EDITOR:-vi}\" +3 \(file)"]),
            DoctorRemedy("Look again.", commands: ["credwatch doctor app"]),
        ]
        report.requests = [refused, late, pending]
        report.requestsLeftOut = 2
        return report
    }

    /// Nobody was asked.
    static let offline = DoctorReport(
        profile: "app", startedAt: Sample.start.wall, limit: .seconds(30),
        configuration: DoctorSection(
            .unknown, notes: ["Reading what is configured took too long."]),
        verdict: .notAsked("--offline, so AWS was not asked"))
}
