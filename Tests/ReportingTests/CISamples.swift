import Model

@testable import Reporting

/// Checks as a pipeline meets them.
enum CISamples {
    static let advice = PipelineAdvice(
        system: "GitHub Actions", variable: "GITHUB_ACTIONS",
        sentences: ["This is a job of GitHub Actions.", "With OpenID Connect no key is stored."],
        file: ".github/workflows/WORKFLOW.yml", snippet: "permissions:\n  id-token: write",
        trustPolicy: "{\n  \"Version\": \"2012-10-17\"\n}", commands: ["aws iam create-role"])

    static let document: StatusDocument = {
        var failing = Samples.failing
        failing.diagnosis?.evidence = [.httpStatus(403)]
        failing.diagnosis?.others = []
        var healthy = Samples.healthy
        healthy.advisories = [
            Advisory(.keyOld, "The key is 120 days old."),
            Advisory(.canaryFailed, "s3:ListBucket is denied.", commands: ["aws s3 ls"]),
        ]
        return StatusDocument(
            generatedAt: Samples.now, validUntil: Samples.now, overall: .failing,
            daemon: DaemonStatus(
                version: "0.1.0", pid: 1, startedAt: Samples.now, host: "runner"),
            profiles: [healthy, failing], groups: [])
    }()

    static let report = CIReport(
        document, advice: advice,
        places: ["app": Model.SourceLocation(file: "ci/credwatch.yaml", line: 3, column: 5)])

    /// What an attacker writes where he can: into names of profiles, messages of a server, a user's name.
    static let hostile: CIReport = {
        let text =
            "\n::error::pwned\r\n##[add-path]/tmp ##vso[task.setvariable]x ###[x] %0A::set-output::\u{1B}]0;x\u{7}\u{202E}section_start:1:x\r <img src=x onerror=alert(1)> | `a` [x](javascript:1) aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
        var failing = Samples.failing
        failing.name = "::error::name" + text
        failing.source = text
        failing.diagnosis = Diagnosis(
            cause: .keyNotRecognized, verdict: .bad, summary: text, remedy: text, commands: [text],
            evidence: [.serviceError(code: text, message: text), .note(text)],
            others: [Candidate(.keyDeleted, text, test: text)])
        var healthy = Samples.healthy
        healthy.name = text
        healthy.identity = CallerIdentity(account: text, arn: text, userID: text)
        healthy.advisories = [Advisory(.keyOld, text, commands: [text])]
        var document = CISamples.document
        document.profiles = [failing, healthy]
        document.advisories = [Advisory(.clockSkew, text)]
        var advice = CISamples.advice
        advice.snippet = text
        advice.sentences = [text]
        return CIReport(
            document, advice: advice,
            places: [failing.name: Model.SourceLocation(file: "a" + text, line: 1)])
    }()

    static let gitHub = CISite(.gitHub, repository: "/w/app", workingDirectory: "/w/app")
    static let gitLab = CISite(
        .gitLab, repository: "/builds/app", definition: ".gitlab-ci.yml",
        workingDirectory: "/builds/app")
    static let plain = CISite(.plain, repository: "/w", workingDirectory: "/w")
}
