import Model
import Support
import Testing
import Tracking

@Suite struct GroupOwnersTests {
    private static func user(_ name: String, in account: String = "111122223333") -> CallerIdentity
    {
        CallerIdentity(
            account: account, arn: "arn:aws:iam::\(account):user/\(name)", userID: "AIDA\(name)")
    }

    private static func role(_ name: String, session: String) -> CallerIdentity {
        CallerIdentity(
            account: "111122223333",
            arn: "arn:aws:sts::111122223333:assumed-role/\(name)/\(session)",
            userID: "AROA\(name):\(session)")
    }

    @discardableResult
    private func check(
        _ world: inout World, _ profile: String, _ identity: CallerIdentity?, _ cause: Cause = .ok
    ) -> [String] {
        world.pass(.seconds(1))
        return world.handle(.checked(world.result(profile, cause, identity: identity))).advisories
    }

    @Test(
        arguments: [
            (user("app"), user("app"), .backupSameUser),
            (user("app"), user("spare"), .backupSameAccount),
            (user("app"), user("app", in: "444455556666"), nil),
            (role("R", session: "one"), role("R", session: "two"), .backupSameUser),
            (role("R", session: "one"), role("S", session: "one"), .backupSameAccount),
            (user("app"), nil, nil), (nil, user("app"), nil),
        ] as [(CallerIdentity?, CallerIdentity?, AdvisoryKind?)])
    func `a backup that ends with its primary is worth a warning`(
        app: CallerIdentity?, spare: CallerIdentity?, expected: AdvisoryKind?
    ) {
        var world = World()
        #expect(check(&world, "app", app) == [])
        let told = check(&world, "spare", spare)
        #expect(told == (expected.map { ["\($0.rawValue) group g"] } ?? []))
        #expect(world.group.advisories.map(\.kind) == [expected].compactMap(\.self))
        #expect(world.overall == .healthy)
        // It is told once.
        #expect(check(&world, "app", app) == [])
        #expect(check(&world, "spare", spare) == [])
    }

    @Test func `it says who and where`() {
        let group = GroupConfiguration(name: "g", primary: "app", backups: ["spare", "third"])
        var world = World([group])
        check(&world, "app", Self.user("app"))
        check(&world, "spare", Self.user("app"))
        #expect(
            world.group.advisories.map(\.message) == [
                "The backup spare is the same identity as the primary app, arn:aws:iam::111122223333:user/app: what ends one ends the other."
            ])
        check(&world, "spare", Self.user("spare"))
        check(&world, "third", Self.user("third"))
        #expect(
            world.group.advisories.map(\.message) == [
                "The backups spare and third are in the account of the primary app, 111122223333: a suspension of the account ends both."
            ])
    }

    @Test func `it is over when another identity answers, and not because none does`() {
        var world = World()
        check(&world, "app", Self.user("app"))
        check(&world, "spare", Self.user("app"))
        #expect(check(&world, "spare", nil, .networkDNS) == [])
        #expect(check(&world, "spare", Self.user("other"), .wrongIdentity) == [])
        #expect(
            check(&world, "spare", Self.user("spare"))
                == ["over: backup_same_user group g", "backup_same_account group g"])
        #expect(
            check(&world, "spare", Self.user("spare", in: "444455556666"))
                == ["over: backup_same_account group g"])
    }

    @Test func `a proof tells whose key the backup is, too`() {
        var world = World()
        check(&world, "app", Self.user("app"))
        let proof = world.result("spare", .ok, identity: Self.user("app"))
        #expect(
            world.handle(.proved(group: "g", proof)).advisories == ["backup_same_user group g"])
    }

    @Test func `a reload compares those who are members now`() {
        var world = World()
        check(&world, "app", Self.user("app"))
        check(&world, "spare", Self.user("app"))
        // It was no member until now, so nobody knows whose it is.
        check(&world, "third", Self.user("app"))
        let other = GroupConfiguration(name: "g", primary: "app", backups: ["third"])
        world.tracker.reconfigure(World.configuration([other]), at: world.now)
        #expect(check(&world, "app", Self.user("app")) == ["over: backup_same_user group g"])
        #expect(check(&world, "third", Self.user("app")) == ["backup_same_user group g"])
        let both = GroupConfiguration(name: "g", primary: "app", backups: ["third", "spare"])
        world.tracker.reconfigure(World.configuration([both]), at: world.now)
        #expect(world.group.advisories.map(\.kind) == [.backupSameUser])
    }
}
