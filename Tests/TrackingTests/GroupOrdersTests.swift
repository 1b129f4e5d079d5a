import Model
import Support
import Testing
import Tracking

@Suite struct GroupOrdersTests {
    @Test func `a failback asks for a proof and moves back`() {
        var world = World.moved()
        let asked = world.order(.failback)
        #expect(
            asked == [
                .wake(group: "g", at: world.now.moment + .seconds(60)),
                .prove(group: "g", profile: "app", at: nil),
            ])
        let effects = world.prove("app", .ok)
        #expect(effects.runs.map(\.event) == [.failback])
        #expect(effects.runs.map(\.from) == ["spare"])
        #expect(effects.runs.map(\.to) == ["app"])
        let done = world.finishHook(.exited(code: 0))
        #expect(done.kinds == [.failedBack])
        #expect(done.replies == ["1 true: g now uses app in place of spare."])
        #expect(world.group.state == .ready)
        #expect(world.group.active == "app")
        #expect(world.group.incident == nil)
    }

    @Test(arguments: [Cause.keyNotRecognized, .networkDNS])
    func `a failback to what is not good is refused`(cause: Cause) {
        var world = World.moved()
        world.order(.failback)
        let effects = world.prove("app", cause)
        #expect(effects.runs.isEmpty)
        #expect(effects.replies.count == 1)
        #expect(effects.replies.first?.hasPrefix("1 false: g was not moved: app is") == true)
        #expect(effects.replies.first?.contains("--force") == true)
        #expect(world.group.state == .failedOver)
        // The refusal leaves the way free for the next order.
        #expect(world.order(.failback, id: 2).proofs == ["app"])
    }

    @Test func `force needs no proof`() {
        var world = World.moved()
        #expect(world.order(.failback, force: true).runs.map(\.event) == [.failback])
        #expect(world.finishHook(.exited(code: 0)).replies.count == 1)
        #expect(world.group.active == "app")
        var other = World()
        let runs = other.order(.failover, force: true).runs
        #expect(runs.map(\.to) == ["spare"])
        #expect(runs.map(\.cause) == [.ok])
    }

    @Test func `an order without a proof in time is refused`() {
        var world = World.moved()
        world.order(.failback)
        world.pass(.seconds(59))
        #expect(world.wake().replies.isEmpty)
        world.pass(.seconds(1))
        #expect(world.wake().replies == ["1 false: g was not moved: no proof came in time"])
        #expect(world.prove("app", .ok).runs.isEmpty)
    }

    @Test func `an order that is carried out is answered at its end, however late`() {
        var world = World.moved()
        world.order(.failback)
        world.prove("app", .ok)
        for _ in 0..<4 {
            world.pass(.seconds(30))
            #expect(world.finishHook(.timedOut).replies.isEmpty)
            world.pass(.seconds(16))
            #expect(world.wake().replies.isEmpty)
        }
        let effects = world.finishHook(.timedOut)
        #expect(effects.replies.count == 1)
        #expect(effects.replies.first?.hasPrefix("1 false: g could not be moved") == true)
        #expect(effects.runs.map(\.event) == [.failoverFailed])
        // A failback that fails leaves things as they were.
        #expect(world.group.state == .failedOver)
        #expect(world.group.active == "spare")
    }

    @Test func `a failover by hand takes the first backup that is good`() {
        let group = GroupConfiguration(
            name: "g", primary: "app", backups: ["spare", "third"], hook: World.hook)
        var world = World([group])
        #expect(world.order(.failover).proofs == ["spare", "third"])
        #expect(world.prove("third", .ok).runs.isEmpty)
        #expect(world.prove("spare", .tls).runs.map(\.to) == ["third"])
        #expect(world.group.incident?.byHand == true)
        #expect(
            world.finishHook(.exited(code: 0)).replies == [
                "1 true: g now uses third in place of app."
            ])
        var other = World([group])
        other.order(.failover)
        other.prove("spare", .tls)
        let refusal = other.prove("third", .keyNotRecognized).replies
        #expect(refusal.first?.contains("spare is not proven") == true)
        #expect(refusal.first?.contains("third is refused") == true)
    }

    @Test func `what makes no sense is refused at once`() {
        var world = World()
        #expect(world.order(.failback).replies == ["1 false: g already uses its primary app"])
        #expect(
            world.order(.failover, group: "x").replies == [
                "1 false: there is no failover group x; configured: g"
            ])
        world.order(.failover, force: true)
        #expect(world.order(.failover, id: 2).replies == ["2 false: g is being moved already"])
        #expect(world.order(.failback, id: 3).replies == ["3 false: g is being moved already"])
        world.finishHook(.exited(code: 0))
        #expect(world.order(.failover, id: 4).replies == ["4 false: g already uses spare"])
        var empty = World([])
        #expect(
            empty.order(.failover).replies == [
                "1 false: there is no failover group g; configured: none"
            ])
    }

    @Test func `one order at a time`() {
        var world = World.moved()
        world.order(.failback)
        #expect(world.order(.failback, force: true, id: 2).replies.count == 1)
        #expect(world.runs.filter { $0.event == .failback }.isEmpty)
    }

    @Test func `an order while the group confirms moves it by hand`() {
        var world = World()
        world.check("app", .keyNotRecognized)
        world.order(.failover)
        let runs = world.prove("spare", .ok).runs
        #expect(runs.map(\.cause) == [.keyNotRecognized])
        #expect(world.group.incident?.byHand == true)
    }

    @Test func `an order is answered also when the group moves by itself meanwhile`() {
        let group = GroupConfiguration(
            name: "g", primary: "app", backups: ["spare"], fall: 1, minimumSpan: .zero,
            hook: World.hook)
        var world = World([group])
        world.prove("spare", .ok)
        world.order(.failover)
        world.prove("spare", .ok)
        #expect(world.finishHook(.exited(code: 0)).replies.count == 1)
        #expect(world.group.state == .failedOver)
    }

    @Test func `good answers of the primary do not undo what a person ordered`() {
        var world = World()
        world.order(.failover, force: true)
        world.finishHook(.exited(code: 1))
        world.check("app", .ok)
        world.check("app", .ok)
        world.check("app", .ok)
        #expect(world.group.state == .failingOver)
        world.pass(.seconds(2))
        #expect(world.wake().runs.map(\.attempt) == [2])
    }

    @Test func `a failover that failed can be ordered again`() {
        var world = World.moved(nil)
        for _ in 0..<5 {
            world.finishHook(.timedOut)
            world.pass(.seconds(20))
            world.wake()
        }
        #expect(world.order(.failback).replies == ["1 false: g already uses its primary app"])
        world.order(.failover, id: 2)
        #expect(world.prove("spare", .ok).runs.map(\.event) == [.failover])
        #expect(world.finishHook(.exited(code: 0)).replies.count == 1)
        #expect(world.group.state == .failedOver)
    }
}
