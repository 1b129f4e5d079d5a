import Model
import Testing

@testable import Diagnosing

/// What a canary makes of a good diagnosis.
@Suite struct CanaryDiagnosisTests {
    static let good = Diagnosis(
        cause: .ok, verdict: .good, summary: "AWS accepts access key AKIA.", remedy: "",
        evidence: [.requestID("sts")])
    private typealias Reading = CanaryReadingTests

    private func report(
        _ outcomes: CanaryOutcome..., subject: CanarySubject = Reading.subject()
    ) -> CanaryReport {
        CanaryReport(outcomes, subject)
    }

    private let denied = CanaryReadingTests.refused(
        "AccessDenied", CanaryReadingTests.identityPolicy)
    private let fine = CanaryReadingTests.answered(200)
    private let throttled = CanaryReadingTests.refused("Throttling", "Rate exceeded", 400)
    private let missing = CanaryReadingTests.answered(404)

    @Test func `all as expected leaves the good diagnosis as it is`() {
        for counts in [true, false] {
            for isProof in [true, false] {
                #expect(
                    canaryDiagnosis(
                        good: Self.good, report(fine, fine), before: report(denied),
                        Reading.subject(), counts: counts, isProof: isProof) == Self.good)
            }
        }
    }

    @Test func `a denial is bad only where it counts`() {
        let subject = Reading.subject()
        for (counts, verdict) in [(true, Verdict.bad), (false, .good)] {
            let diagnosis = canaryDiagnosis(
                good: Self.good, report(fine, denied, throttled), subject, counts: counts)
            #expect(diagnosis.cause == .permissionLost)
            #expect(diagnosis.verdict == verdict)
            // AWS's own quarantine reads the same.
            #expect(diagnosis.confidence == .likely)
            #expect(diagnosis.others.map(\.cause) == [.quarantined])
            #expect(
                diagnosis.others.first?.test.contains(
                    "aws iam list-attached-user-policies --user-name app") == true)
            #expect(
                diagnosis.summary
                    == "AWS accepts the key of app, but denies iam:GetUser by an explicit deny in an identity-based policy."
            )
            #expect(
                diagnosis.commands == [
                    "aws iam simulate-principal-policy --policy-source-arn arn:aws:iam::123456789012:user/team/app --action-names iam:GetUser",
                    "aws iam list-attached-user-policies --user-name app",
                    "aws iam list-user-policies --user-name app",
                ])
            #expect(diagnosis.evidence.contains(.note("the canary iam:GetUser is denied")))
            #expect(
                diagnosis.evidence.contains(
                    .serviceError(code: "AccessDenied", message: Reading.identityPolicy)))
            #expect(
                diagnosis.evidence.contains(.requestID("11111111-2222-3333-4444-555555555555")))
            #expect(diagnosis.evidence.contains(.requestID("sts")))
        }
    }

    @Test func `a denial that AWS explains is certain, and the remedy fits the policy`() {
        let cases: [(String, String)] = [
            (
                "because no identity-based policy allows the iam:GetUser action",
                "policies of user app"
            ),
            ("with an explicit deny in a service control policy", "AWS organization"),
            ("with an explicit deny in a VPC endpoint policy", "VPC endpoint"),
            ("because no permissions boundary allows the iam:GetUser action", "boundary"),
            ("because no session policy allows the iam:GetUser action", "session policy"),
        ]
        for (end, remedy) in cases {
            let diagnosis = canaryDiagnosis(
                good: Self.good,
                report(Reading.refused("AccessDenied", Reading.sentence(end))), Reading.subject(),
                counts: true)
            #expect(diagnosis.confidence == .certain, "\(end)")
            #expect(diagnosis.others.isEmpty)
            #expect(diagnosis.remedy.contains(remedy), "\(diagnosis.remedy)")
        }
    }

    @Test func `a quarantine is named by AWS's words, or by whoever sees the policy`() {
        let named = report(
            Reading.refused(
                "AccessDeniedException",
                Reading.identityPolicy + ": arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3"))
        var seen = report(denied)
        #expect(seen.maySufferQuarantine && !named.maySufferQuarantine)
        seen.quarantinePolicy = "AWSCompromisedKeyQuarantineV4"
        for (report, counts) in [(named, true), (seen, true), (seen, false)] {
            let diagnosis = canaryDiagnosis(
                good: Self.good, report, Reading.subject(), counts: counts)
            #expect(diagnosis.cause == .quarantined)
            #expect(diagnosis.verdict == (counts ? .bad : .good))
            #expect(diagnosis.confidence == .certain)
            #expect(diagnosis.commands.contains("aws iam create-access-key --user-name app"))
            #expect(diagnosis.summary.contains("because a key leaked"))
        }
        #expect(
            canaryDiagnosis(good: Self.good, seen, Reading.subject(), counts: true).evidence
                .contains(
                    .inquiry(
                        action: "iam:ListAttachedUserPolicies",
                        "AWSCompromisedKeyQuarantineV4 is attached to the user")))
    }

    @Test func `what is not answered changes nothing but a note`() {
        for outcome in [throttled, Reading.answered(500), Reading.answered(403, id: nil)] {
            let diagnosis = canaryDiagnosis(
                good: Self.good, report(fine, outcome), Reading.subject(), counts: true)
            #expect(diagnosis.cause == .ok && diagnosis.verdict == .good)
            #expect(diagnosis.evidence.count == 2)
        }
    }

    @Test func `a denial of before is no evidence of now`() {
        let before = report(denied)
        let kept = canaryDiagnosis(
            good: Self.good, report(throttled), before: before, Reading.subject(), counts: false)
        #expect(kept.cause == .permissionLost && kept.verdict == .good)
        let unknown = canaryDiagnosis(
            good: Self.good, report(throttled), before: before, Reading.subject(), counts: true)
        #expect(unknown.cause == .permissionLost && unknown.verdict == .unknown)
    }

    @Test func `a backup is not proven by a canary that has no answer`() {
        let proof = canaryDiagnosis(
            good: Self.good, report(throttled), Reading.subject(), counts: true, isProof: true)
        #expect(proof.verdict == .unknown && proof.cause == .throttled)
        let other = canaryDiagnosis(
            good: Self.good, report(throttled), Reading.subject(), counts: false, isProof: true)
        #expect(other.verdict == .good)
        let odd = canaryDiagnosis(
            good: Self.good, report(missing), Reading.subject(), counts: true, isProof: true)
        #expect(odd.verdict == .good)
    }

    @Test(arguments: [
        ("4KBNVRGD25RG1KEO9UT4V3FQDJVV4KQNSO5AEMVJF66Q9ASUAAJG", true),
        ("TX0QF5DXPBK2YGXB", true), ("11111111-2222-3333-4444-555555555555", true),
        ("wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYabcd", false),
        ("SECRETSECRETSECRETSECRETSECRETSECRETSECR", false),
    ])
    func `request ids of all services are shown, and nothing in their place`(
        id: String, isShown: Bool
    ) {
        let subject = Reading.subject(
            secrets: [Secret("SECRETSECRETSECRETSECRETSECRETSECRETSECR")])
        let denied = Reading.refused("AccessDenied", Reading.identityPolicy, 403, id: id)
        let diagnosis = canaryDiagnosis(
            good: Self.good, report(denied, subject: subject), subject, counts: true)
        #expect(diagnosis.evidence.contains(.requestID(id)) == isShown)
    }

    // MARK: - Warnings

    @Test func `a denial that does not count is a warning, and so is an odd answer`() {
        let subject = Reading.subject()
        let advisory = canaryAdvisory(report(denied), subject, counts: false, openRuns: 0)
        #expect(advisory?.kind == .canaryFailed)
        #expect(advisory?.message.contains("denies iam:GetUser") == true)
        #expect(advisory?.commands.isEmpty == false)
        #expect(canaryAdvisory(report(denied), subject, counts: true, openRuns: 0) == nil)
        #expect(canaryAdvisory(report(fine), subject, counts: false, openRuns: 0) == nil)
        for counts in [true, false] {
            let odd = canaryAdvisory(report(missing), subject, counts: counts, openRuns: 0)
            #expect(odd?.kind == .canaryFailed)
            #expect(
                odd?.message
                    == "The canary of app is not answered as it should be: canary GET https://b.s3.eu-west-1.amazonaws.com/k should have HTTP status 200: the answer has HTTP status 404."
            )
        }
        // The query of a URL is nobody's business.
        let diagnosis = canaryDiagnosis(good: Self.good, report(missing), subject, counts: true)
        #expect(diagnosis.verdict == .good && !"\(diagnosis)".contains("secret=1"))
    }

    @Test func `no answer for long is a warning, too`() {
        let subject = Reading.subject()
        for (runs, isTold) in [(1, false), (2, false), (3, true), (50, true)] {
            let advisory = canaryAdvisory(
                report(throttled), subject, counts: true, openRuns: runs)
            #expect((advisory != nil) == isTold)
        }
        let kept = canaryAdvisory(
            report(throttled), before: report(denied), subject, counts: false, openRuns: 1)
        #expect(kept?.message.contains("denies") == true)
    }

    @Test func `commands hold no foreign word that a shell would read`() {
        let arns = [
            "arn:aws:iam::123456789012:user/$(reboot)", "arn:aws:iam::123456789012:user/a b",
            "arn:aws:iam::123456789012:user/-x", "arn:aws:iam::123456789012:user/a;b",
            "arn:aws:sts::123456789012:assumed-role/`x`/s", "nonsense", "",
        ]
        for arn in arns {
            let subject = Reading.subject(
                CallerIdentity(account: "123456789012", arn: arn, userID: "A"))
            let diagnosis = canaryDiagnosis(
                good: Self.good, report(denied, subject: subject), subject, counts: true)
            for command in diagnosis.commands + diagnosis.others.map(\.test) {
                #expect(!command.contains("$") && !command.contains(";"), "\(command)")
                #expect(!command.contains("--user-name -"), "\(command)")
                #expect(!command.contains("`x`") && !command.contains("a b"), "\(command)")
            }
        }
        let role = Reading.subject(Reading.role, temporary: true)
        #expect(
            canaryDiagnosis(good: Self.good, report(denied, subject: role), role, counts: true)
                .commands == [
                    "aws iam simulate-principal-policy --policy-source-arn arn:aws:iam::123456789012:role/app --action-names iam:GetUser",
                    "aws iam list-attached-role-policies --role-name app",
                    "aws iam list-role-policies --role-name app",
                ])
    }
}
