import Model
import Testing
import Tracking

@Suite struct GroupRemindersTests {
    private static let day = Duration.seconds(86_400)

    /// Follows the wishes for a reminder for so many days; returns the days on which one came.
    private func days(_ world: inout World, for days: Int) -> [Int] {
        let start = world.now
        var due = world.effects.reminders.last ?? nil
        var told: [Int] = []
        while let next = due, next - start.moment <= Self.day * days {
            world.pass(max(.zero, next - world.now.moment))
            let effects = world.handle(.reminderDue(group: "g"))
            if effects.kinds == [.reminder] {
                told.append(Int((world.now.moment - start.moment).nanoseconds / 86_400_000_000_000))
                #expect(effects.runs.map(\.event) == [.reminder])
            }
            due = effects.reminders.last ?? nil
        }
        return told
    }

    @Test func `they come 1, 2, 4 and 8 days after the failover`() {
        var world = World.failedOver()
        #expect(days(&world, for: 20) == [1, 2, 4, 8, 16])
        world.order(.failback, force: true)
        #expect(world.finishHook(.exited(code: 0)).reminders == [nil])
        #expect(world.handle(.reminderDue(group: "g")).kinds.isEmpty)
    }

    @Test func `a restart goes on where it was, and tells only one of many that were missed`() {
        var world = World.failedOver()
        #expect(days(&world, for: 2) == [1, 2])
        var soon = World(
            [World.group()], remembered: world.tracker.remembered, at: world.now + Self.day)
        #expect(soon.handle(.reminderDue(group: "g")).kinds.isEmpty)
        var late = World(
            [World.group()], remembered: world.tracker.remembered, at: world.now + Self.day * 60)
        #expect(days(&late, for: 1) == [0])
        #expect(days(&late, for: 3) == [2])
    }

    @Test(arguments: [-4_000, 4_000])
    func `a wall clock that is set changes nothing while it runs`(_ days: Int) {
        var world = World.failedOver()
        world.setClock(by: Self.day * days)
        #expect(self.days(&world, for: 5) == [1, 2, 4])
    }

    @Test func `after a restart with a wrong clock there is one at most`() {
        let world = World.failedOver()
        for days in [-4_000, 4_000] {
            var next = World(
                [World.group()], remembered: world.tracker.remembered,
                at: Instant(moment: world.now.moment, wall: world.now.wall + Self.day * days))
            #expect(self.days(&next, for: 0).count == (days > 0 ? 1 : 0))
        }
    }

    @Test func `what a wrong clock has told too early is told in its time after the next restart`()
    {
        let world = World.failedOver()
        var ahead = World(
            [World.group()], remembered: world.tracker.remembered,
            at: Instant(moment: world.now.moment, wall: world.now.wall + Self.day * 1_825))
        #expect(days(&ahead, for: 0) == [0])
        var right = World(
            [World.group()], remembered: ahead.tracker.remembered,
            at: Instant(moment: world.now.moment, wall: world.now.wall + .seconds(600)))
        #expect(days(&right, for: 5) == [0, 1, 3])
    }

    @Test func `the config may want none`() {
        var world = World.failedOver(FailoverPolicy(reminds: false))
        #expect(world.effects.reminders.isEmpty)
        world.tracker.reconfigure(World.configuration([World.group()]), at: world.now)
        #expect(world.check("third", .ok).reminders.count == 1)
    }
}
