import Model
import Support
import Testing
import Tracking

/// What is told of logins that end, and when.
@Suite struct EndNoticeTests {
    private static let start = Sample.start
    private var world = World([])

    /// The result of a check that found credentials whose end a person has to put off.
    private func result(
        _ world: World, _ end: WallTime?, _ cause: Cause = .ok, fingerprint: Int? = 1,
        skew: Duration? = .zero
    ) -> CheckResult {
        CheckResult(
            profile: "app", startedAt: world.now, finishedAt: world.now,
            diagnosis: Diagnosis(
                cause: cause, verdict: cause.verdict, summary: "\(cause.title).", remedy: ""),
            endsForGood: end, skew: skew, fingerprint: fingerprint)
    }

    private func check(
        _ world: inout World, _ end: WallTime?, _ cause: Cause = .ok, fingerprint: Int? = 1,
        skew: Duration? = .zero
    ) -> [Effect] {
        world.handle(
            .checked(
                result(world, end, cause, fingerprint: fingerprint, skew: skew)))
    }

    /// Lets the time pass and does what was asked for, as the engine would, with a check only when the
    /// tracker wants one; returns the notices with the seconds at which they came.
    private func live(
        _ world: inout World, for seconds: Int64, end: WallTime?, wake first: Moment?,
        skew: Duration? = .zero
    ) -> (notices: [String], checks: [Int64]) {
        let until = world.now.moment + .seconds(seconds)
        var (wake, notices, checks) = (first, [String](), [Int64]())
        func note(_ effects: [Effect]) -> Bool {
            var wantsCheck = false
            for effect in effects {
                switch effect {
                case .watchEnd("app", let moment): wake = moment
                case .check("app"): wantsCheck = true
                case .announce(.end(let change)):
                    let second = (world.now.moment - Self.start.moment).nanoseconds / 1_000_000_000
                    notices.append("\(change.notice) \(second) \(change.left.minutesLeft)")
                default: break
                }
            }
            return wantsCheck
        }
        while let moment = wake, moment <= until {
            world.pass(moment - world.now.moment)
            wake = nil
            if note(world.handle(.endNears(profile: "app"))) {
                checks.append((world.now.moment - Self.start.moment).nanoseconds / 1_000_000_000)
                _ = note(check(&world, end, skew: skew))
            }
        }
        world.pass(until - world.now.moment)
        return (notices, checks)
    }

