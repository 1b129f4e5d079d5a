package import Dispatch
package import Model

/// The one timer of the daemon: it wakes the queue when the earliest due time has come.
///
/// Due times are on the boot-time clock, which Dispatch cannot wait for. Its uptime clock stands still
/// while the machine is suspended, so a second, wall-clock timer stands a moment behind the first: it
/// fires only after a resume, or when the clock is set forward, and then the queue looks again.
package final class WakeTimer {
    private let uptimeTimer: any DispatchSourceTimer
    private let wallTimer: any DispatchSourceTimer
    private var armedFor: Moment?

    /// Makes a timer that calls `wake` on `queue`; it does nothing until it is armed.
    package init(queue: DispatchQueue, wake: @escaping @Sendable () -> Void) {
        uptimeTimer = DispatchSource.makeTimerSource(queue: queue)
        wallTimer = DispatchSource.makeTimerSource(queue: queue)
        for timer in [uptimeTimer, wallTimer] {
            timer.setEventHandler(handler: wake)
            timer.schedule(deadline: .distantFuture)
            timer.activate()
        }
    }

    /// Arms the timer for `due`, in place of what it was armed for; nil disarms it.
    ///
    /// `leeway` is how much later it may fire, so that the kernel can join wake-ups.
    package func arm(for due: Moment?, leeway: Duration, now: Moment) {
        guard due != armedFor else { return }
        armedFor = due
        guard let due else {
            uptimeTimer.schedule(deadline: .distantFuture)
            wallTimer.schedule(wallDeadline: .distantFuture)
            return
        }
        let wait = Int(max(0, (due - now).nanoseconds))
        let leeway = DispatchTimeInterval.nanoseconds(Int(leeway.nanoseconds))
        uptimeTimer.schedule(deadline: .now() + .nanoseconds(wait), leeway: leeway)
        wallTimer.schedule(wallDeadline: .now() + .nanoseconds(wait) + .seconds(1), leeway: leeway)
    }

    /// Tells the timer that it has fired, so that the same moment can be armed again.
    package func fired() {
        armedFor = nil
    }

    /// Ends the timer for good.
    package func cancel() {
        uptimeTimer.cancel()
        wallTimer.cancel()
    }
}
