import Model
import Testing

@testable import Rotating

struct RotationStartTests {
    private static let now = WallTime(seconds: 1_790_000_000)
    private static let own = "AKIAQNCLJGYSOWNKEY22"
    private static let other = "AKIAQNCLJGYSOTHERK22"

    private func key(
        _ id: String, active: Bool = true, used ago: Duration? = nil, places: [String] = []
    ) -> KeyFacts {
        KeyFacts(
            key: ListedKey(id: id, isActive: active),
            lastUse: ago.map {
                KeyUse(at: Self.now + (.zero - $0), service: "s3", region: "eu-west-1")
            },
            places: places, isOwn: id == Self.own)
    }

    private func decide(
        _ keys: [KeyFacts], replacing: String? = nil, refused: Bool = false, forced: Bool = false
    ) -> StartDecision {
        decideStart(
            StartFacts(
                user: "app", keyInFile: Self.own, isRefused: refused, keys: keys, now: Self.now),
            replacing: replacing, isForced: forced)
    }

    @Test func `one key leaves room, two do not unless one is given up`() {
        let pair = [
            key(Self.own, used: .seconds(60)), key(Self.other, used: .seconds(90 * 86_400)),
        ]
        #expect(decide([pair[0]]) == .create)
        guard case .refused(let advice) = decide(pair) else { return #expect(Bool(false)) }
        #expect(advice.contains("--replace \(Self.other)") && advice.contains("s3 in eu-west-1"))
        #expect(decide(pair, replacing: Self.other) == .replace(Self.other))
    }

    @Test func `a key in use is given up by force only, and the profile's own never`() {
        let used = [key(Self.own), key(Self.other, used: .seconds(3_600))]
        let placed = [
            key(Self.own),
            key(Self.other, active: false, places: ["[b] in /root/.aws/credentials:1"]),
        ]
        for keys in [used, placed] {
            guard case .refused = decide(keys, replacing: Self.other) else {
                Issue.record("given up")
                continue
            }
            #expect(decide(keys, replacing: Self.other, forced: true) == .replace(Self.other))
            guard case .refused(let advice) = decide(keys) else { return #expect(Bool(false)) }
            #expect(!advice.contains("--replace"))
        }
        guard case .refused = decide(used, replacing: Self.own, forced: true) else {
            return #expect(Bool(false))
        }
    }

    @Test func `a dead key that IAM lists as inactive makes room for its successor`() {
        let keys = [key(Self.own, active: false), key(Self.other, used: .seconds(60))]
        #expect(decide(keys, replacing: Self.own, refused: true) == .replace(Self.own))
        // Active and refused is a wrong secret, and another host may have the right one.
        guard case .refused = decide([key(Self.own), keys[1]], replacing: Self.own, refused: true)
        else { return #expect(Bool(false)) }
        // Deleted altogether.
        #expect(decide([keys[1]], refused: true) == .create)
        guard case .refused = decide([keys[1]]) else { return #expect(Bool(false)) }
    }

    @Test func `what speaks against a change by hand`() {
        let now = Self.now
        #expect(objection(to: .activate, key(Self.own), now: now) == nil)
        #expect(objection(to: .deactivate, key(Self.own), now: now) != nil)
        #expect(objection(to: .deactivate, key(Self.other), now: now) == nil)
        #expect(objection(to: .deactivate, key(Self.other, used: .seconds(7_200)), now: now) != nil)
        #expect(objection(to: .delete, key(Self.other), now: now) != nil)
        #expect(objection(to: .delete, key(Self.other, active: false), now: now) == nil)
        #expect(
            objection(to: .delete, key(Self.other, active: false, used: .seconds(60)), now: now)
                == nil)
    }
}

struct RotatedUserTests {
    @Test func `a user is the last part of the path, and nobody else has keys`() throws {
        let user = try rotatedUser(ofARN: "arn:aws:iam::123456789012:user/team/app")
        #expect(user == RotatedUser(name: "app", account: "123456789012"))
        for arn in [
            "arn:aws:iam::123456789012:root", "arn:aws:sts::123456789012:assumed-role/app/session",
            "arn:aws:sts::123456789012:federated-user/app", "arn:aws:iam::1:user/app", "app",
            "arn:aws:iam::123456789012:user/", "arn:aws:iam::123456789012:user/a b",
        ] {
            #expect(throws: NotRotatable.self) { try rotatedUser(ofARN: arn) }
        }
    }

    @Test func `each profile has a file name of its own, that is none of another kind`() {
        let names = [
            "app", "App", "../etc", "a/b", "a%2Fb", "", ".", "..", "ä",
            String(repeating: "/", count: 128),
            String(repeating: "a", count: 128), "=app",
        ]
        let files = names.map(rotationFileName)
        #expect(Set(files).count == names.count)
        for file in files {
            #expect(file.utf8.count <= 210 && !file.contains("/") && !file.hasPrefix("."))
        }
        #expect(files[0] == "app")
    }
}
