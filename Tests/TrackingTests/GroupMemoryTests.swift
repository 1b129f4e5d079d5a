import Model
import Support
import Testing
import Tracking

@Suite struct GroupMemoryTests {
    // MARK: - Restart

    @Test func `a restart in failed_over runs nothing`() {
        var world = World.moved().restarted()
        #expect(world.runs.isEmpty)
        #expect(world.group.state == .failedOver)
        #expect(world.group.active == "spare")
        #expect(world.group.incident?.id == "incident-1")
        #expect(world.group.hook?.result == .exited(code: 0))
        world.confirm()
        world.wake()
        #expect(world.runs.isEmpty)
    }

    @Test func `nor does it tell a recovery twice`() {
        var before = World.moved()
        before.check("app", .ok)
        before.check("app", .ok)
        var world = before.restarted()
        for _ in 0..<5 { world.check("app", .ok) }
        #expect(world.runs.isEmpty)
        var untold = World.moved().restarted()
        untold.check("app", .ok)
        #expect(untold.check("app", .ok).runs.map(\.event) == [.recovered])
    }

    @Test func `an open intent goes on only with fresh evidence, one attempt higher`() {
        var world = World.moved(nil).restarted()
        #expect(world.effects.proofs == ["spare"])
        #expect(world.runs.isEmpty)
        #expect(world.group.state == .failingOver)
        #expect(world.group.hook?.result == .interrupted)
        // A good backup alone is not enough, nor a refusal alone, nor unknown answers.
        #expect(world.prove("spare", .ok).runs.isEmpty)
        #expect(world.wake().runs.isEmpty)
        #expect(world.check("app", .networkDNS).runs.isEmpty)
        let effects = world.check("app", .keyNotRecognized)
        #expect(effects.runs.map(\.attempt) == [2])
        #expect(effects.runs.map(\.incident) == ["incident-1"])
        #expect(effects.runs.map(\.event) == [.failover])
        world.finishHook(.exited(code: 0))
        #expect(world.group.state == .failedOver)
    }

    @Test(arguments: [true, false])
    func `an order for the move that was cut short goes on with it, one attempt higher`(
        force: Bool
    ) {
        var world = World.moved(nil).restarted()
        var runs = world.order(.failover, force: force).runs
        if !force { runs = world.prove("spare", .ok).runs }
        #expect(runs.map(\.incident) == ["incident-1"])
        #expect(runs.map(\.attempt) == [2])
        #expect(world.group.incident?.byHand == true)
        // It is the operator's now: a good primary does not end it.
        world.check("app", .ok)
        world.check("app", .ok)
        #expect(world.group.state == .failingOver)
        #expect(world.finishHook(.exited(code: 0)).replies.count == 1)
        #expect(world.group.state == .failedOver)
    }

    @Test func `the evidence comes in either order`() {
        var world = World.moved(nil).restarted()
        #expect(world.check("app", .keyNotRecognized).proofs == ["spare"])
        #expect(world.runs.isEmpty)
        #expect(world.prove("spare", .ok).runs.map(\.attempt) == [2])
    }

    @Test func `evidence that does not hold does not count`() {
        var world = World.moved(nil).restarted()
        world.check("app", .keyNotRecognized)
        for result in [
            world.result("spare", .ok, endpoint: Sample.mainEndpoint),
            world.result("spare", .ok, skew: .seconds(400)),
            world.result("spare", .ok, key: "AKIA-app"), world.result("spare", .keyNotRecognized),
            world.result("spare", .tls),
        ] {
            #expect(world.handle(.proved(group: "g", result)).runs.isEmpty)
        }
        world.pass(.seconds(61))
        #expect(world.prove("spare", .ok).runs.isEmpty)
        world.handle(.checked(world.result("app", .keyNotRecognized, skew: .seconds(400))))
        #expect(world.runs.isEmpty)
        world.handle(.checked(world.result("app", .keyNotRecognized, skew: nil)))
        #expect(world.runs.isEmpty)
        #expect(world.group.detail.contains("fresh evidence"))
        #expect(world.check("app", .keyNotRecognized).runs.count == 1)
    }

