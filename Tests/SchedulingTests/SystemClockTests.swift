import Glibc
import Model
import Scheduling
import Testing

@Suite struct SystemClockTests {
    @Test func `the boot clock is the kernel's and never goes back`() {
        var before = timespec()
        clock_gettime(CLOCK_BOOTTIME, &before)
        var last = Moment(
            nanoseconds: Int64(before.tv_sec) * 1_000_000_000 + Int64(before.tv_nsec))
        for _ in 0..<10_000 {
            let moment = SystemClock.moment()
            #expect(moment >= last)
            last = moment
        }
        #expect(last.nanoseconds > 0)
    }

    @Test func `the wall clock is the one of the C library`() {
        let before = Int64(time(nil))
        let now = SystemClock.now()
        let after = Int64(time(nil))
        // time() may lag behind by a tick of the kernel.
        #expect((before...(after + 1)).contains(now.wall.seconds))
        #expect(now.moment <= SystemClock.moment())
        // After 2026 and before 2200: neither seconds nor microseconds were taken for nanoseconds.
        #expect((1_767_000_000...7_258_000_000).contains(SystemClock.wall().seconds))
    }

    @Test func `time in suspend is never negative beyond the reading's own error`() {
        #expect(SystemClock.suspended() >= .milliseconds(-1_000))
    }
}
