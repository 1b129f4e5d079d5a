import Model
import Testing

@Suite struct RandomWalkTests {
    private static let mixed: [Cause] =
        [.keyNotRecognized, .wrongSecret, .sessionExpired, .keyNotRecognized, .wrongIdentity]
        + [.keyNotRecognized, .wrongSecret, .keyNotRecognized, .networkDNS, .throttled, .ok]

    @Test(arguments: 0..<8)
    func `no run without its reasons, none twice, and no dead end`(seed: UInt64) {
        var failovers = 0
        var resumed = 0
        for walkSeed in (seed * 25)..<(seed * 25 + 25) {
            var walk = RandomWalk(seed: walkSeed, verdicts: Self.mixed)
            walk.walk(steps: 600, withOrders: walkSeed.isMultiple(of: 2))
            #expect(walk.faults == [], "seed \(walkSeed)")
            failovers += walk.runs[.failover] ?? 0
            resumed += walk.resumed
        }
        // The premise: the walks do lead there.
        #expect(failovers > 20)
        #expect(resumed > 0)
    }

    @Test(arguments: 0..<4)
    func `no run while this machine's clock is known to be wrong`(seed: UInt64) {
        var failovers = 0
        var blocks = 0
        // Many of these need no request, so that no answer's date stands against them.
        let local = Self.mixed + [.placeholderCredentials, .malformedValue]
        for walkSeed in (seed * 25)..<(seed * 25 + 25) {
            var walk = RandomWalk(seed: 5_000 + walkSeed, verdicts: local, setsClock: true)
            walk.walk(steps: 600, withOrders: walkSeed.isMultiple(of: 2))
            #expect(walk.faults == [], "seed \(walkSeed)")
            failovers += walk.runs[.failover] ?? 0
            blocks += walk.clockBlocks
        }
        // The premise: the walks do lead to both.
        #expect(failovers > 5)
        #expect(blocks > 5)
    }

    @Test(arguments: 0..<4)
    func `no sequence of unknown and good answers runs anything`(seed: UInt64) {
        let harmless = Cause.allCases.filter { $0.verdict != .bad }
        for walkSeed in (seed * 25)..<(seed * 25 + 25) {
            var walk = RandomWalk(seed: walkSeed, verdicts: harmless)
            walk.walk(steps: 600, withOrders: false)
            #expect(walk.moves == 0)
            #expect(walk.faults == [])
        }
    }

    @Test(arguments: 0..<4)
    func `whatever is explained or warned of neither runs anything nor holds it up`(seed: UInt64) {
        let harmless = Cause.allCases.filter { $0.verdict != .bad }
        var failovers = 0
        for walkSeed in (seed * 25)..<(seed * 25 + 25) {
            var calm = RandomWalk(seed: 9_000 + walkSeed, verdicts: harmless, explains: true)
            calm.walk(steps: 600, withOrders: false)
            #expect(calm.moves == 0, "seed \(walkSeed)")
            var walk = RandomWalk(seed: 9_000 + walkSeed, verdicts: Self.mixed, explains: true)
            walk.walk(steps: 600, withOrders: false)
            #expect(walk.faults == [], "seed \(walkSeed)")
            failovers += walk.runs[.failover] ?? 0
        }
        // The premise: the walks do lead there.
        #expect(failovers > 20)
    }

    @Test(arguments: 0..<8)
    func `what a group does by itself keeps to its rules`(seed: UInt64) {
        var (failovers, failbacks, successions) = (0, 0, 0)
        var drills: [DrillOutcome: Int] = [:]
        for walkSeed in (seed * 25)..<(seed * 25 + 25) {
            var walk = RandomWalk(
                seed: 20_000 + walkSeed, verdicts: Self.mixed, withPolicy: true)
            walk.walk(steps: 1_000, withOrders: walkSeed.isMultiple(of: 2))
            #expect(walk.faults == [], "seed \(walkSeed)")
            failovers += walk.runs[.failover] ?? 0
            failbacks += walk.automaticFailbacks
            successions += walk.successions
            drills.merge(walk.drills) { $0 + $1 }
        }
        // The premise: the walks do lead there.
        #expect(failovers > 20)
        #expect(failbacks > 5)
        #expect(successions > 0)
        #expect(drills[.succeeded, default: 0] > 0)
        #expect(drills[.stayed, default: 0] + drills[.failed, default: 0] > 0)
    }

    @Test func `groups that are left alone come to an end`() {
        // From wherever a walk leads, a hook that works and time are enough.
        for seed in 1_000..<1_060 as Range<UInt64> {
            var walk = RandomWalk(seed: seed, verdicts: Self.mixed)
            walk.walk(steps: 300, withOrders: true)
            let isSettled = walk.settles()
            #expect(isSettled, "seed \(seed)")
        }
    }
}
