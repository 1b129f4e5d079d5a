import Model
import Support
import Testing
import Tracking

@Suite struct AdvisoryBoardTests {
    private static let old = Advisory(.keyOld, "The key is 120 days old.")
    private static let two = Advisory(.twoActiveKeys, "Both keys are active.")
    private static let leaked = Advisory(.quarantined, "AWS has quarantined the user.")

    private var world = World()

    @Test mutating func `what is new is told once, what stays is not told again`() {
        let seen = world.now.wall
        #expect(advise(&world, .dailyLook, Self.old) == ["key_old app"])
        world.pass(.seconds(86_400))
        #expect(advise(&world, .dailyLook, Self.old, Self.two) == ["two_active_keys app"])
        let list = world.profile("app").advisories
        #expect(list.map(\.kind) == [.keyOld, .twoActiveKeys])
        #expect(list.map(\.since) == [seen, world.now.wall])
    }

    @Test mutating func `what stays has the newest words`() {
        advise(&world, .dailyLook, Self.old)
        let seen = world.now.wall
        world.pass(.seconds(86_400))
        let older = Advisory(.keyOld, "The key is 121 days old.", commands: ["aws iam x"])
        #expect(advise(&world, .dailyLook, older) == [])
        var expected = older
        expected.since = seen
        #expect(world.profile("app").advisories == [expected])
    }

    @Test mutating func `what is over is told, and its source forgotten`() {
        advise(&world, .dailyLook, Self.old, Self.two)
        #expect(advise(&world, .dailyLook, Self.two) == ["over: key_old app"])
        #expect(advise(&world, .dailyLook) == ["over: two_active_keys app"])
        #expect(advise(&world, .dailyLook) == [])
        #expect(world.profile("app").advisories == [])
    }

