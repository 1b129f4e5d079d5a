import Model
import Testing

@testable import Tracking

@Suite struct MoveTrackTests {
    /// There and back again by hand: the next failover is one of the daemon's own.
    private func readyAgain(_ policy: FailoverPolicy) -> World {
        var world = World.failedOver(policy)
        world.order(.failback, force: true)
        world.finishHook(.exited(code: 0))
        return world
    }

    @Test func `a cooldown holds a failover back, says so, and lets it go in the end`() {
        var world = readyAgain(FailoverPolicy(cooldown: .seconds(600)))
        let effects = world.confirm()
        #expect(effects.runs.isEmpty)
        #expect(effects.kinds == [.groupConfirming, .groupBlocked])
        #expect(world.group.detail.contains("`cooldown`"))
        for _ in 0..<40 where world.group.state == .confirming {
            world.pass(.seconds(20))
            world.check("app", .keyNotRecognized)
            world.prove("spare", .ok)
        }
        #expect(world.group.state == .failingOver)
        // From the end of the first one.
        #expect(world.now.moment - World().now.moment >= .seconds(700))
        #expect(world.now.moment - World().now.moment < .seconds(740))
    }

    @Test func `so many failovers an hour, and orders are not held`() {
        var world = readyAgain(FailoverPolicy(mostPerHour: 1))
        #expect(world.confirm().kinds == [.groupConfirming, .groupBlocked])
        #expect(world.group.detail.contains("`max_per_hour`"))
        world.order(.failover)
        world.prove("spare", .ok)
        #expect(world.group.state == .failingOver && world.group.incident?.byHand == true)
        world = readyAgain(FailoverPolicy(mostPerHour: 1))
        world.pass(.seconds(3_600))
        world.confirm()
        #expect(world.group.state == .failingOver)
    }

    @Test(arguments: [
        // Seconds of the pause, by how much the wall clock was set meanwhile, whether it is held.
        (60, 0, true), (700, 0, false),
        // A clock that was set back holds for the cooldown at most, one set forward not at all.
        (60, -86_400, true), (60, 86_400, false),
    ])
    func `a restart forgets no cooldown`(_ pause: Int, _ jump: Int, _ isHeld: Bool) {
        let policy = FailoverPolicy(cooldown: .seconds(600))
        let world = readyAgain(policy)
        let start = world.now + .seconds(pause)
        var next = World(
            [World.group(policy)], remembered: world.tracker.remembered,
            at: Instant(moment: start.moment, wall: start.wall + .seconds(jump)))
        next.confirm()
        #expect((next.group.state == .confirming) == isHeld)
        guard isHeld else { return }
        next.pass(.seconds(600))
        next.check("app", .keyNotRecognized)
        next.prove("spare", .ok)
        #expect(next.group.state == .failingOver)
    }

    @Test func `what is kept comes back, whatever stands in it`() {
        let now = World().now
        var moves = RememberedMoves()
        moves.endedAt = now.wall + .seconds(-30)
        moves.failovers = Array(repeating: now.wall, count: 500)
        moves.failed = .max
        moves.onBackupSince = now.wall + .seconds(9_999_999)
        moves.reminders = .max
        let track = MoveTrack(moves, at: now)
        #expect(track.endedAt?.moment == now.moment - .seconds(30))
        #expect(track.onBackupSince == now)
        #expect(track.remembered.failovers.count == 100)
        #expect(track.hold(.failback, FailoverPolicy(), at: now.moment) != nil)
        #expect(track.hold(.failback, FailoverPolicy(), at: now.moment + .seconds(21_600)) == nil)
    }
}
