import Model
import Testing

@testable import Reporting

private let secret = "qV2pWn8hJ4tLzR6cXs0dFbGy1kMmUe7aTo3iNw5B"
private let file = "/home/app/.aws/credentials"

private func place(_ line: Int) -> Provenance {
    .file(SourceLocation(file: file, line: line, column: 1))
}

private func keys(_ id: String, _ provenance: Provenance) -> PlanStep {
    .keys(
        Credentials(
            accessKeyID: Sourced(id, from: provenance),
            secretAccessKey: Sourced(Secret(secret), from: provenance)))
}

private let endpoint = Endpoint(
    url: "https://sts.eu-west-1.amazonaws.com", signingRegion: "eu-west-1", partition: "aws")

private func plan(_ steps: [PlanStep], _ rows: [Plan.Row], source: String) -> Plan {
    Plan(
        profile: "app", steps: steps, rows: rows,
        region: Sourced("eu-west-1", from: place(6)), endpoint: Sourced(endpoint, from: place(6)),
        source: source)
}

/// Keys of a service's environment in front of those of the profile.
private func shadowing() -> Plan {
    let variable = Provenance.environment(
        variable: "AWS_ACCESS_KEY_ID", of: "the environment of app.service")
    let winner = keys("AKIAQNCLJGYSAZAAN74C", variable)
    return plan(
        [winner],
        [
            Plan.Row(
                source: .environmentKeys, provenance: variable,
                accessKeyID: "AKIAQNCLJGYSAZAAN74C", standing: .chosen,
                title: "AWS_ACCESS_KEY_ID in the environment of app.service", steps: [winner]),
            Plan.Row(
                source: .profileKeys, provenance: place(5), accessKeyID: "AKIASP2TPHJSQH3FJXYZ",
                standing: .shadowed(by: .environmentKeys), title: "[app] in \(file):4",
                steps: [keys("AKIASP2TPHJSQH3FJXYZ", place(5))]),
            Plan.Row(
                source: .credentialProcess, provenance: place(9),
                standing: .shadowed(by: .environmentKeys),
                title: "credential_process of [app] in \(file):4",
                problem: .badChain(what: "it leads nowhere", place(9))),
        ], source: "AWS_ACCESS_KEY_ID in the environment of app.service")
}

/// A role with the keys that it is assumed with.
private func chain() -> Plan {
    let base = keys("AKIAQNCLJGYSAZAAN74C", place(2))
    let role = PlanStep.assumeRole(
        RoleAssumption(
            roleARN: Sourced("arn:aws:iam::123456789012:role/deploy", from: place(8)),
            sessionName: "ci", externalID: "quite-private", durationSeconds: 900,
            endpoint: endpoint))
    return plan(
        [base, role],
        [
            Plan.Row(
                source: .assumeRole, provenance: place(8), standing: .chosen,
                title: "role_arn of [app] in \(file):7",
                detail: "assumes arn:aws:iam::123456789012:role/deploy", steps: [base, role]),
            Plan.Row(
                source: .profileKeys, provenance: place(2), accessKeyID: "AKIAQNCLJGYSAZAAN74C",
                standing: .chosen, title: "[base] in \(file):1", steps: [base]),
        ], source: "role_arn of [app] in \(file):7")
}

private func result(_ cause: Cause, arn: String? = nil) -> CheckResult {
    let moment = Instant(moment: Moment(nanoseconds: 0), wall: WallTime(seconds: 0))
    return CheckResult(
        profile: "app", startedAt: moment, finishedAt: moment,
        diagnosis: Diagnosis(
            cause: cause, verdict: cause.verdict, summary: "AWS was asked.", remedy: "Look."),
        identity: arn.map { CallerIdentity(account: "123456789012", arn: $0, userID: "AIDA") },
        accessKeyID: "AKIAQNCLJGYSAZAAN74C")
}

@Suite struct ExplanationTests {
    @Test(arguments: [
        "Profile app takes its credentials from AWS_ACCESS_KEY_ID in the environment of app.service.",
        "environment keys    wins      AKIAQNCLJGYSAZAAN74C  AWS_ACCESS_KEY_ID in the environment of",
        "profile keys        shadowed  AKIASP2TPHJSQH3FJXYZ  [app] in /home/app/.aws/credentials:4",
        "AWS_ACCESS_KEY_ID in the environment of app.service hides [app] in \(file):4",
        "it would fail: it leads nowhere (\(file):9:1)",
        "region eu-west-1 (\(file):6:1)",
        "endpoint https://sts.eu-west-1.amazonaws.com (\(file):6:1)",
        "1. take an access key (AWS_ACCESS_KEY_ID in the environment of app.service)",
        "\(file):12: The property is none of AWS's.",
    ])
    func textOfShadowing(_ words: String) {
        let explanation = Explanation(
            profile: "app", plan: shadowing(),
            notes: [
                Plan.Note(
                    "The property is none of AWS's.", at: SourceLocation(file: file, line: 12))
            ])
        let text = renderExplanation(explanation, style: TableStyle())
        #expect(text.contains(words), "\(text)")
    }

    @Test(arguments: [
        "assumed role  wins      -                     role_arn of [app] in \(file):7",
        "profile keys  its link  AKIAQNCLJGYSAZAAN74C  [base] in \(file):1",
        "    assumes arn:aws:iam::123456789012:role/deploy",
        "2. assume arn:aws:iam::123456789012:role/deploy (\(file):8:1) at \(endpoint.url), "
            + "with session name ci, an external id, 900 seconds",
        "assumed role  refused   AKIAQNCLJGYSAZAAN74C  role denied\n    role_arn of [app]",
        "profile keys  accepted  AKIAQNCLJGYSAZAAN74C  arn:aws:iam::123456789012:user/base",
    ])
    func textOfChain(_ words: String) {
        let explanation = Explanation(
            profile: "app", plan: chain(),
            probes: [
                Explanation.Probe(row: 0, result: result(.roleDenied)),
                Explanation.Probe(
                    row: 1, result: result(.ok, arn: "arn:aws:iam::123456789012:user/base")),
            ])
        let text = renderExplanation(explanation, style: TableStyle())
        #expect(text.contains(words), "\(text)")
        #expect(!text.contains("quite-private"))
        #expect(explanation.verdict == .bad)
    }

    @Test func aProblemNamesItsPlace() {
        let text = renderExplanation(
            Explanation(
                profile: "app",
                problem: Diagnosis(
                    cause: .needsMFA, verdict: .unknown, summary: "A code is wanted.",
                    remedy: "Do without.", evidence: [.location(place(3))])),
            style: TableStyle())
        #expect(
            text == """
                Profile app leads to no credentials.

                MFA CODE NEEDED
                  A code is wanted.
                  Do without.
                  at \(file):3:1

                """)
    }

    @Test func noFormShowsASecret() {
        var plan = shadowing()
        plan.rows[1].accessKeyID = secret
        let explanation = Explanation(
            profile: "app", plan: plan, probes: [Explanation.Probe(row: 0, result: result(.ok))])
        #expect(!renderExplanation(explanation, style: TableStyle()).contains(secret))
        let json = String(decoding: renderExplanationJSON(explanation), as: UTF8.self)
        #expect(!json.contains(secret))
        for words in [
            "\"schema\": \"credwatch-explain/1\"", "\"standing\": \"shadowed\"",
            "\"shadowed_by\": \"environment_keys\"", "\"access_key_id\": \"<redacted>\"",
            "\"verdict\": \"good\"", "\"steps\": [\n    \"take an access key",
        ] {
            #expect(json.contains(words), "\(json)")
        }
    }
}
