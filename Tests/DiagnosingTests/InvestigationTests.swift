import Model
import Support
import Testing

@testable import Diagnosing

/// Which questions are asked, and which are not.
@Suite struct InvestigationTests {
    private typealias World = InvestigatedWorld
    private let id = InvestigatedWorld.key

    @Test func `a key that IAM names is asked about in five questions`() {
        var world = World()
        world.lastUsed = .lastUsed(user: "app", nil)
        world.keys = ["app": [World.list(World.key(active: false))]]
        let (asked, investigation) = world.investigate(World.keyCase())
        #expect(
            asked == [
                "GetAccessKeyInfo \(id)", "GetAccessKeyLastUsed \(id)", "ListAccessKeys app",
                "ListAttachedUserPolicies app",
            ])
        #expect(investigation.account == World.account)
        #expect(investigation.owner?.name == "app" && investigation.owner?.exists == true)
        #expect(investigation.listed?.key.isActive == false)
        #expect(investigation.records.allSatisfy { $0.outcome == .answered })
    }

    @Test func `a key of another account is not asked about in this one`() {
        var world = World()
        world.accountOfKey = .account("999999999999")
        #expect(world.investigate(World.keyCase()).asked == ["GetAccessKeyInfo \(id)"])
        // But a typo may stand in the very characters that hold the account.
        world.keys = ["app": [World.list(World.key("AKIAQNCLJGYSAZAAN740"))]]
        let (asked, _) = world.investigate(World.keyCase(("app", .expected)))
        #expect(
            asked == [
                "GetAccessKeyInfo \(id)", "ListAccessKeys app", "ListAttachedUserPolicies app",
            ])
    }

    @Test func `users of other accounts are nobody's business`() {
        let key = KeyCase(
            accessKeyID: id, asker: World.asker,
            candidates: [
                UserCandidate(name: "app", account: "999999999999", basis: .expected)
            ])
        #expect(
            World().investigate(key).asked == [
                "GetAccessKeyInfo \(id)", "GetAccessKeyLastUsed \(id)",
            ])
    }

    @Test func `a list that is refused is followed by a question about the user`() {
        var world = World()
        world.overrides[.accessKeys] = World.denied
        world.users = ["app"]
        let (asked, investigation) = world.investigate(World.keyCase(("app", .expected)))
        #expect(
            asked.dropFirst(2) == [
                "ListAccessKeys app", "GetUser app", "ListAttachedUserPolicies app",
            ])
        #expect(investigation.owner?.exists == true && investigation.owner?.keys == nil)
        #expect(investigation.records[2].outcome == .denied)
    }

    @Test func `a user that is gone has no policies to ask for`() {
        let (asked, investigation) = World().investigate(World.keyCase(("app", .seen)))
        #expect(asked.dropFirst(2) == ["ListAccessKeys app", "GetUser app"])
        #expect(investigation.owner?.exists == false)
    }

    @Test func `a healthy key is asked about in three questions`() {
        var world = World()
        world.lastUsed = .lastUsed(user: "app", nil)
        world.keys = ["app": [World.list(World.key())]]
        let (asked, _) = world.investigate(World.keyCase(("app", .seen), accepted: true))
        #expect(
            asked == [
                "GetAccessKeyLastUsed \(id)", "ListAccessKeys app", "ListAttachedUserPolicies app",
            ])
    }

    @Test func `pages end after five, or where they go in a circle, or where the key stands`() {
        var world = World()
        let other = World.key("AKIASP2TPHJSQH3FJXYZ")
        world.keys = ["app": (1...9).map { World.list(other, next: "m\($0)") }]
        var (asked, investigation) = world.investigate(World.keyCase(("app", .seen)))
        #expect(asked.count { $0 == "ListAccessKeys app" } == 5)
        #expect(investigation.owner?.keysAreComplete == false)
        world.keys = ["app": [World.list(other, next: "m")]]
        (asked, investigation) = world.investigate(World.keyCase(("app", .seen)))
        #expect(asked.count { $0 == "ListAccessKeys app" } == 2)
        #expect(investigation.owner?.keysAreComplete == false)
        world.keys = [
            "app": [World.list(other, next: "m1"), World.list(World.key(), next: "m2")]
        ]
        (asked, investigation) = world.investigate(World.keyCase(("app", .seen)))
        #expect(asked.count { $0 == "ListAccessKeys app" } == 2)
        #expect(investigation.listed?.key.id == id)
    }

    @Test func `whatever is answered, a dozen questions are enough`() {
        let replies: [InquiryReply] = [
            .account("123456789012"), .lastUsed(user: "x", nil), .user(name: "x", arn: nil),
            .keys([], next: "again"), .policies([], next: "again"), World.denied, World.missing,
            World.throttled, .unusable("text"), .leftOut("no time"),
            .failed(
                TransportFailure(phase: .connect, timedOut: true, reason: "r", latency: .zero)),
        ]
        for first in replies {
            for second in replies {
                var world = World()
                world.overrides = [
                    .accessKeyInfo: first, .accessKeyLastUsed: second, .user: first,
                    .accessKeys: second, .attachedPolicies: first,
                ]
                let (asked, _) = world.investigate(
                    World.keyCase(("a", .expected), ("b", .backup), ("c", .backup), ("d", .backup)))
                #expect(asked.count <= 12, "\(asked)")
            }
        }
    }

    @Test func `without an identity nobody asks`() {
        let key = KeyCase(accessKeyID: id, asker: Asker(profile: "ops"))
        #expect(nextInquiry(about: key, after: []) == .done)
    }

    @Test(arguments: ["AKIA", "wJalrXUtnFEMI/K7MDENG", "", "AKIA QNCLJGYSAZAAN74C"])
    func `what is no key id is not sent`(text: String) {
        #expect(World().investigate(World.keyCase(id: text)).asked == [])
    }

    @Test(arguments: [
        ("arn:aws:iam::123456789012:user/app", "app"),
        ("arn:aws-cn:iam::123456789012:user/team/a/app", "app"),
        ("arn:aws:iam::123456789012:user/*", nil), ("arn:aws:iam::123456789012:root", nil),
        ("arn:aws:sts::123456789012:assumed-role/app/x", nil), ("user/app", nil),
    ])
    func `the user of an ARN is its last part`(arn: String, name: String?) {
        #expect(UserCandidate(arn: arn, basis: .expected)?.name == name)
    }
}
