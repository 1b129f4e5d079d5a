/// A point on the machine's boot-time clock, which counts suspended time and never jumps.
///
/// Nanoseconds since boot (`CLOCK_BOOTTIME`). All intervals are measured on it; only what people or
/// AWS read carries a ``WallTime``. Sums that leave the range stop at its end.
package struct Moment: Sendable, Hashable, Comparable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package static func < (left: Moment, right: Moment) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    package static func + (moment: Moment, duration: Duration) -> Moment {
        Moment(nanoseconds: sum(moment.nanoseconds, duration.nanoseconds))
    }

    package static func - (moment: Moment, duration: Duration) -> Moment {
        Moment(nanoseconds: difference(moment.nanoseconds, duration.nanoseconds))
    }

    package static func - (left: Moment, right: Moment) -> Duration {
        .nanoseconds(difference(left.nanoseconds, right.nanoseconds))
    }
}

/// A date and time of day in UTC: the time since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// The range is the years 1 to 9999 of RFC 3339: sources that mean "never" name times like 2999. Sums
/// that leave it stop at its end, since one term may be a server's.
package struct WallTime: Sendable, Hashable, Comparable {
    private static let range: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// Whole seconds since 1970, rounded down.
    package let seconds: Int64
    /// The nanoseconds after these, less than a second.
    private let fraction: Int64

    package init(nanoseconds: Int64) {
        self.init(0, nanoseconds)
    }

    package init(seconds: Int64) {
        self.init(seconds, 0)
    }

    private init(_ seconds: Int64, _ nanoseconds: Int64) {
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let total = sum(seconds, rest < 0 ? whole - 1 : whole)
        self.seconds = min(max(total, Self.range.lowerBound), Self.range.upperBound)
        let isInside = total == self.seconds
        fraction = isInside ? (rest < 0 ? rest + 1_000_000_000 : rest) : total < 0 ? 0 : 999_999_999
    }

    /// Nanoseconds since 1970, within the range of `Int64` (1677 to 2262).
    package var nanoseconds: Int64 { (self - WallTime(seconds: 0)).nanoseconds }

    package static func < (left: WallTime, right: WallTime) -> Bool {
        (left.seconds, left.fraction) < (right.seconds, right.fraction)
    }

    package static func + (time: WallTime, duration: Duration) -> WallTime {
        let (seconds, attoseconds) = duration.components
        return WallTime(
            sum(time.seconds, seconds), time.fraction + attoseconds / 1_000_000_000)
    }

    package static func - (left: WallTime, right: WallTime) -> Duration {
        .seconds(left.seconds - right.seconds) + .nanoseconds(left.fraction - right.fraction)
    }
}

/// Both clocks read at the same instant.
package struct Instant: Sendable, Hashable {
    package var moment: Moment
    package var wall: WallTime

    package init(moment: Moment, wall: WallTime) {
        self.moment = moment
        self.wall = wall
    }

    package static func + (instant: Instant, duration: Duration) -> Instant {
        Instant(moment: instant.moment + duration, wall: instant.wall + duration)
    }

    /// The wall time that another moment has, as this instant's clocks see it.
    package func wall(at other: Moment) -> WallTime {
        wall + (other - moment)
    }
}

extension Duration {
    /// The whole duration in nanoseconds, within the range of `Int64` (292 years).
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        return sum(product, attoseconds / 1_000_000_000)
    }

    /// Three quarters of the duration; the operators of `Duration` take a thousand instructions each.
    package var threeQuarters: Duration { .nanoseconds(nanoseconds / 4 * 3) }

    /// The duration without its sign.
    package var magnitude: Duration { self < .zero ? .zero - self : self }

    /// The duration in seconds, fractions included.
    package var inSeconds: Double {
        Double(nanoseconds) / 1e9
    }

    /// The duration in milliseconds, fractions included.
    package var inMilliseconds: Double {
        Double(nanoseconds) / 1e6
    }
}

private func sum(_ left: Int64, _ right: Int64) -> Int64 {
    let (result, overflow) = left.addingReportingOverflow(right)
    return overflow ? (right < 0 ? .min : .max) : result
}

private func difference(_ left: Int64, _ right: Int64) -> Int64 {
    let (result, overflow) = left.subtractingReportingOverflow(right)
    return overflow ? (right < 0 ? .max : .min) : result
}
