import Model
import Support
import Testing
import Tracking

@Suite struct GroupSuccessionTests {
    /// Lets the backup in use die: bad answers over two minutes, and others answer each time.
    private func dying(_ world: inout World, primary: Cause, third: Cause) -> [Effect] {
        var all: [Effect] = []
        for _ in 0..<6 where world.group.state != .failingOver {
            world.pass(.seconds(20))
            all += world.check("spare", .keyInactive)
            all += world.prove("app", primary)
            all += world.prove("third", third)
        }
        return all
    }

    @Test(arguments: [FailbackMode.manual, .auto])
    func `a backup that dies in use gives way to a primary that is proven`(_ mode: FailbackMode) {
        var world = World.failedOver(FailoverPolicy(failback: mode))
        let effects = dying(&world, primary: .ok, third: .ok)
        #expect(effects.proofs.prefix(2) == ["app", "third"])
        let run = effects.runs.last
        #expect(run?.event == .failback)
        #expect((run?.from, run?.to) == ("spare", "app"))
        #expect(run?.cause == .keyInactive)
        world.finishHook(.exited(code: 0))
        #expect(world.group.state == .ready && world.group.active == "app")
    }

    @Test func `and to the next backup when the primary is dead`() {
        var world = World.failedOver()
        let effects = dying(&world, primary: .keyNotRecognized, third: .ok)
        let run = effects.runs.last
        #expect(run?.event == .failover)
        #expect((run?.from, run?.to) == ("spare", "third"))
        world.finishHook(.exited(code: 0))
        #expect(world.group.state == .failedOver && world.group.active == "third")
        // The first one does not follow by its age alone.
        #expect(world.checks(9, of: "spare", .keyInactive).runs.isEmpty)
    }

    @Test func `the same rules hold as for a primary`() {
        var world = World.failedOver()
        let moves = world.runs.count(where: \.isMove)
        for cause in [Cause.networkDNS, .throttled, .tls] {
            world.checks(9, of: "spare", cause)
            world.prove("app", .ok)
        }
        // Too few, and too close together.
        for _ in 0..<4 {
            world.pass(.seconds(1))
            world.check("spare", .keyInactive)
            world.prove("app", .ok)
        }
        #expect(world.runs.count(where: \.isMove) == moves)
        #expect(world.group.state == .failedOver)
    }

    @Test func `when nobody is good that is said once`() {
        var world = World.failedOver()
        let effects = dying(&world, primary: .keyNotRecognized, third: .wrongSecret)
        #expect(effects.kinds.filter { $0 == .groupBlocked }.count == 1)
        #expect(world.group.detail.contains("nothing follows it"))
        world.checks(1, of: "spare", .ok)
        #expect(world.group.detail == "")
    }

    @Test func `a flapping primary is passed over`() {
        var world = World.failedOver(FailoverPolicy(flap: FlapRule(failures: 2, of: 20)))
        world.checks(1, of: "app", .ok)
        world.checks(1, of: "app", .keyNotRecognized)
        let effects = dying(&world, primary: .ok, third: .ok)
        #expect(effects.runs.last?.to == "third")
    }

    @Test func `a backup of another account and region is proven where the primary was refused`() {
        var world = World([World.group(backups: ["spare"])])
        for _ in 0..<6 where world.group.state != .failingOver {
            world.pass(.seconds(20))
            let effects = world.handle(
                .checked(world.result("app", .keyNotRecognized, endpoint: Sample.mainEndpoint)))
            #expect(
                effects.contains(.prove(group: "g", profile: "spare", at: Sample.mainEndpoint)))
            world.handle(
                .proved(
                    group: "g",
                    world.result(
                        "spare", .ok, key: Sample.temporaryKeyID, endpoint: Sample.mainEndpoint,
                        identity: CallerIdentity(
                            account: "999999999999",
                            arn: "arn:aws:sts::999999999999:assumed-role/spare/s", userID: "AROA:s")
                    )))
        }
        #expect(world.runs.last?.to == "spare")
    }

    @Test func `a restart in the middle goes on to the same backup`() {
        var world = World.failedOver()
        _ = dying(&world, primary: .keyNotRecognized, third: .ok)
        let run = world.runs.last
        var next = World(
            [World.group()], remembered: world.tracker.remembered, at: world.now + .seconds(5))
        #expect(next.effects.checks == ["spare"] || next.effects.checks.contains("spare"))
        #expect(next.effects.runs.isEmpty)
        next.pass(.seconds(1))
        next.check("spare", .keyInactive)
        next.prove("third", .ok)
        #expect(next.runs.last?.incident == run?.incident)
        #expect((next.runs.last?.attempt, next.runs.last?.to) == (2, "third"))
    }
}
