import Model
import Support
import Testing
import Tracking

/// What follows from this machine's clock.
@Suite struct TrackerClockTests {
    /// Answers that put AWS's clock `skew` ahead of ours.
    private func check(
        _ world: inout World, _ cause: Cause = .ok, skew: Duration?, times: Int = 1
    ) -> [Effect] {
        var effects: [Effect] = []
        for _ in 0..<times {
            world.pass(.seconds(20))
            // Without a skew no request was needed.
            let latency: Duration? = skew.map { _ in .milliseconds(40) }
            effects += world.handle(
                .checked(world.result("app", cause, skew: skew, latency: latency)))
        }
        return effects
    }

    private func prove(_ world: inout World, skew: Duration?) -> [Effect] {
        world.handle(.proved(group: "g", world.result("spare", .ok, skew: skew)))
    }

    // MARK: - The warning

    @Test func `a minute is worth a warning, told once, and over well below that`() {
        var world = World([])
        #expect(check(&world, skew: .seconds(59), times: 5).advisories == [])
        #expect(check(&world, skew: .seconds(60), times: 2).advisories == ["clock_skew machine"])
        let since = world.now.wall
        #expect(check(&world, skew: .seconds(46), times: 5).advisories == [])
        #expect(world.tracker.advisories.map(\.since) == [since])
        #expect(world.overall == .degraded)
        #expect(check(&world, skew: .seconds(44)).advisories == ["over: clock_skew machine"])
        #expect(world.tracker.advisories == [])
        #expect(world.overall == .healthy)
        #expect(check(&world, skew: .seconds(50), times: 5).advisories == [])
    }

    @Test(arguments: [
        (
            Duration.seconds(125),
            "This machine's clock is 2m 5s behind AWS's: from 5m on AWS refuses its signatures."
        ),
        (
            .seconds(-900),
            "This machine's clock is 15m 0s ahead of AWS's: AWS refuses its signatures, and nothing counts as bad until it is right."
        ),
    ])
    func `it says how wrong the clock is, and what sets it right`(skew: Duration, text: String) {
        var world = World([])
        _ = check(&world, skew: skew, times: 2)
        #expect(world.tracker.advisories.map(\.message) == [text])
        #expect(
            world.tracker.advisories.map(\.commands)
                == [["timedatectl status", "timedatectl set-ntp true"]])
    }

    @Test func `ten thousand profiles tell it once`() {
        var world = World([])
        var told: [String] = []
        for name in ["app", "spare", "third", "app", "spare", "third"] {
            told +=
                world.handle(.checked(world.result(name, .ok, skew: .seconds(90)))).advisories
        }
        #expect(told == ["clock_skew machine"])
    }

    @Test func `the status has the latest skew, and none before the first answer`() {
        var world = World([])
        #expect(world.tracker.clockStatus(at: world.now) == nil)
        _ = check(&world, .networkDNS, skew: nil)
        #expect(world.tracker.clockStatus(at: world.now) == nil)
        _ = check(&world, skew: .milliseconds(-700))
        #expect(
            world.tracker.clockStatus(at: world.now)
                == ClockStatus(skew: .milliseconds(-700), measuredAt: world.now.wall))
    }

    // MARK: - Nothing counts as bad

    @Test(arguments: Cause.allCases.filter { $0.verdict == .bad })
    func `while the clock is wrong a bad answer is an unknown state`(cause: Cause) {
        var world = World()
        _ = check(&world, skew: .seconds(400), times: 2)
        // Also one that no request was needed for.
        let change = check(&world, cause, skew: nil).profileChanges
        #expect(change.map(\.to) == [.unknown])
        let profile = world.profile("app")
        #expect(profile.state == .unknown)
        #expect(profile.consecutiveFailures == 0)
        #expect(profile.diagnosis?.cause == cause)
        #expect(profile.diagnosis?.verdict == .unknown)
        #expect(
            profile.diagnosis?.summary
                == "This machine's clock is 6m 40s behind AWS's, so this does not count: \(cause.title)."
        )
        #expect(world.group.state == .ready)
    }

    @Test(arguments: [false, true])
    func `a confirmation is blocked, says why, and goes on when the clock is right`(bySet: Bool) {
        var world = World()
        _ = check(&world, skew: .zero)
        #expect(check(&world, .placeholderCredentials, skew: nil).kinds == [.groupConfirming])
        world.setClock(by: .seconds(-400))
        var kinds: [EventKind] = []
        for _ in 0..<10 {
            kinds += check(&world, .placeholderCredentials, skew: nil).kinds
            kinds += prove(&world, skew: .seconds(400)).kinds
        }
        #expect(kinds == [.groupBlocked])
        #expect(world.runs.isEmpty)
        #expect(
            world.group.detail == "no failover: this machine's clock is more than 5m wrong")
        #expect(world.tracker.advisories.map(\.kind) == [.clockSkew])

        // The count of before goes on, since the credential has not been good in between.
        world.setClock(by: .seconds(400))
        if !bySet { _ = prove(&world, skew: .zero) }
        for _ in 0..<6 {
            _ = check(&world, .placeholderCredentials, skew: nil)
            _ = prove(&world, skew: .zero)
        }
        #expect(world.runs.map(\.event) == [.failover])
        #expect(world.tracker.advisories == [])
    }

    @Test func `it does not last when nobody measures any more`() {
        var world = World()
        _ = check(&world, skew: .seconds(400), times: 2)
        world.pass(.seconds(601))
        #expect(check(&world, .placeholderCredentials, skew: nil).kinds == [.groupConfirming])
        #expect(world.profile("app").state == .failing)
    }

    @Test func `one odd server does not hold a failover up`() {
        var world = World()
        for step in 0..<6 {
            _ = check(&world, .keyNotRecognized, skew: .seconds(step == 2 ? 900 : 1))
            _ = prove(&world, skew: .seconds(1))
        }
        #expect(world.runs.map(\.event) == [.failover])
    }
}
