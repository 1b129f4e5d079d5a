import Model
import Support
import Testing
import Tracking

@Suite struct GroupConfirmationTests {
    @Test func `a confirmed failure runs the hook once`() throws {
        var world = World()
        let effects = world.confirm()
        #expect(effects.kinds == [.groupConfirming, .failoverStarted])
        let run = try #require(effects.runs.first)
        #expect(effects.runs.count == 1)
        #expect(run.event == .failover)
        #expect(run.group == "g" && run.from == "app" && run.to == "spare")
        #expect(run.cause == .keyNotRecognized)
        #expect(run.incident == "incident-1" && run.attempt == 1)
        #expect(world.group.state == .failingOver)
        #expect(world.group.active == "app")
        // More of the same changes nothing.
        world.pass(.seconds(20))
        #expect(world.check("app", .keyNotRecognized).runs.isEmpty)
        #expect(world.prove("spare", .ok).runs.isEmpty)
    }

    @Test(arguments: Cause.allCases.filter { $0.verdict != .bad })
    func `nothing but bad ever moves a group`(cause: Cause) {
        var world = World()
        for _ in 0..<50 {
            world.check("app", cause)
            world.prove("spare", .ok)
            world.pass(.seconds(20))
        }
        #expect(world.runs.isEmpty)
        #expect(world.group.state == .ready)
    }

    @Test(arguments: Cause.allCases.filter { $0.verdict == .bad })
    func `every bad cause does`(cause: Cause) {
        var world = World()
        #expect(world.confirm(cause).runs.map(\.cause) == [cause])
    }

    @Test func `too few bad answers do not count, however far apart`() {
        var world = World()
        for _ in 0..<2 {
            world.check("app", .wrongSecret)
            world.prove("spare", .ok)
            world.pass(.seconds(100))
        }
        #expect(world.runs.isEmpty)
        #expect(world.group.detail == "waiting: 2 of 3 bad answers")
    }

    @Test func `nor do many within less than the span`() {
        var world = World()
        for _ in 0..<45 {
            world.check("app", .wrongSecret)
            world.prove("spare", .ok)
            world.pass(.seconds(2))
        }
        #expect(world.runs.isEmpty)
        #expect(world.group.detail == "waiting: bad answers span 1m 28s of 90s")
        #expect(world.check("app", .wrongSecret).runs.count == 1)
    }

    @Test func `a good answer in between begins anew`() {
        var world = World()
        for _ in 0..<30 {
            world.check("app", .keyNotRecognized)
            world.prove("spare", .ok)
            world.pass(.seconds(40))
            world.check("app", .keyNotRecognized)
            world.prove("spare", .ok)
            world.pass(.seconds(40))
            #expect(world.check("app", .ok).kinds == [.groupReady])
            world.pass(.seconds(40))
        }
        #expect(world.runs.isEmpty)
        #expect(world.group.state == .ready)
    }

    @Test func `an unknown answer in between neither counts nor clears`() {
        var world = World()
        world.check("app", .keyNotRecognized)
        for cause in [Cause.tls, .throttled, .clockSkew] {
            world.pass(.seconds(30))
            world.check("app", cause)
            world.prove("spare", .ok)
        }
        #expect(world.runs.isEmpty)
        #expect(world.group.detail == "waiting: 1 of 3 bad answers")
        world.pass(.seconds(5))
        world.check("app", .keyNotRecognized)
        world.pass(.seconds(5))
        #expect(world.check("app", .keyNotRecognized).runs.count == 1)
    }

    // MARK: - The proof

    /// Three bad answers over 100 s without any proof.
    private func unproven(_ groups: [GroupConfiguration] = [World.group]) -> World {
        var world = World(groups)
        world.check("app", .keyNotRecognized)
        world.pass(.seconds(50))
        world.check("app", .keyNotRecognized)
        world.pass(.seconds(50))
        world.check("app", .keyNotRecognized)
        return world
    }

    @Test func `each bad answer asks the backups at the primary's endpoint`() {
        var world = World()
        let effects = world.check("app", .keyNotRecognized)
        #expect(effects.contains(.prove(group: "g", profile: "spare", at: Sample.endpoint)))
        #expect(world.check("app", .keyNotRecognized).proofs == ["spare"])
        #expect(world.check("app", .tls).proofs.isEmpty)
    }