    @Test func `a primary that is good after the restart closes the incident`() {
        var world = World.moved(nil).restarted()
        world.check("app", .ok)
        let effects = world.check("app", .ok)
        #expect(effects.kinds == [.groupReady])
        #expect(effects.runs.map(\.event) == [.recovered])
        #expect(world.group.state == .ready)
    }

    @Test func `a loop of crashes ends at five attempts`() {
        var world = World.moved(nil)
        var attempts = [1]
        for _ in 0..<10 {
            world = world.restarted()
            world.check("app", .keyNotRecognized)
            attempts += world.prove("spare", .ok).runs.filter { $0.event == .failover }
                .map(\.attempt)
        }
        #expect(attempts == [1, 2, 3, 4, 5])
        #expect(world.group.state == .failoverFailed)
        #expect(world.restarted().group.state == .failoverFailed)
    }

    @Test func `a restart between two attempts goes on counting`() {
        var world = World.moved(.timedOut).restarted()
        #expect(world.group.hook?.result == .timedOut)
        world.check("app", .keyNotRecognized)
        #expect(world.prove("spare", .ok).runs.map(\.attempt) == [2])
    }

    @Test func `a way back that was cut short does not wait for a primary that has failed since`() {
        var before = World.moved()
        before.order(.failback, force: true)
        // The hook may have moved everything to the primary, whatever was written down of it.
        var world = before.restarted()
        #expect(world.prove("app", .keyNotRecognized).runs.isEmpty)
        #expect(world.check("app", .keyNotRecognized).proofs == ["spare"])
        // It takes all that a failover takes.
        #expect(world.prove("spare", .ok).runs.isEmpty)
        world.pass(.seconds(60))
        #expect(world.check("app", .networkDNS).runs.isEmpty)
        world.check("app", .keyNotRecognized)
        world.pass(.seconds(31))
        world.check("app", .keyNotRecognized)
        #expect(world.prove("spare", .keyNotRecognized).runs.isEmpty)
        let effects = world.prove("spare", .ok)
        #expect(effects.kinds == [.failoverFailed, .failoverStarted])
        #expect(effects.runs.map(\.event) == [.failover])
        #expect(effects.runs.map(\.incident) == ["incident-2"])
        #expect(effects.runs.map(\.to) == ["spare"])
        world.finishHook(.exited(code: 0))
        #expect(world.group.state == .failedOver)
        #expect(world.group.active == "spare")
    }

    @Test func `an order for that way back is answered when it turns`() {
        var before = World.moved()
        before.order(.failback, force: true)
        var world = before.restarted()
        world.confirm()
        for _ in 0..<6 {
            world.check("app", .keyNotRecognized)
            world.pass(.seconds(20))
        }
        #expect(world.order(.failback, id: 7).proofs == ["app"])
        world.check("app", .keyNotRecognized)
        #expect(world.runs.isEmpty)
        #expect(world.prove("spare", .ok).replies.isEmpty)
        // What was asked for is told first; then it is the daemon's again.
        #expect(world.prove("app", .keyNotRecognized).replies.count == 1)
        #expect(world.prove("spare", .ok).runs.map(\.event) == [.failover])
    }

    @Test func `a failover whose target was lost meanwhile goes to another backup`() {
        var group = World.group
        group.backups = ["spare", "third"]
        var before = World([group])
        before.confirm()
        var world = before.restarted(groups: [group])
        for _ in 0...5 {
            world.check("app", .keyNotRecognized)
            world.prove("third", .ok)
            #expect(world.runs.isEmpty)
            world.pass(.seconds(20))
        }
        world.check("app", .keyNotRecognized)
        world.prove("third", .ok)
        let runs = world.prove("spare", .keyNotRecognized).runs
        #expect(runs.map(\.to) == ["third"])
        #expect(runs.map(\.attempt) == [1])
    }

    @Test func `an order of before the restart goes on when its target is good`() {
        var before = World.moved()
        before.order(.failback, force: true)
        var world = before.restarted()
        #expect(world.effects.proofs == ["app"])
        #expect(world.effects.wakes.count == 1)
        #expect(world.prove("app", .keyNotRecognized).runs.isEmpty)
        world.pass(.seconds(20))
        #expect(world.wake().proofs == ["app"])
        let runs = world.prove("app", .ok).runs
        #expect(runs.map(\.event) == [.failback])
        #expect(runs.map(\.attempt) == [2])
        world.finishHook(.exited(code: 0))
        #expect(world.group.state == .ready)
    }

