import Model
import Support
import Testing

@testable import Daemon

/// What hides what, and how two environments differ.
@Suite struct DoctorPrecedenceTests {
    private let facts = MachineFacts(user: 1_000, describedUser: "app (uid 1000)")

    private func plan(
        _ source: CredentialSource, _ id: String, hiding hidden: [Plan.Row] = [],
        region: String = "eu-west-1"
    ) -> Plan {
        let place = Provenance.environment(variable: "AWS_ACCESS_KEY_ID")
        return Plan(
            profile: "app", steps: [],
            rows: [
                Plan.Row(
                    source: source, provenance: place, accessKeyID: id, standing: .chosen,
                    title: "the winner")
            ] + hidden, region: Sourced(region, from: place),
            endpoint: Sourced(Sample.endpoint, from: place), source: "the winner")
    }

    private func row(_ standing: Plan.Standing, _ id: String?) -> Plan.Row {
        Plan.Row(
            source: standing == .notConsulted ? .environmentKeys : .profileKeys,
            provenance: Sample.place, accessKeyID: id, standing: standing, title: "[app] in file")
    }

    private func findings(
        _ plan: Plan?, _ variables: [String: String] = ["HOME": "/home/app"],
        home: String? = "/home/app", isAccepted: Bool = false
    ) -> [DoctorFinding] {
        var facts = facts
        facts.isAccepted = isAccepted
        let side = DoctorSide(
            environment: AWSEnvironment(variables: variables, passwordHome: home), plan: plan)
        return precedence(of: plan, here: side, there: nil, named: "x", facts: facts).findings
    }

    @Test func `keys of the environment that hide another key are worth a warning`() {
        let hiding = plan(
            .environmentKeys, Sample.keyID,
            hiding: [row(.shadowed(by: .environmentKeys), Sample.otherKeyID)])
        #expect(
            findings(hiding).contains(
                DoctorFinding(
                    "the winner hides [app] in file with access key \(Sample.otherKeyID).",
                    isWarning: true)))
        // The same key in both places does no harm.
        let same = plan(
            .environmentKeys, Sample.keyID,
            hiding: [row(.shadowed(by: .environmentKeys), Sample.keyID)])
        #expect(!findings(same).contains { $0.isWarning })
    }

    @Test func `an AWS_PROFILE that the keys beat is named`() {
        let found = findings(
            plan(.environmentKeys, Sample.keyID), ["HOME": "/home/app", "AWS_PROFILE": "prod"])
        #expect(found.contains { $0.isWarning && $0.sentence.hasPrefix("AWS_PROFILE names prod") })
    }

    @Test func `a named profile says what an application without a name would use`() {
        let found = findings(
            plan(.profileKeys, Sample.keyID, hiding: [row(.notConsulted, Sample.otherKeyID)]))
        #expect(
            found.contains {
                $0.isWarning && $0.sentence.hasPrefix("An application that names no profile")
            })
    }

    @Test(
        arguments: [
            (["HOME": "/root"], "/home/app", false, true),
            (["HOME": "/root"], "/home/app", true, false),
            (["HOME": "/home/app/"], "/home/app", false, false), ([:], "/home/app", false, false),
            ([:], nil, false, true),
        ] as [([String: String], String?, Bool, Bool)])
    func `a home that is not the user's is worth a warning while nothing works`(
        _ variables: [String: String], _ home: String?, _ isAccepted: Bool, _ warns: Bool
    ) {
        let found = findings(nil, variables, home: home, isAccepted: isAccepted)
        #expect(found.contains { $0.isWarning } == warns, "\(found)")
    }

    @Test func `two environments are compared without their secrets`() {
        let here = DoctorSide(
            environment: AWSEnvironment(
                variables: ["HOME": "/root", "AWS_SECRET_ACCESS_KEY": Sample.secret]),
            plan: plan(.environmentKeys, Sample.keyID))
        let there = DoctorSide(
            environment: AWSEnvironment(
                variables: [
                    "HOME": "/home/app", "AWS_PROFILE": "prod", "HTTPS_PROXY": "http://u:p@proxy",
                ]),
            plan: plan(.profileKeys, Sample.otherKeyID, region: "us-east-1"))
        let found = precedence(
            of: there.plan, here: here, there: there, named: "app.service", facts: facts)
        #expect(found.comparedWith == "app.service")
        #expect(
            found.differences == [
                .init("access key", here: Sample.keyID, there: Sample.otherKeyID),
                .init("region", here: "eu-west-1", there: "us-east-1"),
                .init("home directory", here: "/root", there: "/home/app"),
                .init("AWS_PROFILE", here: "none", there: "prod"),
                .init("AWS_SECRET_ACCESS_KEY", here: "set", there: "not set"),
                .init("HTTPS_PROXY", here: "not set", there: "set"),
            ])
        #expect(!"\(found)".contains(Sample.secret))
    }
}
