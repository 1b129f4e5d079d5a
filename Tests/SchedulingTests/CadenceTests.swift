import Model
import Scheduling
import Support
import Testing

@Suite struct CadenceTests {
    private let first = Moment(nanoseconds: 1_000_000_000_000)
    private let interval = Duration.seconds(60)

    @Test func `a million slots do not drift`() {
        var cadence = Cadence(every: interval, first: first, seed: 42)
        #expect(cadence.due == first)
        let step = interval.nanoseconds
        var (lowest, highest): (Int64, Int64) = (0, 0)
        var sum: Int64 = 0
        var leastGap = Int64.max
        var greatestGap: Int64 = 0
        for slot in 1...1_000_000 as ClosedRange<Int64> {
            let before = cadence.due
            // Each check starts a little late, as in life.
            cadence.advance(after: before + .milliseconds(3))
            let off = cadence.due.nanoseconds - (first.nanoseconds + slot * step)
            (lowest, highest) = (min(lowest, off), max(highest, off))
            sum += off
            let gap = (cadence.due - before).nanoseconds
            (leastGap, greatestGap) = (min(leastGap, gap), max(greatestGap, gap))
        }
        #expect(lowest >= -step / 20)
        #expect(highest <= step / 20)
        // The jitter is used to its ends, and evenly.
        #expect(lowest < -step * 49 / 1_000)
        #expect(highest > step * 49 / 1_000)
        #expect(abs(sum / 1_000_000) < step / 10_000)
        #expect(leastGap >= step * 9 / 10)
        #expect(greatestGap <= step * 11 / 10)
    }

    @Test(arguments: 0..<200)
    func `a long pause costs one check, then the grid goes on`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var cadence = Cadence(every: interval, first: first, seed: seed)
        let step = interval.nanoseconds
        let resumed = Moment(
            nanoseconds: first.nanoseconds + .random(in: step...(step * 5_000), using: &generator))
        // What was due in the pause is one check; the next one lies ahead, and no more than one
        // interval and the jitter away.
        #expect(cadence.due <= resumed)
        cadence.advance(after: resumed)
        #expect(cadence.due > resumed)
        #expect(cadence.due - resumed <= interval + interval / 10)
        // From there on nothing is bunched and nothing is left out.
        var before = cadence.due
        for _ in 0..<20 {
            cadence.advance(after: before)
            let gap = cadence.due - before
            #expect(gap >= interval * 9 / 10 && gap <= interval * 11 / 10)
            before = cadence.due
        }
    }

    @Test func `a check that is taken early does not run twice`() {
        var cadence = Cadence(every: interval, first: first, seed: 7)
        for slot in 1...1_000 as ClosedRange<Int64> {
            cadence.advance(after: cadence.due - cadence.slack)
            let grid = first.nanoseconds + slot * interval.nanoseconds
            #expect(abs(cadence.due.nanoseconds - grid) <= interval.nanoseconds / 20)
        }
    }

    @Test func `checks that are asked for in between do not move the next one away`() {
        var cadence = Cadence(every: interval, first: first, seed: 7)
        cadence.advance(after: first)
        let next = cadence.due
        for second in 1...20 { cadence.advance(after: first + .seconds(second)) }
        #expect(cadence.due == next)
        cadence.advance(after: next)
        #expect(cadence.due > next)
    }

    @Test func `the check that led to a new interval does not use up its first point`() {
        var cadence = Cadence(every: interval, first: first, seed: 3)
        cadence.change(to: .seconds(20), at: first)
        cadence.advance(after: first)
        #expect((cadence.due - (first + .seconds(20))).magnitude <= .seconds(1))
    }

    @Test func `profiles do not march in step`() {
        let dues = Set(
            (0..<100 as Range<UInt64>).map { seed in
                var cadence = Cadence(every: interval, first: first, seed: seed)
                cadence.advance(after: first)
                return cadence.due
            })
        #expect(dues.count > 95)
    }

    @Test func `a new interval counts from now`() {
        var cadence = Cadence(every: interval, first: first, seed: 3)
        let now = first + .seconds(10)
        cadence.change(to: .seconds(20), at: now)
        #expect(cadence.interval == .seconds(20))
        #expect((cadence.due - (now + .seconds(20))).magnitude <= .seconds(1))
        cadence.advance(after: cadence.due)
        #expect((cadence.due - (now + .seconds(40))).magnitude <= .seconds(1))
    }

    @Test func `a new interval leaves a first point where it is`() {
        var cadence = Cadence(every: interval, first: first, seed: 3)
        cadence.changeBehindFirst(to: .seconds(20))
        #expect(cadence.due == first)
        cadence.advance(after: first)
        #expect((cadence.due - (first + .seconds(20))).magnitude <= .seconds(1))
        // Later ones are none.
        cadence.changeBehindFirst(to: interval)
        #expect(cadence.interval == .seconds(20))
    }

    @Test func `a postponed check takes the grid along`() {
        var cadence = Cadence(every: interval, first: first, seed: 3)
        let moment = first + .seconds(1_234)
        cadence.postpone(to: moment)
        #expect(cadence.due == moment)
        cadence.advance(after: moment)
        #expect((cadence.due - (moment + interval)).magnitude <= .seconds(3))
    }

    @Test(arguments: [Duration.zero, .seconds(-5), .nanoseconds(1), .milliseconds(1)])
    func `no interval makes it spin`(interval: Duration) {
        var cadence = Cadence(every: interval, first: first, seed: 0)
        #expect(cadence.interval == .milliseconds(1))
        cadence.advance(after: first + .seconds(1))
        #expect(cadence.due > first + .seconds(1))
        cadence.change(to: interval, at: first)
        #expect(cadence.interval == .milliseconds(1))
    }

    @Test func `the longest interval that a config may name does not trap`() {
        var cadence = Cadence(every: .seconds(100 * 366 * 86_400), first: first, seed: 0)
        cadence.advance(after: first)
        #expect(cadence.due > first)
    }

    @Test(arguments: [
        (Duration.seconds(60), Duration.milliseconds(300)), (.seconds(1), .milliseconds(5)),
        (.seconds(86_400), .seconds(1)),
    ])
    func `slack is half a hundredth, at most a second`(interval: Duration, slack: Duration) {
        #expect(Cadence(every: interval, first: first, seed: 0).slack == slack)
    }

    @Test(
        arguments: [
            (0, 1, 300, 0), (0, 10, 300, 0), (9, 10, 300, 180), (9_999, 10_000, 300, 199_980),
            (9_999, 10_000, 60, 59_994), (1, 1_000, 1, 1),
        ] as [(Int, Int, Int64, Int64)])
    func `a start is spread, within the interval`(
        index: Int, count: Int, seconds: Int64, milliseconds: Int64
    ) {
        #expect(
            spreadOffset(index: index, of: count, interval: .seconds(seconds))
                == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        (0, 2), (1, 2), (2, 4), (3, 8), (4, 16), (5, 32), (6, 60), (1_000, 60), (Int.max, 60),
        (Int.min, 2), (-1, 2),
    ])
    func `back-off doubles up to its limit`(failures: Int, seconds: Int) {
        #expect(
            backOff(after: failures, base: .seconds(2), limit: .seconds(60)) == .seconds(seconds))
    }
}