    @Test mutating func `each source replaces only its own`() {
        advise(&world, .dailyLook, Self.old)
        #expect(
            advise(&world, .canary, Advisory(.canaryFailed, "denied")) == ["canary_failed app"])
        #expect(advise(&world, .canary) == ["over: canary_failed app"])
        #expect(world.profile("app").advisories.map(\.kind) == [.keyOld])
    }

    @Test mutating func `a kind that two sources see is one warning, and over when neither does`() {
        let seen = world.now.wall
        #expect(advise(&world, .dailyLook, Self.leaked) == ["quarantined app"])
        world.pass(.seconds(60))
        var other = Self.leaked
        other.message = "The canary is denied by the quarantine policy."
        #expect(advise(&world, .canary, other) == [])
        #expect(world.profile("app").advisories.map(\.message) == [Self.leaked.message])
        #expect(advise(&world, .dailyLook) == [])
        #expect(world.profile("app").advisories.map(\.message) == [other.message])
        #expect(world.profile("app").advisories.map(\.since) == [seen])
        #expect(advise(&world, .canary) == ["over: quarantined app"])
    }

    @Test mutating func `one source naming a kind twice is one warning`() {
        #expect(advise(&world, .dailyLook, Self.old, Self.old) == ["key_old app"])
        #expect(world.profile("app").advisories.count == 1)
    }

    @Test mutating func `a group has warnings of its own`() {
        let lacks = Advisory(.backupLacksPermission, "spare may not s3:GetObject.")
        let change = world.handle(.advisedGroup(group: "g", by: .equivalence, [lacks]))
        #expect(change.advisories == ["backup_lacks_permission group g"])
        #expect(world.group.advisories.map(\.kind) == [.backupLacksPermission])
        #expect(world.profile("app").advisories == [])
    }

    @Test mutating func `nobody hears of warnings about what is not configured`() {
        let one = world.handle(.advised(profile: "x", by: .canary, [Self.leaked]))
        let two = world.handle(.advisedGroup(group: "x", by: .equivalence, [Self.leaked]))
        #expect(one.isEmpty && two.isEmpty)
    }

    @Test(arguments: AdvisoryKind.allCases)
    func `the sum of all follows the kinds that degrade`(kind: AdvisoryKind) {
        var world = World()
        for name in ["app", "spare", "third"] { world.check(name, .ok) }
        #expect(world.overall == .healthy)
        var other = world
        world.handle(.advised(profile: "app", by: .dailyLook, [Advisory(kind, "m")]))
        #expect(world.overall == (kind.degrades ? .degraded : .healthy))
        other.handle(.advisedGroup(group: "g", by: .equivalence, [Advisory(kind, "m")]))
        #expect(other.overall == (kind.degrades ? .degraded : .healthy))
    }

    // MARK: - A new configuration

    private static let canary = Canary(calls: [
        CanaryCall(.action(service: "iam", name: "GetUser"))
    ])

    /// A world in which everything has a warning from every source that it may have one from.
    private static func warned(_ profile: ProfileConfiguration, _ group: GroupConfiguration?)
        -> World
    {
        var world = World([])
        world.tracker.reconfigure(configuration(profile, group), at: world.now)
        world.handle(.advised(profile: "app", by: .canary, [Advisory(.canaryFailed, "m")]))
        world.handle(.advised(profile: "app", by: .dailyLook, [old]))
        world.handle(
            .advisedGroup(
                group: "g", by: .equivalence, [Advisory(.backupLacksPermission, "m")]))
        return world
    }

    private static func configuration(
        _ profile: ProfileConfiguration, _ group: GroupConfiguration?
    ) -> Configuration {
        Configuration(
            profiles: [profile] + ["spare", "third"].map { ProfileConfiguration(name: $0) },
            groups: group.map { [$0] } ?? [])
    }

    /// What a reload tells, with the warnings that are left.
    private func reload(
        _ world: World, _ profile: ProfileConfiguration, _ group: GroupConfiguration?
    ) -> (told: [String], profile: [AdvisoryKind], group: [AdvisoryKind]) {
        var world = world
        world.tracker.reconfigure(Self.configuration(profile, group), at: world.now)
        let told = world.check("third", .ok).advisories
        return (
            told, world.profile("app").advisories.map(\.kind), world.group.advisories.map(\.kind)
        )
    }

    @Test func `a reload drops what nobody can renew any more`() {
        let action = EquivalentAction(action: "s3:GetObject", resource: "*")
        let group = GroupConfiguration(
            name: "g", primary: "app", backups: ["spare"], equivalentActions: [action])
        let full = ProfileConfiguration(name: "app", diagnoseWith: "ops", canary: Self.canary)
        let plain = ProfileConfiguration(name: "app")
        let world = Self.warned(full, group)

        let same = reload(world, full, group)
        #expect(same.told == [])
        #expect(same.profile == [.keyOld, .canaryFailed])
        #expect(same.group == [.backupLacksPermission])

        var withoutCanary = full
        withoutCanary.canary = nil
        #expect(reload(world, withoutCanary, group).told == ["over: canary_failed app"])

        // The backup asks in place of an identity of the profile's own.
        #expect(reload(world, plain, group).profile == [.keyOld])
        let alone = reload(world, plain, nil)
        #expect(alone.profile == [])
        #expect(alone.told == ["over: canary_failed app", "over: key_old app"])

        for change in [
            GroupConfiguration(name: "g", primary: "app", backups: ["spare"]),
            GroupConfiguration(
                name: "g", primary: "app", backups: ["third"], equivalentActions: [action]),
        ] {
            let changed = reload(world, full, change)
            #expect(changed.group == [])
            #expect(changed.told == ["over: backup_lacks_permission group g"])
        }
    }
}

/// Lets a source of warnings say all that it sees of `app`; returns what is told because of it.
@discardableResult
private func advise(_ world: inout World, _ source: AdvisorySource, _ advisories: Advisory...)
    -> [String]
{
    world.handle(.advised(profile: "app", by: source, advisories)).advisories
}