    @Test mutating func `a check a day is enough for every notice, each once`() {
        let end = Self.start.wall + .seconds(36_000)
        let wake = check(&world, end).endWakes.last ?? nil
        let (notices, checks) = live(&world, for: 80_000, end: end, wake: wake)
        #expect(
            notices == [
                "hour 32400 60 min", "quarter 35100 15 min", "minutes 35700 5 min",
                "passed 36000 1 min",
            ])
        // A minute before each, since somebody may have logged in, and when it has passed.
        #expect(checks == [32_340, 35_040, 35_640, 36_000])
        #expect(world.profile("app").endsForGood == end)
        #expect(world.profile("app").endTold == .passed)
    }

    @Test(
        arguments: [
            (3_601, nil), (3_600, .hour), (1_000, .hour), (900, .quarter), (301, .quarter),
            (300, .minutes), (1, .minutes), (0, .passed), (-86_400, .passed),
        ] as [(Int64, EndNotice?)])
    func `the first look tells the most urgent notice alone`(_ left: Int64, _ notice: EndNotice?) {
        var world = World([])
        let end = Self.start.wall + .seconds(left)
        #expect(check(&world, end).notices == [notice].compactMap(\.self))
        #expect(check(&world, end).notices.isEmpty)
        #expect(check(&world, nil, .loginNeeded, fingerprint: nil).notices.isEmpty)
        #expect(check(&world, end).notices.isEmpty)
    }

    @Test mutating func `a new end begins anew, in time`() {
        let end = Self.start.wall + .seconds(600)
        #expect(check(&world, end).notices == [.quarter])
        let later = Self.start.wall + .seconds(30_000)
        let effects = check(&world, later)
        #expect(effects.notices.isEmpty)
        #expect(effects.contains(.remember))
        #expect(world.profile("app").endTold == nil)
        let wake = effects.endWakes.last ?? nil
        #expect(live(&world, for: 30_001, end: later, wake: wake).notices.count == 4)
        // An earlier one is news at once.
        #expect(check(&world, world.now.wall + .seconds(700)).notices == [.quarter])
        #expect(check(&world, world.now.wall + .seconds(120)).notices == [.minutes])
    }

    @Test
    mutating func `what a program renews for an hour at a time is told only when it does not`() {
        #expect(check(&world, Self.start.wall + .seconds(3_600)).notices == [.hour])
        for _ in 0..<5 {
            world.pass(.seconds(1_800))
            #expect(check(&world, world.now.wall + .seconds(3_599)).notices.isEmpty)
        }
        let end = world.now.wall + .seconds(3_599)
        world.pass(.seconds(2_700))
        #expect(check(&world, end).notices == [.quarter])
    }

    @Test mutating func `what never ends, or renews itself, is not watched`() {
        #expect(check(&world, nil).endWakes.isEmpty)
        _ = check(&world, Self.start.wall + .seconds(600))
        let effects = check(&world, nil, fingerprint: 2)
        #expect(effects.endWakes == [nil])
        #expect(effects.contains(.remember))
        #expect(world.profile("app").endsForGood == nil)
        #expect(world.handle(.endNears(profile: "app")).isEmpty)
        #expect(world.handle(.endNears(profile: "stranger")).isEmpty)
    }

    @Test mutating func `an end is watched on while the check finds no credentials`() {
        let end = Self.start.wall + .seconds(4_000)
        _ = check(&world, end)
        world.pass(.seconds(3_800))
        #expect(check(&world, nil, .loginNeeded, fingerprint: nil).notices == [.minutes])
        world.pass(.seconds(200))
        #expect(check(&world, nil, .fileUnreadable, fingerprint: nil).notices == [.passed])
    }

    @Test(arguments: [-7_200, 7_200])
    func `a wall clock that is set brings no notice early and none again`(_ jump: Int64) {
        var world = World([])
        let end = Self.start.wall + .seconds(5_000)
        let wake = check(&world, end).endWakes.last ?? nil
        world.now.wall = world.now.wall + .seconds(jump)
        // The next answer tells how far the clock is off.
        let first = check(&world, end, skew: .seconds(-jump))
        #expect(first.notices.isEmpty)
        let (notices, _) = live(
            &world, for: 6_000, end: end, wake: first.endWakes.last ?? wake,
            skew: .seconds(-jump))
        #expect(
            notices.map { $0.prefix { $0 != " " } } == ["hour", "quarter", "minutes", "passed"])
        #expect(notices.first == "hour 1400 60 min")
        world.now.wall = world.now.wall + .seconds(-jump)
        #expect(check(&world, end).notices.isEmpty)
    }

    @Test(arguments: [-7_200, 7_200])
    func `no check is needed for a wall clock that is set to be found out`(_ jump: Int64) {
        var world = World([])
        let end = Self.start.wall + .seconds(5_000)
        let wake = check(&world, end).endWakes.last ?? nil
        world.now.wall = world.now.wall + .seconds(jump)
        let unanswered = check(&world, nil, .networkDNS, fingerprint: nil, skew: nil)
        #expect(unanswered.notices.isEmpty && unanswered.endWakes.isEmpty)
        #expect(wake == Self.start.moment + .seconds(1_340))
        world.pass(.seconds(1_400))
        #expect(world.handle(.endNears(profile: "app")).notices == [.hour])
    }

    @Test func `a clock that was wrong from the start is corrected by the first answer`() {
        var world = World([])
        let end = Self.start.wall + .seconds(5_000)
        #expect(check(&world, end, .networkDNS, skew: nil).notices.isEmpty)
        // By AWS's clock it is two hours later.
        #expect(check(&world, end, skew: .seconds(4_500)).notices == [.quarter])
        #expect(check(&world, end, skew: .seconds(0)).notices.isEmpty)
    }

    @Test func `a restart repeats nothing, and misses nothing`() {
        var world = World([])
        let end = Self.start.wall + .seconds(3_000) + .milliseconds(700)
        #expect(check(&world, end).notices == [.hour])
        var second = world.restarted(after: .seconds(100), groups: [])
        #expect(second.effects.notices.isEmpty)
        #expect(second.effects.endWakes == [Self.start.moment + .seconds(3_000 - 960)])
        #expect(check(&second, end).notices.isEmpty)
        // What came due meanwhile is told before the first check.
        let third = second.restarted(after: .seconds(2_100), groups: [])
        #expect(third.effects.notices == [.quarter])
        #expect(third.tracker.remembered.profiles.first?.endTold == .quarter)
        #expect(third.restarted(groups: []).effects.notices.isEmpty)
    }

    @Test func `an end that no clock reaches does no harm`() {
        for end in [WallTime(seconds: .max), WallTime(seconds: .min)] {
            var world = World([])
            let wake = check(&world, end).endWakes.last ?? nil
            #expect(live(&world, for: 400_000, end: end, wake: wake).notices.count <= 1)
        }
    }
}

extension [Effect] {
    fileprivate var notices: [EndNotice] {
        compactMap { if case .announce(.end(let change)) = $0 { change.notice } else { nil } }
    }

    fileprivate var endWakes: [Moment?] {
        compactMap { if case .watchEnd(_, let moment) = $0 { .some(moment) } else { nil } }
    }
}
