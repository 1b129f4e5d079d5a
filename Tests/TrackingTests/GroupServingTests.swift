import Model
import Testing
import Tracking

@Suite struct GroupServingTests {
    private func served(_ world: World) -> String? {
        switch world.tracker.profileToServe(of: "g") {
        case .success(let name)?: name
        case .failure(.refused(_, let name))?: "refused: \(name)"
        case .failure?, nil: nil
        }
    }

    @Test func `the primary is served until it is refused, and a network takes nothing away`() {
        var world = World()
        #expect(served(world) == "app")
        world.check("app", .ok)
        #expect(served(world) == "app")
        for cause in Cause.allCases where cause.verdict == .unknown {
            world.pass(.seconds(20))
            world.check("app", cause)
            #expect(served(world) == "app", "\(cause)")
        }
    }

    @Test(arguments: Cause.allCases.filter { $0.verdict == .bad })
    func `nothing is served while a refusal waits to be confirmed`(_ cause: Cause) {
        var world = World()
        world.check("app", .ok)
        world.pass(.seconds(20))
        world.check("app", cause)
        #expect(world.group.state == .confirming)
        #expect(served(world) == "refused: app")
        // Nor does a failure of the network in between make it good again.
        world.pass(.seconds(20))
        world.check("app", .networkTimeout)
        #expect(served(world) == "refused: app")
        world.check("app", .ok)
        #expect(served(world) == "app")
    }

    @Test func `it is undecided from the first refusal to the end of the move`() {
        var world = World()
        #expect(!world.tracker.isUndecided("g") && !world.tracker.isUndecided("other"))
        world.check("app", .ok)
        world.check("app", .networkTimeout)
        #expect(!world.tracker.isUndecided("g"))
        world.pass(.seconds(20))
        world.check("app", .keyNotRecognized)
        #expect(world.tracker.isUndecided("g"))
        var moved = World.moved(nil)
        #expect(moved.tracker.isUndecided("g"))
        moved.finishHook(.exited(code: 0))
        #expect(!moved.tracker.isUndecided("g"))
    }

    @Test func `the backup is served from the decision on, whatever the hook does`() {
        var world = World.moved(nil)
        #expect(world.group.state == .failingOver)
        #expect(served(world) == "spare")
        world.finishHook(.exited(code: 1))
        #expect(served(world) == "spare")
        world.pass(.seconds(10))
        world.wake()
        world.finishHook(.exited(code: 0))
        #expect(world.group.state == .failedOver)
        #expect(served(world) == "spare")
        // The primary being good again moves nothing.
        world.check("app", .ok)
        #expect(served(world) == "spare")
        // And a backup that is refused by now is not handed out.
        world.check("spare", .keyNotRecognized)
        #expect(served(world) == "refused: spare")
    }

    @Test func `a move that failed keeps no good backup from clients`() {
        var world = World.moved(nil)
        for _ in 0..<10 where world.group.state == .failingOver {
            world.finishHook(.exited(code: 1))
            world.pass(.seconds(600))
            world.wake()
        }
        #expect(world.group.state == .failoverFailed)
        #expect(served(world) == "spare")
        world.check("app", .ok)
        #expect(served(world) == "app")
    }

    @Test func `a refusal of before a restart counts until a good answer`() {
        var world = World()
        world.check("app", .ok)
        world.pass(.seconds(20))
        world.check("app", .keyNotRecognized)
        var next = world.restarted()
        #expect(served(next) == "refused: app")
        next.check("app", .ok)
        #expect(served(next) == "app")
    }

    @Test func `of another group nothing is known`() {
        #expect(World().tracker.profileToServe(of: "other") == nil)
    }
}
