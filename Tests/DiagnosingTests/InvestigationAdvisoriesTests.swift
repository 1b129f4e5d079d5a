import Model
import Support
import Testing

@testable import Diagnosing

/// What the daily look is worth a warning about.
@Suite struct InvestigationAdvisoriesTests {
    private typealias World = InvestigatedWorld
    private let id = InvestigatedWorld.key

    private func advisories(
        _ change: (inout InvestigatedWorld) -> Void = { _ in }
    ) -> (list: [Advisory], isConclusive: Bool) {
        var world = World()
        world.lastUsed = .lastUsed(user: "app", nil)
        world.keys = ["app": [World.list(World.key())]]
        change(&world)
        let found = world.investigate(World.keyCase(("app", .seen), accepted: true)).1
        return (
            Diagnosing.advisories(
                from: found, at: World.now, maxKeyAge: ProfileConfiguration.defaultMaxKeyAge),
            isConclusive(found)
        )
    }

    @Test func `a young key of an orderly user is worth no word`() {
        let (list, isConclusive) = advisories()
        #expect(list.isEmpty && isConclusive)
    }

    @Test func `a key is old the day after its time`() {
        #expect(advisories { $0.keys = ["app": [World.list(World.key(days: 90))]] }.list.isEmpty)
        let old = advisories { $0.keys = ["app": [World.list(World.key(days: 91))]] }.list
        #expect(old.map(\.kind) == [.keyOld])
        #expect(
            old.first?.message
                == "Access key \(id) of user app is 91 days old; 90 are allowed.")
        #expect(old.first?.commands == ["aws iam create-access-key --user-name app --profile ops"])
    }

    @Test func `two active keys are one too many after a week`() {
        func pair(_ days: Int64, active: Bool = true) -> [AdvisoryKind] {
            advisories {
                $0.keys = [
                    "app": [
                        World.list(
                            World.key(days: 40),
                            World.key("AKIASP2TPHJSQH3FJXYZ", active: active, days: days))
                    ]
                ]
            }.list.map(\.kind)
        }
        #expect(pair(7) == [] && pair(8) == [.twoActiveKeys])
        #expect(pair(8, active: false) == [])
    }

    @Test func `a quarantine is told with its policy`() {
        let list = advisories { $0.policies = ["app": ["AWSCompromisedKeyQuarantineV3"]] }.list
        #expect(list.map(\.kind) == [.quarantined])
        #expect(list.first?.message.contains("AWSCompromisedKeyQuarantineV3") == true)
        #expect(list.first?.kind.degrades == true)
    }

    @Test func `what is denied is told once, with all of its names`() {
        let list = advisories {
            $0.overrides = [.accessKeyLastUsed: World.denied, .attachedPolicies: World.denied]
        }.list
        #expect(list.map(\.kind) == [.lookDenied])
        #expect(
            list.first?.message
                == "ops may not call iam:GetAccessKeyLastUsed, iam:ListAttachedUserPolicies; the policy in packaging/iam allows it."
        )
    }

    @Test func `what was not answered ends no warning`() {
        #expect(!advisories { $0.overrides = [.accessKeys: World.throttled] }.isConclusive)
        #expect(
            !advisories { $0.overrides = [.attachedPolicies: .leftOut("no time")] }.isConclusive)
        #expect(advisories { $0.overrides = [.attachedPolicies: World.denied] }.isConclusive)
        var silent = Investigation(accessKeyID: id, asker: Asker(profile: "ops"))
        silent.problem = "AWS answers it with InvalidClientTokenId"
        #expect(isConclusive(silent))
        silent.problemMayPass = true
        #expect(!isConclusive(silent))
    }
}
