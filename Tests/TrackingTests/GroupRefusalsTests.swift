import Model
import Support
import Testing
import Tracking

/// A confirmation that a restart cuts short.
@Suite struct GroupRefusalsTests {
    @Test func `a restart asks the primary at once where something waits for its answer`() {
        var before = World()
        before.check("app", .keyNotRecognized)
        let world = before.restarted()
        #expect(world.group.state == .ready)
        #expect(world.profile("app").state == .failing)
        #expect(world.effects.paces(of: "app") == [.seconds(20)])
        #expect(world.effects.checks == ["app"])
        #expect(World.moved(nil).restarted().effects.checks == ["app"])
        #expect(World.moved().restarted().effects.checks == [])
        #expect(World().restarted().effects.checks == [])
    }

    @Test(arguments: [Duration.seconds(3), .seconds(7), .seconds(60)])
    func `a daemon that crashes over and over fails over all the same`(life: Duration) {
        var world = World()
        let start = world.now.moment
        var proofs = 0
        while world.runs.isEmpty, proofs < 100 {
            // One look in each life, and then the end.
            world.check("app", .keyNotRecognized)
            world.prove("spare", .ok)
            proofs += 1
            if world.runs.isEmpty { world = world.restarted(after: life) }
        }
        #expect(world.runs.map(\.event) == [.failover])
        #expect(world.now.moment - start >= .seconds(90))
        #expect(world.now.moment - start < .seconds(90) + life + .seconds(1))
    }

    @Test func `no answer of before a restart is evidence by itself`() {
        var before = World()
        for step in 0...5 {
            if step > 0 { before.pass(.seconds(20)) }
            before.check("app", .keyNotRecognized)
        }
        // All is there but the proof; after the restart both have to be asked anew.
        var world = before.restarted()
        #expect(world.prove("spare", .ok).runs.isEmpty)
        #expect(world.check("app", .networkDNS).runs.isEmpty)
        let again = world.restarted()
        #expect(world.check("app", .ok).runs.isEmpty)
        #expect(world.check("app", .keyNotRecognized).runs.isEmpty)
        // A life without an answer forgets nothing.
        var last = again
        #expect(last.check("app", .keyNotRecognized).proofs == ["spare"])
        #expect(last.prove("spare", .ok).runs.count == 1)
    }

    /// What happens between the last bad answer before a restart and the first one after it.
    private struct Between: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var counts = false
        var cause = Cause.keyNotRecognized
        var next: Cause?
        var pause = Duration.seconds(5)
        var key: String?
        var modified: Duration?
        var change: @Sendable (inout World) -> Void = { _ in }

        static let all = [
            Between(testDescription: "nothing", counts: true),
            Between(testDescription: "two minutes", counts: true, pause: .seconds(119)),
            Between(testDescription: "more than that", pause: .seconds(121)),
            Between(testDescription: "another cause", counts: true, next: .wrongSecret),
            Between(testDescription: "another key", key: "AKIA-new"),
            Between(
                testDescription: "a file of long ago", counts: true, modified: .seconds(-3_600)),
            Between(
                testDescription: "a file that was written since", pause: .seconds(60),
                modified: .seconds(-8)),
            Between(testDescription: "a file of the future", modified: .seconds(3_600)),
            Between(testDescription: "what the config calls bad", cause: .wrongIdentity),
            Between(testDescription: "what it calls bad now", next: .wrongIdentity),
            Between(testDescription: "a clock that was set on") { $0.setClock(by: .seconds(60)) },
            Between(testDescription: "a clock that was set back") {
                $0.setClock(by: .seconds(-60))
            },
            Between(testDescription: "another boot") {
                $0.now = Instant(moment: Moment(nanoseconds: 30_000_000_000), wall: $0.now.wall)
            },
        ]
    }

    @Test(arguments: Between.all)
    private func `answers of before a restart count if they are of the same story`(
        _ between: Between
    ) {
        var before = World()
        for step in 0...5 {
            if step > 0 { before.pass(.seconds(20)) }
            before.check("app", between.cause)
        }
        var world = before.restarted(after: between.pause)
        between.change(&world)
        let modified = between.modified.map { world.now.wall + $0 }
        let next = between.next ?? between.cause
        let result = CheckResult(
            profile: "app", startedAt: world.now, finishedAt: world.now,
            diagnosis: Diagnosis(cause: next, verdict: .bad, summary: "x.", remedy: ""),
            accessKeyID: between.key ?? "AKIA-app", latency: .milliseconds(40),
            endpoint: Sample.endpoint, skew: .zero, sourceModifiedAt: modified)
        world.handle(.checked(result))
        #expect(
            world.group.detail
                == (between.counts
                    ? "waiting: spare has not answered yet" : "waiting: 1 of 3 bad answers"))
        #expect(world.group.state == .confirming)
    }

    @Test func `nonsense that is remembered of a confirmation moves nothing`() {
        let (moment, wall) = (Sample.start.moment, Sample.start.wall)
        for refusals in [
            RememberedRefusals(
                count: .max, first: moment, last: moment - .seconds(1), lastAt: wall),
            RememberedRefusals(
                count: .max, first: Moment(nanoseconds: 0), last: Moment(nanoseconds: .max),
                lastAt: wall),
            RememberedRefusals(
                count: .min, first: Moment(nanoseconds: .min), last: moment, lastAt: wall,
                accessKeyID: "AKIA-other"),
        ] {
            var world = World(
                remembered: RememberedState(groups: [
                    RememberedGroup(
                        name: "g", state: .confirming, active: "app", refusals: refusals)
                ]))
            world.pass(.seconds(1))
            world.check("app", .keyNotRecognized)
            #expect(world.prove("spare", .ok).runs.isEmpty)
            #expect(world.group.detail == "waiting: 1 of 3 bad answers")
        }
    }
}
