package import Dispatch
import Model

/// A tick at a fixed interval of the uptime clock; the kernel is told once, so each costs one wake-up.
package final class Ticker {
    private let timer: any DispatchSourceTimer

    /// Starts ticking: calls `tick` on `queue`, for the first time after one interval.
    package init(
        queue: DispatchQueue, every interval: Duration, tick: @escaping @Sendable () -> Void
    ) {
        timer = DispatchSource.makeTimerSource(queue: queue)
        let interval = DispatchTimeInterval.nanoseconds(Int(max(1_000_000, interval.nanoseconds)))
        timer.setEventHandler(handler: tick)
        timer.schedule(deadline: .now() + interval, repeating: interval, leeway: .milliseconds(50))
        timer.activate()
    }

    /// Ends it for good.
    package func cancel() {
        timer.cancel()
    }
}
