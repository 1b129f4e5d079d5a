import Model
import Support
import Testing

@testable import Diagnosing

/// What a second identity makes of a refusal.
@Suite struct InvestigationDiagnosisTests {
    private typealias World = InvestigatedWorld
    private let id = InvestigatedWorld.key
    private let other = World.key("AKIASP2TPHJSQH3FJXYZ")

    @Test func `a key that is listed as inactive is deactivated, for certain`() {
        var world = World()
        world.lastUsed = .lastUsed(
            user: "app", KeyUse(at: World.now, service: "s3", region: "eu-west-1"))
        world.keys = ["app": [World.list(World.key(active: false), other)]]
        let found = world.refined(World.keyCase())
        #expect(found.cause == .keyInactive && found.verdict == .bad)
        #expect(found.confidence == .certain && found.others.isEmpty)
        #expect(found.summary == "Access key \(id) of user app is deactivated.")
        #expect(
            found.commands == [
                "aws iam update-access-key --user-name app --access-key-id \(id) --status Active --profile ops"
            ])
        #expect(
            found.answer(to: .accessKeys)?.hasPrefix("lists the key of user app as Inactive")
                == true)
        #expect(found.answer(to: .accessKeyLastUsed)?.contains("for s3 in eu-west-1") == true)
        #expect(found.evidence.contains(.location(Sample.place)))
    }

    @Test func `a key of a quarantined user is not to be activated again`() {
        var world = World()
        world.lastUsed = .lastUsed(user: "app", nil)
        world.keys = ["app": [World.list(World.key(active: false))]]
        world.policies = ["app": ["ReadOnly", "AWSCompromisedKeyQuarantineV2"]]
        let found = world.refined(World.keyCase())
        #expect(found.cause == .keyInactive)
        #expect(found.summary.contains("quarantined"))
        #expect(found.commands == ["aws iam create-access-key --user-name app --profile ops"])
        #expect(
            found.answer(to: .attachedPolicies)?.contains("AWSCompromisedKeyQuarantineV2") == true)
    }

    @Test func `a key that its user has no more is deleted`() {
        var world = World()
        world.keys = ["app": [World.list(other)]]
        let seen = world.refined(World.keyCase(("app", .seen)))
        #expect(seen.cause == .keyDeleted && seen.confidence == .certain)
        // The profile expects the user, the account is right, and IAM knows the key for nobody.
        let expected = world.refined(World.keyCase(("app", .expected)))
        #expect(expected.cause == .keyDeleted && expected.confidence == .certain)
        #expect(
            expected.answer(to: .accessKeyLastUsed)?.contains("or the permission is missing")
                == true)
        // The question that would name another user of the account may not be asked.
        world.lastUsed = World.denied
        let likely = world.refined(World.keyCase(("app", .expected)))
        #expect(likely.cause == .keyDeleted && likely.confidence == .likely)
        #expect(likely.others.map(\.cause) == [.keyInactive])
        #expect(
            likely.answer(to: .accessKeyLastUsed)
                == "is denied to arn:aws:iam::123456789012:user/ops (request id id-1)")
    }

    @Test func `a list that was not read to its end deletes nothing`() {
        var world = World()
        world.keys = ["app": (1...9).map { World.list(other, next: "m\($0)") }]
        let found = world.refined(World.keyCase(("app", .seen)))
        #expect(found.cause == .keyNotRecognized)
        #expect(found.answer(to: .accessKeys)?.contains("not among the first 5") == true)
    }

    @Test func `a user that is gone took the key along`() {
        let seen = World().refined(World.keyCase(("app", .seen)))
        #expect(seen.cause == .userDeleted && seen.confidence == .certain)
        #expect(seen.commands.first == "aws iam create-user --user-name app --profile ops")
        var world = World()
        world.accountOfKey = World.denied
        #expect(world.refined(World.keyCase(("app", .expected))).confidence == .likely)
        // A backup's user that is gone says nothing about this key.
        #expect(World().refined(World.keyCase(("app", .backup))).cause == .keyNotRecognized)
    }

    @Test func `a key that differs by a character is mistyped`() {
        var world = World()
        world.keys = ["app": [World.list(other, World.key("AKIAQNCLJGYSAZAAN740"))]]
        for basis in [UserCandidate.Basis.expected, .backup] {
            let found = world.refined(World.keyCase(("app", basis)))
            #expect(found.cause == .keyMistyped && found.confidence == .certain)
            #expect(
                found.summary
                    == "Access key id \(id) is mistyped: typo in position 20: you have C, the user's key has 0."
            )
            #expect(
                found.commands == [
                    "aws configure set aws_access_key_id AKIAQNCLJGYSAZAAN740 --profile 'the app'"
                ])
        }
        // AWS has taken this very id before.
        #expect(world.refined(World.keyCase(("app", .seen))).cause == .keyDeleted)
    }

    @Test func `a typo is found with the second user that is asked about`() {
        var world = World()
        world.keys = [
            "app": [World.list()],
            "spare": [World.list(World.key("AKIAQNCLJGYSAZAAN740", active: false))],
        ]
        let found = world.refined(World.keyCase(("app", .expected), ("spare", .backup)))
        #expect(found.cause == .keyMistyped)
        #expect(found.commands.last?.contains("update-access-key --user-name spare") == true)
    }

    @Test func `a key that IAM calls active is a riddle, and stays one`() {
        var world = World()
        world.lastUsed = .lastUsed(user: "app", nil)
        world.keys = ["app": [World.list(World.key())]]
        let found = world.refined(World.keyCase())
        #expect(found.cause == .keyNotRecognized && found.confidence == .possible)
        #expect(found.summary == "Refused. But IAM lists it as an active key of user app.")
        #expect(found.others.map(\.cause) == [.needsPerson])
        world.keys = ["app": [World.list(World.key(days: 0))]]
        #expect(world.refined(World.keyCase()).summary.contains("made a moment ago"))
    }

    @Test func `a key of another account is told with both accounts`() {
        var world = World()
        world.accountOfKey = .account("999999999999")
        let found = world.refined(
            World.keyCase(), expected: ExpectedIdentity(account: World.account))
        #expect(found.cause == .keyNotRecognized)
        #expect(found.summary.contains("account 999999999999"))
        #expect(
            found.evidence.contains(
                .expectation(
                    field: "account of the key", expected: World.account,
                    actual: "999999999999")))
    }

    @Test func `a wrong secret of a key that is active is certain`() {
        var world = World()
        world.lastUsed = .lastUsed(user: "app", KeyUse(at: World.now))
        world.keys = ["app": [World.list(World.key(), other)]]
        let found = world.refined(World.keyCase(), cause: .wrongSecret)
        #expect(found.cause == .wrongSecret && found.verdict == .bad)
        #expect(found.confidence == .certain)
        #expect(found.summary.contains("active key of user app"))
        #expect(found.others.isEmpty && found.remedy.contains("try it with \(other.id)"))
    }

    @Test func `a refusal that nobody confirmed stays unknown, whatever IAM says`() {
        var world = World()
        world.lastUsed = .lastUsed(user: "app", nil)
        world.keys = ["app": [World.list(World.key(active: false))]]
        let found = world.refined(World.keyCase(), cause: .refusalUnconfirmed)
        #expect(found.cause == .refusalUnconfirmed && found.verdict == .unknown)
        #expect(found.summary.contains("is deactivated"))
        #expect(found.commands.count == 1)
    }

    @Test(arguments: Cause.allCases)
    func `no verdict is changed, and other causes are left alone`(cause: Cause) {
        var world = World()
        world.lastUsed = .lastUsed(user: "app", nil)
        world.keys = ["app": [World.list(World.key(active: false))]]
        let found = world.refined(World.keyCase(), cause: cause)
        #expect(found.verdict == cause.verdict)
        if !isWorthInquiry(cause) { #expect(found == World.refusal(cause)) }
    }

    @Test(arguments: InquiryAction.allCases)
    func `a question that is denied lowers what is said, and is named`(action: InquiryAction) {
        var world = World()
        world.lastUsed = .lastUsed(user: "app", nil)
        world.keys = ["app": [World.list(World.key(active: false))]]
        world.users = ["app"]
        world.overrides[action] = World.denied
        let found = world.refined(World.keyCase(("app", .expected)))
        #expect(found.cause == (action == .accessKeys ? .keyNotRecognized : .keyInactive))
        if action != .user {
            #expect(found.answer(to: action)?.hasPrefix("is denied to arn:aws:iam::") == true)
        }
    }

    @Test func `an asker that cannot ask is told with the reason`() {
        var silent = Investigation(accessKeyID: id, asker: Asker(profile: "ops"))
        silent.problem = "it has the same access key"
        let found = refined(
            World.refusal(), by: silent, profile: ProfileConfiguration(name: "app"), at: World.now)
        #expect(found.cause == .keyNotRecognized && found.confidence == .possible)
        #expect(
            found.evidence.last
                == .note("ops could not be asked about the key: it has the same access key"))
    }
}
