import Model
import Testing

@Suite struct TimeTests {
    @Test(
        arguments: [
            (0, 0), (1, 0), (999_999_999, 0), (1_000_000_000, 1), (-1, -1), (-1_000_000_000, -1),
            (-1_000_000_001, -2), (Int64.min, -9_223_372_037), (Int64.max, 9_223_372_036),
        ] as [(Int64, Int64)])
    func `whole seconds round down`(nanoseconds: Int64, seconds: Int64) {
        #expect(WallTime(nanoseconds: nanoseconds).seconds == seconds)
    }

    @Test func `sums and differences stop at the end of the range`() {
        let (first, last) = (WallTime(seconds: .min), WallTime(seconds: .max))
        #expect(first.rfc3339 == "0001-01-01T00:00:00Z")
        #expect(last.rfc3339 == "9999-12-31T23:59:59Z")
        #expect(last + .seconds(1) == last)
        #expect(first + .seconds(-1) == first)
        #expect((last - first).nanoseconds == .max)
        #expect((first - last).nanoseconds == .min)
        #expect(last.nanoseconds == .max)
        #expect(first.nanoseconds == .min)
        #expect(last + .nanoseconds(1) == last)
        #expect(last + .nanoseconds(-1) < last)
        #expect(first + .seconds(Int64.max) == last)
        #expect(Moment(nanoseconds: .max) + .seconds(1) == Moment(nanoseconds: .max))
        #expect(Moment(nanoseconds: .min) - .seconds(1) == Moment(nanoseconds: .min))
        #expect(
            (Moment(nanoseconds: .min) - Moment(nanoseconds: 1)) == .nanoseconds(Int64.min))
        #expect(Duration.seconds(Int64.max).nanoseconds == .max)
        #expect(Duration.seconds(Int64.min).nanoseconds == .min)
    }

    @Test(arguments: [0, 1, -1, 999_999_999, 1_000_000_000, -1_000_000_001, .max, .min] as [Int64])
    func `nanoseconds are kept`(nanoseconds: Int64) {
        let time = WallTime(nanoseconds: nanoseconds)
        #expect(time.nanoseconds == nanoseconds)
        #expect(time - WallTime(seconds: 0) == .nanoseconds(nanoseconds))
        #expect(WallTime(seconds: 7) + (time - WallTime(seconds: 7)) == time)
    }

    @Test func `both clocks of an instant move together`() {
        let instant = Instant(moment: Moment(nanoseconds: 5), wall: WallTime(seconds: 100))
        let later = instant + .seconds(3)
        #expect(later.moment == Moment(nanoseconds: 3_000_000_005))
        #expect(later.wall == WallTime(seconds: 103))
        #expect(instant.wall(at: later.moment) == later.wall)
        #expect(later.wall(at: instant.moment) == instant.wall)
    }

    @Test func `a duration has a magnitude and parts`() {
        #expect(Duration.seconds(-3).magnitude == .seconds(3))
        #expect(Duration.seconds(3).magnitude == .seconds(3))
        #expect(Duration.milliseconds(1_500).inSeconds == 1.5)
        #expect(Duration.microseconds(1_500).inMilliseconds == 1.5)
    }
}
