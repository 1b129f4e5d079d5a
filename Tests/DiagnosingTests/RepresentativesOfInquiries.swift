import Model
import Support

@testable import Diagnosing

/// What a second identity and a canary make of an answer of STS.
extension Representatives {
    private typealias World = InvestigatedWorld

    private static func row(_ name: String) -> Interrogation? {
        Row.all.first { $0.name == name }.map { Interrogation($0.subject, $0.answers) }
    }

    // MARK: - A second identity

    /// A refusal of STS, and the IAM that is asked about the key.
    private struct Inquired {
        var name: String
        var row = "key unknown at both"
        var world: World
        var key: KeyCase = World.keyCase(("app", .seen))
    }

    private static func world(
        _ keys: ListedKey?..., user: String? = "app", policies: [String] = [],
        instead overrides: [InquiryAction: InquiryReply] = [:]
    ) -> World {
        var world = World()
        world.lastUsed = user.map { .lastUsed(user: $0, nil) }
        if !keys.isEmpty { world.keys = ["app": [.keys(keys.compactMap { $0 }, next: nil)]] }
        world.policies = ["app": policies]
        world.overrides = overrides
        return world
    }

    private static let other = World.key("AKIASP2TPHJSQH3FJXYZ")

    private static let inquired: [Inquired] = [
        Inquired(name: "a deactivated key", world: world(World.key(active: false))),
        Inquired(
            name: "a deactivated key that leaked",
            world: world(
                World.key(active: false), policies: ["AWSCompromisedKeyQuarantineV2"])),
        Inquired(name: "a deleted key", world: world(other, user: nil)),
        Inquired(
            name: "a key that is likely deleted",
            world: world(other, instead: [.accessKeyLastUsed: World.denied]),
            key: World.keyCase(("app", .expected))),
        Inquired(name: "a deleted user", world: world(user: nil)),
        Inquired(
            name: "a user that is likely deleted",
            world: world(user: nil, instead: [.accessKeyInfo: World.denied]),
            key: World.keyCase(("app", .expected))),
        Inquired(
            name: "a typo", world: world(other, World.key("AKIAQNCLJGYSAZAAN740"), user: nil),
            key: World.keyCase(("app", .expected))),
        Inquired(name: "a key that IAM calls active", world: world(World.key())),
        Inquired(
            name: "a key of another account",
            world: world(user: nil, instead: [.accessKeyInfo: .account("999999999999")]),
            key: World.keyCase()),
        Inquired(name: "an IAM that knows nothing", world: world(user: nil), key: World.keyCase()),
        Inquired(
            name: "a wrong secret of an active key", row: "wrong secret, another passed",
            world: world(World.key(), other)),
        Inquired(
            name: "a refusal that nobody confirmed", row: "key unknown, main region throttles",
            world: world(World.key(active: false))),
    ]

    static let ofInquiries: [Entry] = inquired.compactMap { inquired in
        guard let row = row(inquired.row), let refusal = row.diagnosis else { return nil }
        let investigation = inquired.world.investigate(inquired.key).1
        return Entry(
            name: inquired.name, asked: row.asked, inquiries: investigation.records.map(\.action),
            diagnosis: refined(
                refusal, by: investigation, profile: ProfileConfiguration(name: "app"),
                at: World.now))
    }

    // MARK: - A canary

    static let ofCanaries: [Entry] = {
        typealias Reading = CanaryReadingTests
        let accepted = Interrogation(Sample.subject(), [.asConfigured: Sample.accepted()])
        guard let good = accepted.diagnosis else { return [] }
        let subject = Reading.subject()
        func report(_ end: String, policy: String? = nil) -> CanaryReport {
            var report = CanaryReport(
                [Reading.refused("AccessDenied", Reading.sentence(end))], subject)
            report.quarantinePolicy = policy
            return report
        }
        let reports: [(String, [InquiryAction], CanaryReport)] = [
            (
                "a permission that is missing", [],
                report("because no identity-based policy allows the iam:GetUser action")
            ),
            (
                "a permission that is denied", [.attachedPolicies],
                report("with an explicit deny in an identity-based policy")
            ),
            (
                "a quarantine", [.attachedPolicies],
                report(
                    "with an explicit deny in an identity-based policy",
                    policy: "AWSCompromisedKeyQuarantineV3")
            ),
        ]
        return reports.flatMap { name, inquiries, report in
            [false, true].map { counts in
                Entry(
                    name: "\(name), which counts: \(counts)", asked: accepted.asked,
                    asksCanary: true, inquiries: inquiries,
                    diagnosis: canaryDiagnosis(good: good, report, subject, counts: counts))
            }
        }
    }()
}
