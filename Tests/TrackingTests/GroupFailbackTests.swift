import Model
import Testing
import Tracking

@Suite struct GroupFailbackTests {
    private let auto = FailoverPolicy(failback: .auto, failbackSpan: .seconds(900))

    @Test func `moves back when the primary has been good for the span, by its own`() {
        var world = World.failedOver(auto)
        let early = world.checks(15, of: "app", .ok)
        #expect(early.kinds == [.primaryRecovered])
        #expect(early.runs.map(\.event) == [.recovered])
        let effects = world.checks(1, of: "app", .ok)
        #expect(effects.runs.map(\.event) == [.failback])
        #expect(effects.runs.first?.from == "spare" && effects.runs.first?.to == "app")
        #expect(world.group.state == .failingOver && world.group.incident?.byHand == false)
        // The intent is in what is kept before the hook starts.
        #expect(world.kept.incident?.attempts == 1)
        world.finishHook(.exited(code: 0))
        #expect(world.group.state == .ready && world.group.active == "app")
    }

    @Test func `by default it is an operator's to do`() {
        var world = World.failedOver()
        #expect(world.checks(99, of: "app", .ok).runs.map(\.event) == [.recovered])
    }

    @Test(arguments: [Cause.networkDNS, .keyNotRecognized])
    func `one answer that is not good begins the row anew`(_ cause: Cause) {
        var world = World.failedOver(auto)
        world.checks(15, of: "app", .ok)
        world.checks(1, of: "app", cause)
        #expect(world.checks(15, of: "app", .ok).runs.allSatisfy { $0.event == .recovered })
        #expect(world.checks(1, of: "app", .ok).runs.map(\.event) == [.failback])
    }

    @Test func `rise counts beside the span, and a long sleep is no proof`() {
        var world = World.failedOver(auto)
        world.checks(1, of: "app", .ok)
        world.pass(.seconds(3_600))
        #expect(world.check("app", .ok).runs.map(\.event) == [.failback])
        var group = World.group(auto)
        group.rise = 5
        world = World([group])
        world.confirm()
        world.finishHook(.exited(code: 0))
        #expect(world.checks(4, of: "app", .ok, every: .seconds(900)).runs.isEmpty)
        #expect(world.checks(1, of: "app", .ok).runs.map(\.event) == [.failback])
    }

    @Test func `a way back that fails leaves the backup in use and waits longer each time`() {
        var world = World.failedOver(auto)
        var waits: [Int] = []
        for _ in 0..<3 {
            var minutes = 0
            while world.group.state != .failingOver, minutes < 999 {
                world.checks(1, of: "app", .ok)
                minutes += 1
            }
            waits.append(minutes)
            for _ in 0..<5 {
                world.finishHook(.exited(code: 1))
                world.pass(.seconds(40))
                world.wake()
            }
            #expect(world.group.state == .failedOver && world.group.active == "spare")
            #expect(world.runs.last?.event == .failoverFailed)
        }
        #expect(waits == [16, 16, 30])
        #expect(world.kept.moves.failed == 3)
    }

    @Test func `a primary that is refused while the hook fails ends the attempt`() {
        var world = World.failedOver(auto)
        world.checks(16, of: "app", .ok)
        world.finishHook(.exited(code: 1))
        world.check("app", .keyInactive)
        world.pass(.seconds(3))
        let effects = world.wake()
        #expect(effects.kinds == [.failoverFailed])
        #expect(world.group.state == .failedOver && world.group.active == "spare")
    }

    @Test func `a restart goes on when the primary is proven`() {
        var world = World.failedOver(auto)
        world.checks(16, of: "app", .ok)
        let run = world.runs.last
        var next = World(
            [World.group(auto)], remembered: world.tracker.remembered, at: world.now)
        #expect(next.effects.runs.isEmpty && next.effects.proofs == ["app"])
        // Nothing is known yet, and it is asked again.
        next.prove("app", .networkDNS)
        next.pass(.seconds(20))
        #expect(next.wake().proofs == ["app"])
        #expect(next.prove("app", .ok).runs.last?.attempt == 2)
        #expect(next.runs.last?.incident == run?.incident)
    }

    @Test func `a switch without its end keeps what the files hold, and recovers from there`() {
        var world = World([World.group(auto)], incident: Counter().next)
        world.confirm()
        for _ in 0..<5 {
            world.finishHook(.incomplete("app.service does not come back"))
            world.pass(.seconds(40))
            world.check("app", .keyNotRecognized)
            world.wake()
        }
        #expect(world.group.state == .failoverFailed && world.group.active == "spare")
        #expect(world.runs.last?.event == .failoverFailed)
        var next = World(
            [World.group(auto)], remembered: world.tracker.remembered, at: world.now)
        #expect(next.group.state == .failoverFailed && next.group.active == "spare")
        let effects = next.checks(16, of: "app", .ok)
        #expect(effects.runs.map(\.event) == [.recovered, .failback])
        next.finishHook(.exited(code: 0))
        #expect(next.group.state == .ready && next.group.active == "app")
    }

    @Test func `a failover that has switched the files goes on though the primary is good again`() {
        var world = World([World.group()])
        world.confirm()
        world.finishHook(.incomplete("app.service does not come back"))
        world.checks(3, of: "app", .ok, every: .milliseconds(100))
        #expect(world.group.state == .failingOver)
        world.pass(.seconds(5))
        #expect(world.wake().runs.last?.attempt == 2)
    }
}
