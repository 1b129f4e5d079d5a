import Model
import Support
import Testing
import Tracking

@Suite struct ProfileTrackTests {
    /// States by what the verdicts were so far.
    @Test(
        arguments: [
            ([], .pending, 0), ([.ok], .healthy, 0), ([.keyNotRecognized], .failing, 1),
            ([.throttled], .unknown, 0), ([.keyNotRecognized, .keyNotRecognized], .failing, 2),
            ([.keyNotRecognized, .tls, .keyNotRecognized], .failing, 2),
            ([.keyNotRecognized, .tls], .unknown, 1), ([.keyNotRecognized, .ok], .healthy, 0),
            ([.tls, .ok], .healthy, 0), ([.ok, .wrongIdentity], .failing, 1),
        ] as [([Cause], ProfileState, Int)])
    func `the state follows the last answer`(causes: [Cause], state: ProfileState, failures: Int) {
        var world = World([])
        for cause in causes {
            world.pass(.seconds(20))
            world.check("app", cause)
        }
        #expect(world.profile("app").state == state)
        #expect(world.profile("app").consecutiveFailures == failures)
    }

    @Test(arguments: Cause.allCases)
    func `every verdict has its state`(cause: Cause) {
        var world = World([])
        let changes = world.check("app", cause).profileChanges
        let expected: ProfileState =
            switch cause.verdict {
            case .good: .healthy
            case .bad: .failing
            case .unknown: .unknown
            }
        #expect(world.profile("app").state == expected)
        #expect(changes.map(\.to) == [expected])
        #expect(changes.map(\.from) == [.pending])
    }

    @Test func `only changes are told`() {
        var world = World([])
        #expect(world.check("app", .ok).profileChanges.count == 1)
        #expect(world.check("app", .ok).isEmpty)
        #expect(world.check("app", .keyNotRecognized).profileChanges.count == 1)
        #expect(world.check("app", .keyNotRecognized).profileChanges.isEmpty)
        // The same state with another cause is news, too.
        let changes = world.check("app", .wrongSecret).profileChanges
        #expect(changes.map(\.from) == [.failing])
        #expect(changes.map(\.to) == [.failing])
    }

    @Test func `a change says how long it had been otherwise`() throws {
        var world = World([])
        world.check("app", .ok)
        world.pass(.seconds(600))
        let change = try #require(world.check("app", .tls).profileChanges.first)
        #expect(change.previousFor == .seconds(600))
        #expect(world.profile("app").since == world.now.wall)
    }

    @Test(arguments: [-86_400, 86_400])
    func `how long it had been otherwise does not depend on the wall clock`(jump: Int64) throws {
        var world = World([])
        world.check("app", .ok)
        world.pass(.seconds(600))
        let plain = world.result("app", .tls)
        let finishedAt = Instant(
            moment: plain.finishedAt.moment, wall: plain.finishedAt.wall + .seconds(jump))
        let result = CheckResult(
            profile: plain.profile, startedAt: plain.startedAt, finishedAt: finishedAt,
            diagnosis: plain.diagnosis)
        let change = try #require(world.handle(.checked(result)).profileChanges.first)
        #expect(change.previousFor == .seconds(600))
        #expect(world.profile("app").since == result.finishedAt.wall)
    }

    @Test func `broken since is kept until it is good again`() {
        var world = World([])
        world.check("app", .ok)
        let good = world.now.wall
        world.pass(.seconds(20))
        world.check("app", .keyNotRecognized)
        let broken = world.now.wall
        world.pass(.seconds(20))
        world.check("app", .networkDNS)
        #expect(world.profile("app").failingSince == broken)
        #expect(world.profile("app").lastSuccessAt == good)
        world.pass(.seconds(20))
        world.check("app", .ok)
        #expect(world.profile("app").failingSince == nil)
        #expect(world.profile("app").lastSuccessAt == world.now.wall)
    }

    @Test func `another credential begins a count of its own`() {
        var world = World([])
        world.check("app", .keyNotRecognized, fingerprint: 1)
        world.check("app", .keyNotRecognized, fingerprint: 1)
        #expect(world.profile("app").consecutiveFailures == 2)
        world.check("app", .keyNotRecognized, fingerprint: 2)
        #expect(world.profile("app").consecutiveFailures == 1)
        // A check that found no credential says nothing about which one it is.
        world.check("app", .fileUnreadable)
        world.check("app", .keyNotRecognized, fingerprint: 2)
        #expect(world.profile("app").consecutiveFailures == 2)
    }

    @Test func `the pace is fast until a failure is certain`() {
        var world = World([])
        #expect(world.check("app", .ok).paces(of: "app").isEmpty)
        #expect(world.check("app", .keyNotRecognized).paces(of: "app") == [.seconds(20)])
        #expect(world.check("app", .keyNotRecognized).paces(of: "app").isEmpty)
        #expect(world.check("app", .keyNotRecognized).paces(of: "app") == [.seconds(300)])
        #expect(world.check("app", .ok).paces(of: "app").isEmpty)
    }

    @Test func `an unknown state is looked at again, less and less often`() {
        var world = World([])
        let paces = (0..<8).flatMap { _ in world.check("app", .networkDNS).paces(of: "app") }
        #expect(paces == [20, 40, 80, 160, 300].map { .seconds($0) })
        world.check("app", .ok)
        #expect(world.check("app", .networkDNS).paces(of: "app") == [.seconds(20)])
    }

    @Test func `a request for fewer requests is not answered with more`() {
        var world = World([])
        #expect(world.check("app", .throttled).paces(of: "app").isEmpty)
        world.check("app", .networkDNS)
        #expect(world.check("app", .throttled).paces(of: "app") == [.seconds(300)])
    }

    @Test func `a profile that nobody configured is ignored`() {
        var world = World([])
        #expect(world.check("stranger", .keyNotRecognized).isEmpty)
    }

    @Test func `the status shows the last check`() {
        var world = World([])
        world.check("app", .keyNotRecognized)
        let next = world.now.wall + .seconds(20)
        let status = world.tracker.profileStatuses(at: world.now.wall) { $0 == "app" ? next : nil }
        #expect(status.map(\.name) == ["app", "spare", "third"])
        #expect(status.first?.diagnosis?.cause == .keyNotRecognized)
        #expect(status.first?.latency == .milliseconds(40))
        #expect(status.first?.accessKeyID == "AKIA-app")
        #expect(status.map(\.nextCheckAt) == [next, nil, nil])
        #expect(world.tracker.counts == [.failing: 1, .pending: 2])
    }
}
