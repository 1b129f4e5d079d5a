import Model
import Support
import Testing
import Tracking

@Suite struct GroupIncidentsTests {
    @Test func `a hook that succeeds ends the incident`() {
        var world = World.moved(nil)
        let effects = world.finishHook(.exited(code: 0))
        #expect(effects.kinds == [.failedOver])
        #expect(effects.contains(.remember))
        #expect(world.group.state == .failedOver)
        #expect(world.group.active == "spare")
        #expect(world.group.hook?.result == .exited(code: 0))
        #expect(world.group.hook?.finishedAt == world.now.wall)
        #expect(world.group.incident?.attempts == 1)
    }

    @Test(arguments: [
        HookResult.exited(code: 1), .exited(code: 127), .killed(signal: 9), .timedOut,
        .notStarted("no such file"), .interrupted,
    ])
    func `a hook that fails is tried again after 2, 4, 8 and 16 seconds, then no more`(
        result: HookResult
    ) {
        var world = World.moved(nil)
        for (attempt, wait) in zip(1..., [2, 4, 8, 16]) {
            let effects = world.finishHook(result)
            #expect(effects.wakes == [world.now.moment + .seconds(wait)])
            #expect(effects.contains(.remember))
            #expect(world.group.state == .failingOver)
            // Too early, and in time.
            world.pass(.seconds(wait) - .milliseconds(1))
            #expect(world.wake().runs.isEmpty)
            world.pass(.milliseconds(1))
            let runs = world.wake().runs
            #expect(runs.map(\.attempt) == [attempt + 1])
            #expect(runs.map(\.incident) == ["incident-1"])
        }
        let effects = world.finishHook(result)
        #expect(effects.kinds == [.failoverFailed])
        #expect(effects.runs.map(\.event) == [.failoverFailed])
        #expect(world.group.state == .failoverFailed)
        #expect(world.group.active == "app")
        // One notice, whatever becomes of it, and nothing after it.
        #expect(world.finishHook(.exited(code: 1)).isEmpty)
        world.pass(.seconds(3_600))
        #expect(world.wake().isEmpty)
        world.confirm()
        #expect(world.runs.filter { $0.event == .failover }.count == 5)
        #expect(world.runs.count == 6)
    }

    @Test func `a retry that succeeds is as good as the first attempt`() {
        var world = World.moved(.timedOut)
        world.pass(.seconds(2))
        world.wake()
        #expect(world.finishHook(.exited(code: 0)).kinds == [.failedOver])
        #expect(world.group.incident?.attempts == 2)
        #expect(world.group.active == "spare")
    }

    @Test func `an end that belongs to another run is ignored`() throws {
        var world = World.moved(nil)
        let run = try #require(world.runs.last)
        var (stale, other, notice) = (run, run, run)
        stale.attempt = 0
        other.incident = "another"
        notice.event = .recovered
        for wrong in [stale, other, notice] {
            #expect(world.finishHook(.exited(code: 0), wrong).isEmpty)
        }
        #expect(world.group.state == .failingOver)
        world.finishHook(.exited(code: 0))
        #expect(world.finishHook(.exited(code: 1), run).isEmpty)
        #expect(world.group.state == .failedOver)
    }

    @Test func `a wake-up while the hook runs starts no second one`() {
        var world = World.moved(nil)
        world.pass(.seconds(60))
        #expect(world.wake().runs.isEmpty)
    }

    @Test func `a backup that is refused meanwhile ends the attempts`() {
        var world = World.moved(.exited(code: 1))
        world.check("spare", .keyNotRecognized)
        world.pass(.seconds(2))
        let effects = world.wake()
        #expect(effects.kinds == [.failoverFailed])
        #expect(effects.runs.map(\.event) == [.failoverFailed])
        #expect(effects.runs.first?.message.contains("spare is refused too") == true)
    }

    @Test func `a primary that is good again ends them, too`() {
        var world = World.moved(.exited(code: 1))
        world.check("app", .ok)
        #expect(world.group.state == .failingOver)
        let effects = world.check("app", .ok)
        #expect(effects.kinds == [.groupReady])
        #expect(effects.runs.map(\.event) == [.recovered])
        #expect(effects.wakes == [nil])
        #expect(world.group.state == .ready)
        #expect(world.group.incident == nil)
        world.pass(.seconds(2))
        #expect(world.wake().isEmpty)
    }

    @Test func `also when it became good while the hook ran`() {
        var world = World.moved(nil)
        world.check("app", .ok)
        world.check("app", .ok)
        #expect(world.group.state == .failingOver)
        world.finishHook(.exited(code: 1))
        world.pass(.seconds(2))
        let effects = world.wake()
        #expect(effects.kinds == [.groupReady])
        #expect(effects.runs.map(\.event) == [.recovered])
    }