    @Test func `without a proof nothing moves; with one it does`() {
        var world = unproven()
        #expect(world.runs.isEmpty)
        #expect(world.group.detail == "waiting: spare has not answered yet")
        world.pass(.seconds(2))
        #expect(world.prove("spare", .ok).runs.count == 1)
    }

    @Test(arguments: Cause.allCases.filter { $0.verdict != .good })
    func `a backup that is not good is no proof`(cause: Cause) {
        var world = unproven()
        let effects = world.prove("spare", cause)
        #expect(effects.runs.isEmpty)
        #expect(effects.kinds == [.groupBlocked])
        #expect(world.group.state == .confirming)
        #expect(world.group.detail.hasPrefix("no failover: spare is"))
        // The same reason is told once.
        #expect(world.prove("spare", cause).kinds.isEmpty)
        // It is no dead end.
        #expect(world.prove("spare", .ok).runs.count == 1)
    }

    /// What a canary that does not count says about a backup.
    private func accepted(_ world: World, _ profile: String, _ cause: Cause) -> CheckResult {
        var result = world.result(profile, cause)
        result = result.diagnosed(
            Diagnosis(cause: cause, verdict: .good, summary: "Accepted.", remedy: ""))
        return result
    }

    @Test func `a backup that AWS has quarantined is no proof, even if its canary does not count`()
    {
        var world = unproven()
        let effects = world.handle(.proved(group: "g", accepted(world, "spare", .quarantined)))
        #expect(effects.runs.isEmpty && effects.kinds == [.groupBlocked])
        #expect(
            world.group.detail
                == "no failover: spare is accepted, but AWS has quarantined its user because a key leaked"
        )
        #expect(world.prove("spare", .ok).runs.count == 1)
    }

    @Test func `the next backup is taken in place of a quarantined one`() {
        var world = unproven([
            GroupConfiguration(
                name: "g", primary: "app", backups: ["spare", "third"], hook: World.hook)
        ])
        world.handle(.proved(group: "g", accepted(world, "spare", .quarantined)))
        #expect(world.prove("third", .ok).runs.map(\.to) == ["third"])
    }

    @Test func `a backup without a permission that does not count is a proof`() {
        var world = unproven()
        #expect(
            world.handle(.proved(group: "g", accepted(world, "spare", .permissionLost))).runs
                .map(\.to) == ["spare"])
    }

    @Test func `nor does an order move to a quarantined backup, unless it is forced`() {
        var world = World()
        world.order(.failover)
        let effects = world.handle(.proved(group: "g", accepted(world, "spare", .quarantined)))
        #expect(effects.runs.isEmpty)
        #expect(
            effects.replies == [
                "1 false: g was not moved: spare is accepted, but AWS has quarantined its user because a key leaked; --force moves without a proof"
            ])
        #expect(world.order(.failover, force: true, id: 2).runs.map(\.to) == ["spare"])
    }

    @Test(arguments: [(59, 1), (61, 0)])
    func `the proof is of the same minute`(seconds: Int, runs: Int) {
        var world = World()
        world.check("app", .keyNotRecognized)
        world.pass(.seconds(50))
        world.check("app", .keyNotRecognized)
        world.pass(.seconds(50))
        world.prove("spare", .ok)
        world.pass(.seconds(seconds))
        #expect(world.check("app", .keyNotRecognized).runs.count == runs)
    }

    @Test(arguments: [(59, 1), (61, 0)])
    func `and so is the last bad answer`(seconds: Int, runs: Int) {
        var world = unproven()
        world.pass(.seconds(seconds))
        #expect(world.prove("spare", .ok).runs.count == runs)
    }

    @Test func `a proof does not make an old refusal young again`() {
        let group = GroupConfiguration(
            name: "g", primary: "app", backups: ["spare", "third"], hook: World.hook)
        var world = unproven([group])
        world.pass(.seconds(30))
        #expect(world.prove("third", .ok).runs.isEmpty)
        world.pass(.seconds(31))
        #expect(world.prove("spare", .keyNotRecognized).runs.isEmpty)
        #expect(world.group.detail == "waiting: the last bad answer is too old")
    }

    @Test func `the proof is of the same endpoint`() {
        var world = unproven()
        #expect(
            world.handle(
                .proved(group: "g", world.result("spare", .ok, endpoint: Sample.mainEndpoint))
            ).runs.isEmpty)
        #expect(
            world.handle(.proved(group: "g", world.result("spare", .ok, endpoint: nil)))
                .runs.isEmpty)
        #expect(world.prove("spare", .ok).runs.count == 1)
    }

    @Test func `the proof is of another key`() {
        var world = unproven()
        #expect(
            world.handle(.proved(group: "g", world.result("spare", .ok, key: "AKIA-app")))
                .runs.isEmpty)
        #expect(world.group.detail == "no failover: spare has the same access key as app")
    }

    @Test(arguments: [
        (Duration?.some(.seconds(300)), 1), (.seconds(-300), 1), (.seconds(301), 0),
        (.seconds(-301), 0), (nil, 0),
    ])
    func `the clock agrees on both`(skew: Duration?, runs: Int) {
        var world = unproven()
        #expect(
            world.handle(.proved(group: "g", world.result("spare", .ok, skew: skew))).runs.count
                == runs)
        var other = World()
        for _ in 0..<6 {
            other.handle(.checked(other.result("app", .keyNotRecognized, skew: skew)))
            other.prove("spare", .ok)
            other.pass(.seconds(20))
        }
        #expect(other.runs.count == runs)
    }

    @Test func `a skew that grows is told once`() {
        var world = World()
        var kinds: [EventKind] = []
        for step in 0..<20 {
            kinds +=
                world.handle(
                    .checked(
                        world.result(
                            "app", .keyNotRecognized, skew: .seconds(400 + step)))
                ).kinds
            kinds += world.prove("spare", .ok).kinds
            world.pass(.seconds(20))
        }
        #expect(kinds == [.groupConfirming, .groupBlocked])
    }

    @Test func `a fault that needs no request needs no clock of the primary`() {
        var world = World()
        for _ in 0..<6 {
            world.handle(
                .checked(
                    world.result("app", .placeholderCredentials, skew: nil, latency: nil)))
            world.prove("spare", .ok)
            world.pass(.seconds(20))
        }
        #expect(world.runs.count == 1)
    }

    @Test func `backups are taken in their order, not in that of their answers`() {
        let group = GroupConfiguration(
            name: "g", primary: "app", backups: ["spare", "third"], hook: World.hook)
        var world = unproven([group])
        #expect(world.prove("third", .ok).runs.isEmpty)
        #expect(world.prove("spare", .ok).runs.map(\.to) == ["spare"])
        var other = unproven([group])
        other.prove("third", .ok)
        #expect(other.prove("spare", .keyNotRecognized).runs.map(\.to) == ["third"])
    }

    // MARK: - Changes of the credential

    @Test func `a new credential resets the count`() {
        var world = World()
        for fingerprint in 0..<20 {
            world.check("app", .keyNotRecognized, fingerprint: fingerprint)
            world.prove("spare", .ok)
            world.pass(.seconds(40))
            world.check("app", .keyNotRecognized, fingerprint: fingerprint)
            world.prove("spare", .ok)
            world.pass(.seconds(40))
        }
        #expect(world.runs.isEmpty)
    }

    @Test func `a bad answer within five seconds of a change does not count`() {
        var world = World()
        world.check("app", .ok, fingerprint: 1)
        world.pass(.seconds(20))
        #expect(world.check("app", .wrongSecret, fingerprint: 2).kinds.isEmpty)
        world.pass(.seconds(5))
        #expect(world.check("app", .wrongSecret, fingerprint: 2).kinds.isEmpty)
        #expect(world.group.state == .ready)
        world.pass(.milliseconds(1))
        #expect(world.check("app", .wrongSecret, fingerprint: 2).kinds == [.groupConfirming])
    }

    @Test(arguments: [(0, 0), (5_000, 0), (5_001, 1), (-1_000, 1)] as [(Int64, Int)])
    func `nor does one within five seconds of the file's change`(age: Int64, counted: Int) {
        var world = World()
        let started = world.now.wall + .milliseconds(-50)
        let effects = world.handle(
            .checked(
                world.result(
                    "app", .wrongSecret, modifiedAt: started + .milliseconds(-age))))
        #expect(effects.kinds.count == counted)
    }

    @Test func `the primary is checked fast while its group confirms`() {
        var world = World()
        let first = world.check("app", .keyNotRecognized).paces(of: "app")
        #expect(first == [.seconds(20)])
        for _ in 0..<3 {
            world.pass(.seconds(5))
            #expect(world.check("app", .tls).paces(of: "app").isEmpty)
        }
        #expect(world.check("app", .ok).paces(of: "app") == [.seconds(300)])
    }
}
