package import Model

/// The due times of one repeated check: a fixed grid with a jitter around each of its points.
///
/// The grid does not move, so late starts and long checks add up to nothing. Each point is moved by at
/// most a twentieth of the interval to either side, which makes a jitter of 10 % and keeps the order
/// of the points.
package struct Cadence: Sendable, Hashable {
    package private(set) var interval: Duration
    private var origin: Moment
    private var slot: Int64
    private let seed: UInt64

    /// Makes a cadence whose first point is exactly at `first`; `seed` sets profiles apart.
    package init(every interval: Duration, first: Moment, seed: UInt64) {
        self.interval = max(interval, .milliseconds(1))
        self.origin = first
        self.slot = 0
        self.seed = seed
    }

    /// The current point.
    package var due: Moment {
        guard slot > 0 else { return origin }
        let step = interval.nanoseconds
        return Moment(nanoseconds: origin.nanoseconds + slot * step + jitter(step))
    }

    /// How much a check may be moved to share a wake-up with another: half a hundredth of the
    /// interval, at most a second.
    package var slack: Duration {
        min(.nanoseconds(interval.nanoseconds / 200), .seconds(1))
    }

    /// Goes on to the first point after `now`; points that were missed are left out, not caught up.
    ///
    /// A point that lies ahead by more than its slack stays the next one: the check that has ended was
    /// another one, which somebody asked for or which led to a new interval.
    package mutating func advance(after now: Moment) {
        guard due - slack <= now else { return }
        let passed = (now.nanoseconds - origin.nanoseconds) / interval.nanoseconds
        slot = max(slot + 1, passed)
        while due <= now { slot += 1 }
    }

    /// Changes the interval; the next point is one new interval after `now`.
    package mutating func change(to interval: Duration, at now: Moment) {
        self.interval = max(interval, .milliseconds(1))
        origin = now
        slot = 1
    }

    /// Changes the interval; the first point stays where it is.
    package mutating func changeBehindFirst(to interval: Duration) {
        guard isAtFirst else { return }
        self.interval = max(interval, .milliseconds(1))
    }

    /// Whether the current point is the first one.
    package var isAtFirst: Bool { slot == 0 }

    /// Puts the current point at `moment` and keeps the grid behind it.
    package mutating func postpone(to moment: Moment) {
        origin = moment
        slot = 0
    }

    private func jitter(_ step: Int64) -> Int64 {
        let range = step / 10
        guard range > 0 else { return 0 }
        let hash = mixed(seed ^ UInt64(bitPattern: slot))
        return Int64(hash % UInt64(range)) - range / 2
    }
}

/// Spreads bits evenly (the finalizer of splitmix64), so that neighbouring slots are unrelated.
private func mixed(_ value: UInt64) -> UInt64 {
    var bits = value &+ 0x9E37_79B9_7F4A_7C15
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
}

/// Returns how long after a start, or after a suspend, the check number `index` of `count` should run.
///
/// 20 ms apart, or closer where that would take longer than the interval.
package func spreadOffset(index: Int, of count: Int, interval: Duration) -> Duration {
    guard count > 1 else { return .zero }
    let gap = min(20_000_000, interval.nanoseconds / Int64(count))
    return .nanoseconds(gap * Int64(index))
}

/// Returns the wait before the retry that follows `failures` failures in a row (from 1): `base`,
/// doubled each time, at most `limit`.
package func backOff(after failures: Int, base: Duration, limit: Duration) -> Duration {
    let doublings = min(max(failures, 1), 31) - 1
    let (wait, overflow) = base.nanoseconds.multipliedReportingOverflow(by: 1 << Int64(doublings))
    return overflow ? limit : min(.nanoseconds(wait), limit)
}
