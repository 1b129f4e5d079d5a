import CClock
import CSystemd
import Dispatch
import Glibc
import Model
import Synchronization

/// The line to systemd: readiness, status and watchdog, by sd_notify.
///
/// All calls return at once and do nothing where no manager asked for notices (NOTIFY_SOCKET). While the
/// manager keeps up, a notice is sent where it arises, which wakes no other thread; what its full socket
/// does not take follows in order on a queue, because sd_notify waits.
package final class ServiceManager: Sendable {
    /// Whether a manager listens.
    package let isPresent: Bool

    /// How often ``watchdog()`` is due at the latest, or nil when nobody waits for it.
    ///
    /// systemd kills the service when nothing came for this long; half of it is the usual interval.
    package let watchdogInterval: Duration?

    private let address: String?
    private let queue = DispatchQueue(label: "credwatch.notify")
    /// Notices that wait for the queue.
    private let waiting = Mutex(0)
    private let mostWaiting = 64

    /// Asks the environment what the manager wants.
    package init() {
        address = environmentVariable("NOTIFY_SOCKET").flatMap { $0.isEmpty ? nil : $0 }
        isPresent = address != nil
        var microseconds: UInt64 = 0
        // Above 292,000 years it is no interval but a mistake.
        watchdogInterval =
            environmentVariable("WATCHDOG_USEC") != nil
                && credwatch_watchdog_enabled(&microseconds) > 0
                && microseconds <= UInt64(Int64.max) / 1_000
            ? .microseconds(Int64(microseconds)) : nil
    }

    /// Tells that the service is up, or that a reload is done.
    package func ready(_ sentence: String) {
        send("READY=1\nSTATUS=\(oneLine(sentence))", isNeeded: true)
    }

    /// Sets the sentence that `systemctl status` shows.
    package func status(_ sentence: String) {
        send("STATUS=\(oneLine(sentence))", isNeeded: false)
    }

    /// Tells that the service is alive.
    package func watchdog() {
        send("WATCHDOG=1", isNeeded: false)
    }

    /// Tells that a reload begins; ``ready(_:)`` ends it.
    package func reloading(_ sentence: String = "reloading the config") {
        let microseconds = credwatch_clock(CLOCK_MONOTONIC) / 1_000
        send(
            "RELOADING=1\nMONOTONIC_USEC=\(microseconds)\nSTATUS=\(oneLine(sentence))",
            isNeeded: true)
    }

    /// Tells that the service ends.
    package func stopping(_ sentence: String = "stopping") {
        send("STOPPING=1\nSTATUS=\(oneLine(sentence))", isNeeded: true)
    }

    /// Waits until all notices are sent, at most this long.
    package func flush(within limit: Duration) {
        let done = DispatchSemaphore(value: 0)
        queue.async { done.signal() }
        _ = done.wait(timeout: .now() + .nanoseconds(Int(max(0, limit.nanoseconds))))
    }

    /// Sends a notice; one that is not needed is dropped when the manager does not keep up.
    private func send(_ notice: String, isNeeded: Bool) {
        guard let address else { return }
        let mustWait = waiting.withLock { waiting in
            waiting > 0 || credwatch_notify_now(address, notice) == 0
        }
        guard mustWait else { return }
        let hasRoom = waiting.withLock { waiting in
            guard isNeeded || waiting < mostWaiting else { return false }
            waiting += 1
            return true
        }
        guard hasRoom else { return }
        queue.async {
            _ = credwatch_notify(notice)
            self.waiting.withLock { $0 -= 1 }
        }
    }

    private func oneLine(_ sentence: String) -> String {
        bounded(visible(sentence), bytes: 1_024)
    }
}