    @Test func `a person can decide what waits for evidence`() {
        var world = World.moved(nil).restarted()
        #expect(world.order(.failback).replies == ["1 false: g already uses its primary app"])
        #expect(world.order(.failover, force: true, id: 2).runs.count == 1)
        #expect(world.finishHook(.exited(code: 0)).replies.count == 1)
        #expect(world.group.state == .failedOver)
    }

    @Test func `a trouble of before the restart is told once more, and not again`() {
        var before = World()
        before.check("app", .wrongSecret)
        let since = before.profile("app").since
        var world = before.restarted()
        #expect(world.check("app", .wrongSecret).profileChanges.map(\.from) == [.failing])
        #expect(world.check("app", .wrongSecret).profileChanges.isEmpty)
        #expect(world.profile("app").failingSince == since)
        #expect(world.check("app", .tls).profileChanges.count == 1)
    }

    // MARK: - Memory that does not fit

    private func incident(
        _ event: HookEvent = .failover, from: String = "app", to: String = "spare",
        attempts: Int = 1
    ) -> Incident {
        Incident(
            id: "old", event: event, from: from, to: to, cause: .wrongSecret, summary: "x.",
            startedAt: Sample.start.wall, attempts: attempts)
    }

    private func remembering(_ state: GroupState, active: String, _ incident: Incident?) -> World {
        World(
            remembered: RememberedState(groups: [
                RememberedGroup(name: "g", state: state, active: active, incident: incident)
            ]))
    }

    @Test func `memory that does not fit is no reason to move`() {
        let worlds = [
            remembering(.failingOver, active: "app", nil),
            remembering(.failingOver, active: "gone", incident()),
            remembering(.failingOver, active: "app", incident(to: "gone")),
            remembering(.failingOver, active: "app", incident(to: "app")),
            remembering(.failingOver, active: "app", incident(.test)),
            remembering(.failingOver, active: "app", incident(.failback)),
            remembering(.failingOver, active: "spare", incident(from: "spare", to: "app")),
            remembering(.failedOver, active: "gone", incident()),
            remembering(.failedOver, active: "app", incident()),
        ]
        for var world in worlds {
            #expect(world.group.state == .ready)
            #expect(world.group.active == "app")
            world.check("app", .keyNotRecognized)
            #expect(world.prove("spare", .ok).runs.isEmpty)
        }
    }

    @Test func `who is active decides what a failed failover was`() {
        #expect(remembering(.failoverFailed, active: "spare", nil).group.state == .failoverFailed)
        #expect(remembering(.failoverFailed, active: "app", nil).group.state == .failoverFailed)
    }

    @Test(arguments: [(Int.min, [1]), (-1, [1]), (4, [5]), (5, []), (Int.max, [])])
    func `no number of attempts confuses it`(attempts: Int, next: [Int]) {
        var world = remembering(.failingOver, active: "app", incident(attempts: attempts))
        world.check("app", .keyNotRecognized)
        let runs = world.prove("spare", .ok).runs.filter { $0.event == .failover }
        #expect(runs.map(\.attempt) == next)
        world.finishHook(.timedOut)
    }

    // MARK: - Reload

    @Test func `a reload keeps health, counts and the way of an incident`() {
        var world = World()
        world.check("app", .keyNotRecognized)
        world.pass(.seconds(50))
        world.check("app", .keyNotRecognized)
        var group = World.group
        group.fall = 4
        world.tracker.reconfigure(World.configuration([group]), at: world.now)
        #expect(world.profile("app").consecutiveFailures == 2)
        #expect(world.group.state == .confirming)
        #expect(world.group.detail == "waiting: 2 of 4 bad answers")
        var moved = World.moved(nil)
        moved.tracker.reconfigure(World.configuration([group]), at: moved.now)
        #expect(moved.finishHook(.exited(code: 0)).kinds == [.failedOver])
        moved.tracker.reconfigure(World.configuration(), at: moved.now)
        #expect(moved.group.active == "spare")
    }