    @Test func `recovery is told once, after enough good answers`() {
        var world = World.moved()
        #expect(world.check("app", .ok).runs.isEmpty)
        let effects = world.check("app", .ok)
        #expect(effects.kinds == [.primaryRecovered])
        #expect(effects.contains(.remember))
        #expect(effects.runs.map(\.event) == [.recovered])
        #expect(effects.runs.map(\.incident) == ["incident-1"])
        #expect(effects.runs.first?.message.contains("failback g") == true)
        #expect(world.check("app", .ok).isEmpty)
        #expect(world.check("app", .tls).runs.isEmpty)
        world.check("app", .ok)
        #expect(world.check("app", .ok).runs.isEmpty)
        #expect(world.group.state == .failedOver)
        #expect(world.group.active == "spare")
        // After it was bad once more, it is news again.
        world.check("app", .keyNotRecognized)
        world.check("app", .ok)
        #expect(world.check("app", .ok).runs.map(\.event) == [.recovered])
    }

    @Test func `good answers of two credentials are not in a row`() {
        var world = World.moved()
        world.check("app", .ok, fingerprint: 1)
        #expect(world.check("app", .ok, fingerprint: 2).runs.isEmpty)
        #expect(world.check("app", .ok, fingerprint: 2).runs.map(\.event) == [.recovered])
    }

    @Test func `recovery is looked at fast`() {
        var world = World.moved()
        world.check("app", .keyNotRecognized)
        #expect(world.check("app", .ok).paces(of: "app") == [.seconds(20)])
        #expect(world.check("app", .ok).paces(of: "app") == [.seconds(300)])
    }

    @Test func `a failed failover heals with the primary`() {
        var world = World.moved(nil)
        for _ in 0..<5 {
            world.finishHook(.timedOut)
            world.pass(.seconds(20))
            world.wake()
        }
        #expect(world.group.state == .failoverFailed)
        world.check("app", .ok)
        #expect(world.group.state == .failoverFailed)
        #expect(world.check("app", .ok).kinds == [.groupReady])
        #expect(world.group.state == .ready)
    }

    @Test func `a group without a hook moves in name`() {
        let world = World.moved(nil, hook: false)
        #expect(world.runs.isEmpty)
        #expect(world.effects.kinds == [.groupConfirming, .failoverStarted, .failedOver])
        #expect(world.group.state == .failedOver)
        #expect(world.group.active == "spare")
        #expect(world.group.hook == nil)
    }

    @Test func `a group without a hook has no notices either`() {
        var world = World.moved(nil, hook: false)
        world.check("app", .ok)
        let effects = world.check("app", .ok)
        #expect(effects.kinds == [.primaryRecovered])
        #expect(effects.runs.isEmpty)
    }

    @Test func `a group that only switches files never speaks of a hook`() {
        var group = World.group
        group.hook = nil
        group.switchTargets = [SwitchTarget(.environmentFile("/etc/default/app"))]
        var world = World([group])
        world.confirm()
        #expect(world.group.means == .files)
        #expect(world.group.detail == "the files are being switched, attempt 1 of 5")
        for attempt in 1...5 {
            world.finishHook(.switchFailed("the disk is full"))
            guard attempt < 5 else { break }
            #expect(world.group.detail.hasPrefix("nothing could be switched in \(attempt) attempt"))
            #expect(world.group.detail.hasSuffix(": the disk is full; it is tried again"))
            world.pass(.seconds(20))
            world.wake()
        }
        #expect(
            world.effects.messages.last
                == "g could not be moved from app to spare:"
                + " nothing could be switched in 5 attempts: the disk is full.")
        #expect(!(world.effects.messages + [world.group.detail]).contains { $0.contains("hook") })
    }

    @Test func `files that were switched before a unit failed are said to be`() {
        var group = World.group
        group.switchTargets = [SwitchTarget(.environmentFile("/etc/default/app"))]
        var world = World([group])
        world.confirm()
        #expect(world.group.detail.hasPrefix("the files are being switched, then the hook runs"))
        for _ in 1...5 {
            world.finishHook(.incomplete("app.service does not come back"))
            world.pass(.seconds(20))
            world.wake()
        }
        #expect(
            world.effects.messages.last
                == "g could not be moved from app to spare: the files are switched, but after"
                + " 5 attempts app.service does not come back. The files hold spare's credential.")
        #expect(world.group.detail.contains("not everything that uses it could be moved"))
    }

    @Test func `the primary of two groups moves both, each by its own hook`() {
        var second = World.group
        second.name = "h"
        second.backups = ["third"]
        second.fall = 5
        var world = World([World.group, second])
        for _ in 0..<7 {
            world.check("app", .keyNotRecognized)
            world.prove("spare", .ok)
            world.prove("third", .ok, group: "h")
            world.pass(.seconds(20))
        }
        #expect(world.runs.map(\.group) == ["g", "h"])
        #expect(world.runs.map(\.to) == ["spare", "third"])
        for run in world.runs { world.finishHook(.exited(code: 0), run) }
        #expect(world.group("g").active == "spare")
        #expect(world.group("h").active == "third")
    }

    @Test func `a backup that fails moves nothing`() {
        var world = World()
        for _ in 0..<20 {
            world.check("spare", .keyNotRecognized)
            world.pass(.seconds(20))
        }
        // A notice at the most.
        #expect(world.runs.map(\.event) == [.backupFailing])
        #expect(world.group.state == .ready)
    }
}
