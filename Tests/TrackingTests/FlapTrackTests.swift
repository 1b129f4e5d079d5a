import Model
import Testing

@testable import Tracking

@Suite struct FlapTrackTests {
    @Test(arguments: [
        ("gggggggg", false), ("bbbbbbbb", false), ("ggbbbggg", false), ("bgggbggg", false),
        ("bgbgb", true), ("bggbbg", true), ("bbgb", true),
        // The first ones are out of the window.
        ("bgbgggggggb", false),
    ])
    func `three of eight, in more than one outage`(_ answers: String, _ flaps: Bool) {
        var track = FlapTrack()
        for answer in answers {
            _ = track.note(isBad: answer == "b", FlapRule(failures: 3, of: 8))
        }
        #expect(track.isFlapping == flaps)
    }

    @Test func `it lasts until the bad ones are out of the window`() {
        var track = FlapTrack()
        let rule = FlapRule(failures: 2, of: 64)
        for isBad in [true, false, true] { _ = track.note(isBad: isBad, rule) }
        var count = 0
        while track.isFlapping, count < 100 {
            _ = track.note(isBad: false, rule)
            count += 1
        }
        #expect(count == 62)
        #expect(track.remembered.map { FlapTrack($0).remembered } == track.remembered)
    }

    private let policy = FailoverPolicy(
        failback: .auto, failbackSpan: .seconds(60), flap: FlapRule(failures: 3, of: 8))

    @Test func `a flapping primary is a warning, and there is no way back by itself`() {
        var world = World.failedOver(policy)
        #expect(world.group.advisories.isEmpty)
        var effects = world.checks(1, of: "app", .ok)
        effects += world.checks(1, of: "app", .keyNotRecognized)
        #expect(effects.advisories == ["primary_flapping group g"])
        #expect(world.overall == .failing || world.overall == .degraded)
        #expect(world.checks(4, of: "app", .ok).runs.map(\.event) == [.recovered])
        #expect(world.group.detail.contains("flaps"))
        var next = World(
            [World.group(policy)], remembered: world.tracker.remembered, at: world.now)
        #expect(next.effects.advisories.isEmpty)
        #expect(next.group.advisories.map(\.kind) == [.primaryFlapping])
        let later = next.checks(9, of: "app", .ok)
        #expect(later.advisories == ["over: primary_flapping group g"])
        #expect(later.runs.map(\.event) == [.failback])
    }

    @Test func `a flapping primary fails over all the same when it is confirmed`() {
        var world = World([World.group(policy)])
        for cause in [Cause.wrongSecret, .ok, .wrongSecret, .ok, .wrongSecret, .ok] {
            world.checks(1, of: "app", cause)
        }
        #expect(world.group.advisories.map(\.kind) == [.primaryFlapping])
        world.confirm()
        #expect(world.group.state == .failingOver)
    }

    @Test func `another credential is another story, and another rule forgets`() {
        var world = World([World.group(policy)])
        for cause in [Cause.wrongSecret, .ok, .wrongSecret, .ok, .wrongSecret, .ok] {
            world.pass(.seconds(60))
            world.check("app", cause, fingerprint: 1)
        }
        #expect(!world.group.advisories.isEmpty)
        var changed = world
        changed.pass(.seconds(60))
        changed.check("app", .ok, fingerprint: 2)
        #expect(changed.group.advisories.isEmpty)
        world.tracker.reconfigure(World.configuration([World.group()]), at: world.now)
        #expect(world.group.advisories.isEmpty)
    }
}
