import Model
import Testing
import Tracking

@Suite struct GroupDrillTests {
    /// A world in which a drill is on its way to the backup.
    private func drilling(_ policy: FailoverPolicy = FailoverPolicy()) -> World {
        var world = World([World.group(policy)], incident: Counter().next)
        world.check("app", .ok)
        world.order(.drill)
        world.prove("app", .ok)
        world.prove("spare", .ok)
        return world
    }

    private func restarted(_ world: World) -> World {
        World(
            [World.group()], remembered: world.tracker.remembered, at: world.now + .seconds(5),
            incident: { "incident-9" })
    }

    @Test func `there and back, with an answer at the end`() {
        var world = drilling()
        #expect(world.effects.proofs == ["app", "spare", "third"])
        #expect(world.runs.map(\.event) == [.failover])
        #expect(world.runs.map(\.isDrill) == [true])
        let there = world.finishHook(.exited(code: 0))
        #expect(there.kinds == [.failedOver] && there.replies.isEmpty)
        #expect(there.proofs == ["app"])
        #expect(world.group.drill?.finishedAt == nil && world.group.active == "spare")
        world.pass(.seconds(1))
        #expect(world.prove("app", .ok).runs.map(\.event) == [.failback])
        #expect(world.runs.map(\.isDrill) == [true, true])
        let back = world.finishHook(.exited(code: 0))
        #expect(back.kinds == [.failedBack, .drillFinished])
        #expect(
            back.replies == ["1 true: g: the drill succeeded: it moved to spare, and back to app."])
        #expect(world.group.state == .ready && world.group.active == "app")
        #expect(world.group.drill?.outcome == .succeeded)
        #expect(world.group.drill?.finishedAt == world.now.wall)
        #expect(restarted(world).group.drill == world.group.drill)
    }

    @Test func `it is refused unless the primary and a backup are proven, and the group is ready`()
    {
        var world = World([World.group()])
        world.order(.drill)
        world.prove("spare", .ok)
        #expect(
            world.prove("app", .wrongSecret).replies.first?.contains("needs a good primary") == true
        )
        world.order(.drill)
        world.prove("app", .ok)
        world.prove("spare", .wrongSecret)
        let reply = world.prove("third", .networkDNS).replies.first
        #expect(
            reply?.contains("spare is refused too") == true && reply?.contains("--force") == false)
        world.order(.drill)
        world.pass(.seconds(60))
        #expect(world.wake().replies.first?.contains("no proof came in time") == true)
        #expect(world.runs.isEmpty && world.group.drill == nil)
        world.check("app", .wrongSecret)
        #expect(world.order(.drill).replies.first?.contains("not ready but confirming") == true)
        world = World.failedOver()
        #expect(world.order(.drill).replies.first?.contains("already uses") == true)
    }

    @Test(arguments: [true, false])
    func `a primary that fails meanwhile makes an ordinary failover of it`(_ byProof: Bool) {
        var world = drilling()
        world.finishHook(.exited(code: 0))
        world.pass(.seconds(1))
        let effects = byProof ? world.prove("app", .keyInactive) : world.check("app", .keyInactive)
        #expect(effects.kinds == [.drillFinished])
        #expect(effects.replies.first?.contains("1 false") == true)
        #expect(effects.runs.isEmpty)
        #expect(world.group.drill?.outcome == .stayed)
        #expect(world.group.state == .failedOver && world.group.active == "spare")
        #expect(world.group.incident?.isDrill == false)
        world.check("app", .ok)
        #expect(world.check("app", .ok).kinds == [.primaryRecovered])
    }

    @Test func `an answer that says nothing is asked again, for a minute`() {
        var world = drilling()
        world.finishHook(.exited(code: 0))
        world.prove("app", .networkDNS)
        for _ in 0..<5 {
            world.pass(.seconds(10))
            #expect(world.wake().proofs == ["app"])
        }
        world.pass(.seconds(10))
        let effects = world.wake()
        #expect(effects.kinds == [.drillFinished])
        #expect(world.group.drill?.outcome == .stayed)
    }

    @Test func `a way there that fails moves nothing, one that is half done goes back`() {
        var world = drilling()
        for _ in 0..<5 {
            world.finishHook(.exited(code: 1))
            world.pass(.seconds(40))
            world.wake()
        }
        #expect(world.group.drill?.outcome == .failed && world.group.active == "app")
        #expect(world.effects.replies.last?.contains("1 false") == true)

        world = drilling()
        for _ in 0..<5 {
            world.finishHook(.incomplete("app.service does not come back"))
            world.pass(.seconds(40))
            world.wake()
        }
        #expect(world.group.active == "spare")
        world.prove("app", .ok)
        #expect(world.runs.last?.event == .failback)
        world.finishHook(.exited(code: 0))
        #expect(world.group.state == .ready && world.group.drill?.outcome == .failed)
    }

    @Test func `a way back that fails leaves the backup in use`() {
        var world = drilling()
        world.finishHook(.exited(code: 0))
        world.prove("app", .ok)
        for _ in 0..<5 {
            world.finishHook(.exited(code: 1))
            world.pass(.seconds(40))
            world.wake()
        }
        #expect(world.group.drill?.outcome == .failed)
        #expect(world.group.state == .failedOver && world.group.active == "spare")
    }

    @Test func `a crash on the way there resumes to the way back`() {
        var next = restarted(drilling())
        #expect(next.effects.runs.isEmpty)
        next.pass(.seconds(1))
        next.prove("spare", .ok)
        #expect(next.runs.isEmpty)
        #expect(next.prove("app", .ok).runs.map(\.event) == [.failback])
        next.finishHook(.exited(code: 0))
        #expect(next.group.state == .ready && next.group.drill?.outcome == .failed)
    }

    @Test func `a crash on the way there, and a primary that is dead, completes the failover`() {
        var next = restarted(drilling())
        next.pass(.seconds(1))
        next.prove("app", .keyInactive)
        let effects = next.prove("spare", .ok)
        #expect(effects.runs.map(\.attempt) == [2])
        next.finishHook(.exited(code: 0))
        next.prove("app", .keyInactive)
        #expect(next.group.state == .failedOver && next.group.active == "spare")
        #expect(next.group.drill?.outcome == .stayed)
    }

    @Test(arguments: [true, false])
    func `a crash after the way there goes back`(_ hasBegun: Bool) {
        var world = drilling()
        world.finishHook(.exited(code: 0))
        if hasBegun { world.prove("app", .ok) }
        var next = restarted(world)
        #expect(next.effects.proofs == ["app"] && next.effects.runs.isEmpty)
        let run = next.prove("app", .ok).runs.last
        #expect(run?.event == .failback)
        #expect(run?.attempt == (hasBegun ? 2 : 1))
        next.finishHook(.exited(code: 0))
        #expect(next.group.state == .ready && next.group.drill?.outcome == .succeeded)
    }
}