    private static let canary = Canary(
        calls: [CanaryCall(.action(service: "iam", name: "GetUser"))], counts: true)

    /// A change of the primary's configuration, the cause that was counted before, and whether it still is.
    private struct Change: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var cause: Cause
        var counts: Bool
        var apply: @Sendable (inout ProfileConfiguration) -> Void

        static let all = [
            Change(testDescription: "nothing", cause: .permissionLost, counts: true) { _ in },
            Change(testDescription: "a line", cause: .permissionLost, counts: true) {
                $0.canary?.calls[0].location = SourceLocation(file: "c", line: 9, column: 9)
            },
            Change(testDescription: "the interval", cause: .permissionLost, counts: true) {
                $0.canary?.interval = .seconds(60)
            },
            Change(testDescription: "no counting", cause: .permissionLost, counts: false) {
                $0.canary?.counts = false
            },
            Change(testDescription: "no canary", cause: .quarantined, counts: false) {
                $0.canary = nil
            },
            Change(testDescription: "another account", cause: .wrongIdentity, counts: false) {
                $0.expected.account = "028075177508"
            },
            Change(testDescription: "another profile", cause: .keyNotRecognized, counts: false) {
                $0.awsProfile = "other"
            },
        ]
    }

    @Test(arguments: Change.all)
    private func `what a new config does not call bad counts no more`(_ change: Change) {
        var configuration = World.configuration()
        configuration.profiles[0].canary = Self.canary
        var world = World()
        world.tracker.reconfigure(configuration, at: world.now)
        // All is there but the proof.
        for step in 0...5 {
            if step > 0 { world.pass(.seconds(20)) }
            let result = world.result("app", change.cause)
            var diagnosis = result.diagnosis
            diagnosis.verdict = .bad
            world.handle(.checked(result.diagnosed(diagnosis)))
        }
        change.apply(&configuration.profiles[0])
        world.tracker.reconfigure(configuration, at: world.now)
        let runs = world.prove("spare", .ok).contains {
            if case .runHook = $0 { true } else { false }
        }
        #expect(runs == change.counts, "\(world.group.detail)")
    }

    @Test func `a new interval comes with the pace that is wanted now`() {
        var world = World()
        world.check("app", .keyNotRecognized)
        var configuration = World.configuration()
        configuration.profiles[0].interval = .seconds(600)
        world.tracker.reconfigure(configuration, at: world.now)
        // The caller sets the new interval; the next effects make it fast again.
        #expect(world.check("third", .ok).paces(of: "app") == [.seconds(20)])
        // With the interval unchanged, the caller changes nothing, and nothing has to follow.
        world.tracker.reconfigure(configuration, at: world.now)
        #expect(world.check("third", .ok).isEmpty)
        #expect(world.check("app", .ok).paces(of: "app") == [.seconds(600)])
    }

    @Test func `a group whose members change begins anew, and leaves no order without an answer`() {
        var world = World.moved()
        world.order(.failback)
        var group = World.group
        group.backups = ["third"]
        world.tracker.reconfigure(World.configuration([group]), at: world.now)
        #expect(world.group.state == .ready)
        #expect(world.group.active == "app")
        let effects = world.check("third", .ok)
        #expect(effects.replies == ["1 false: the configuration of g was changed meanwhile"])
        #expect(effects.contains(.wake(group: "g", at: nil)))
        #expect(world.check("third", .ok).isEmpty)
    }

    @Test func `what is not configured any more is forgotten`() {
        var world = World()
        var configuration = World.configuration([])
        configuration.profiles.removeLast()
        world.tracker.reconfigure(configuration, at: world.now)
        #expect(world.tracker.groupStatuses(at: world.now.moment).isEmpty)
        #expect(
            world.tracker.profileStatuses(at: world.now.wall) { _ in nil }.map(\.name) == [
                "app", "spare",
            ])
        #expect(world.check("third", .keyNotRecognized).profileChanges.isEmpty)
        #expect(world.tracker.remembered.profiles.map(\.name) == ["app", "spare"])
        world.tracker.reconfigure(World.configuration(), at: world.now)
        #expect(world.profile("third").state == .pending)
        #expect(world.group.state == .ready)
    }
}
