import Model
import Support
import Testing

@testable import Tracking

@Suite struct ClockTrackTests {
    private static let (a, b, c) = ("https://a", "https://b", "https://c")

    private var track = ClockTrack()
    private var now = Sample.start

    private mutating func hear(_ answers: (String, Int)...) {
        for (endpoint, seconds) in answers {
            now = now + .seconds(1)
            track.hear(.seconds(seconds), from: endpoint, at: now)
        }
    }

    private var skew: Duration? { track.skew(at: now) }

    @Test mutating func `before an answer nothing is known`() {
        #expect(skew == nil)
        #expect(track.status(at: now) == nil)
        #expect(!track.isWrong(at: now))
        #expect(track.isCalm)
    }

    @Test mutating func `a clock that is fine is known by one answer`() {
        hear((Self.a, 2))
        #expect(skew == .seconds(2))
        #expect(track.isCalm)
        #expect(
            track.status(at: now) == ClockStatus(skew: .seconds(2), measuredAt: now.wall))
    }

    @Test(arguments: [400, -400]) func `one odd answer says nothing, two in a row do`(odd: Int) {
        var test = self
        test.hear((Self.a, odd))
        #expect(test.skew == nil)
        #expect(test.track.status(at: test.now)?.skew == .seconds(odd))
        test.hear((Self.a, odd))
        #expect(test.skew == .seconds(odd))
        #expect(test.track.isWrong(at: test.now))
        // And one good one takes it back.
        test.hear((Self.a, 1))
        #expect(test.skew == .seconds(1))
        #expect(!test.track.isWrong(at: test.now))
    }

    @Test mutating func `an odd server among good ones is never heard`() {
        hear((Self.a, 0))
        for _ in 0..<20 {
            hear((Self.a, 400), (Self.a, 0))
            #expect(skew == .zero)
        }
        #expect(!track.isCalm)
        hear((Self.a, 1), (Self.a, 1))
        #expect(track.isCalm)
    }

    @Test
    mutating func `of two endpoints that disagree the nearer one is believed, without flapping`() {
        for _ in 0..<3 { hear((Self.a, 400)) }
        hear((Self.b, 0), (Self.b, 0))
        for _ in 0..<20 {
            hear((Self.a, 400), (Self.a, 400), (Self.a, 400))
            #expect(skew == .zero)
            hear((Self.b, 0))
            #expect(skew == .zero)
        }
        // One that says nothing for an hour has no voice.
        now = now + .seconds(3_601)
        hear((Self.a, 400), (Self.a, 400))
        #expect(skew == .seconds(400))
    }

    @Test mutating func `of three endpoints the middle one is believed`() {
        hear((Self.a, 400), (Self.b, 0), (Self.c, 380), (Self.a, 400), (Self.b, 0), (Self.c, 380))
        #expect(skew == .seconds(380))
        #expect(track.isWrong(at: now))
    }

    @Test mutating func `one ahead and one behind agree on nothing`() {
        hear((Self.a, 400), (Self.b, -400), (Self.a, 400), (Self.b, -400))
        #expect(skew == .zero)
    }

    @Test mutating func `a wall clock that is set is noticed without an answer`() {
        hear((Self.a, 400), (Self.a, 400))
        #expect(track.isWrong(at: now))
        now.wall = now.wall + .seconds(399)
        #expect(skew == .seconds(1))
        #expect(!track.isWrong(at: now))
        #expect(track.status(at: now)?.skew == .seconds(1))
        now.wall = now.wall + .seconds(600)
        #expect(skew == .seconds(-599))
        #expect(track.isWrong(at: now))
    }

    @Test mutating func `what was measured ten minutes ago holds nothing up`() {
        hear((Self.a, 400), (Self.a, 400))
        now = now + .seconds(600)
        #expect(track.isWrong(at: now))
        now = now + .milliseconds(1)
        #expect(!track.isWrong(at: now))
        #expect(skew == .seconds(400))
    }

    @Test(arguments: [(300, false), (301, true), (-300, false), (-301, true)])
    func `wrong is more than five minutes`(seconds: Int, expected: Bool) {
        var test = self
        test.hear((Self.a, seconds), (Self.a, seconds))
        #expect(test.track.isWrong(at: test.now) == expected)
    }

    @Test mutating func `many endpoints take no room`() {
        for round in 0..<3 {
            for number in 0..<100 { hear(("https://\(number)", 400 + round)) }
        }
        hear(("https://99", 500), ("https://99", 500))
        #expect(skew == .seconds(500))
    }

    @Test(arguments: [Int64.max, Int64.min, 0]) func `no time breaks it`(seconds: Int64) {
        var test = self
        for wall in [seconds, 0, -(seconds / 2), Int64.max, Int64.min] {
            for moment in [Int64.max, Int64.min, 0] {
                test.now = Instant(
                    moment: Moment(nanoseconds: moment), wall: WallTime(seconds: wall))
                for skew in [seconds, -1 - seconds, 400] {
                    test.track.hear(.seconds(skew), from: Self.a, at: test.now)
                    _ = test.track.isWrong(at: test.now)
                    _ = test.track.status(at: test.now)
                }
            }
        }
    }
}
