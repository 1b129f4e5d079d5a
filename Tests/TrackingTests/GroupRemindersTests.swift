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
        soon.check("third", .ok)
        #expect(soon.handle(.reminderDue(group: "g")).kinds.isEmpty)
        var late = World(
            [World.group()], remembered: world.tracker.remembered, at: world.now + Self.day * 60)
        late.check("third", .ok)
        #expect(days(&late, for: 1) == [0])
        #expect(days(&late, for: 3) == [2])
    }

    @Test(arguments: [-4_000, 4_000])
    func `a wall clock that is set changes nothing while it runs`(_ days: Int) {
        var world = World.failedOver()
        world.setClock(by: Self.day * days)
        #expect(self.days(&world, for: 5) == [1, 2, 4])
    }

    /// Years ahead before the time is set, or years behind.
    @Test(arguments: [-4_000, 4_000])
    func `after a restart with a wrong clock they go by AWS's time`(_ days: Int) {
        var world = World.failedOver()
        world.pass(Self.day * 3)
        #expect(world.handle(.reminderDue(group: "g")).kinds == [.reminder])
        world.pass(Self.day / 2)
        var next = World(
            [World.group()], remembered: world.tracker.remembered,
            at: Instant(moment: world.now.moment, wall: world.now.wall + Self.day * days))
        // Nothing is told, and nothing is lost, before an answer says what time it is.
        #expect(self.days(&next, for: 0).isEmpty)
        #expect(next.kept.moves.onBackupSince == world.kept.moves.onBackupSince)
        #expect(next.kept.moves.reminders == 2)
        var effects: [Effect] = []
        for _ in 0..<2 {
            let answer = next.result("third", .ok, skew: Self.day * -days)
            effects += next.handle(.checked(answer))
        }
        // Three days and a half are behind it, so the next one, of the fourth day, is half a day ahead.
        #expect(effects.reminders.map { $0.map { $0 - next.now.moment } } == [Self.day / 2])
        next.pass(Self.day / 2)
        #expect(next.handle(.reminderDue(group: "g")).kinds == [.reminder])
    }

    @Test func `what a clock that was ahead has told too early is told in its time`() throws {
        let world = World.failedOver()
        var kept = world.tracker.remembered
        let index = try #require(kept.groups.indices.first)
        kept.groups[index].moves.reminders = 11
        var next = World([World.group()], remembered: kept, at: world.now + .seconds(600))
        for _ in 0..<2 { next.check("third", .ok) }
        #expect(days(&next, for: 5) == [0, 1, 3])
    }

    @Test func `the config may want none`() {
        var world = World.failedOver(FailoverPolicy(reminds: false))
        #expect(world.effects.reminders.isEmpty)
        world.tracker.reconfigure(World.configuration([World.group()]), at: world.now)
        #expect(world.check("third", .ok).reminders.count == 1)
    }
}
