import CClock
import Glibc
package import Model

/// The machine's clocks.
package enum SystemClock {
    /// Reads the boot-time and the wall clock.
    package static func now() -> Instant {
        Instant(moment: moment(), wall: wall())
    }

    /// Reads the boot-time clock, which counts suspended time.
    package static func moment() -> Moment {
        Moment(nanoseconds: read(CLOCK_BOOTTIME))
    }

    /// Reads the wall clock.
    package static func wall() -> WallTime {
        WallTime(nanoseconds: read(CLOCK_REALTIME))
    }

    /// Reads how long the machine has been suspended since boot.
    package static func suspended() -> Duration {
        .nanoseconds(read(CLOCK_BOOTTIME) - read(CLOCK_MONOTONIC))
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        credwatch_clock(clock)
    }
}
