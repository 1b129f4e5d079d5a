import Glibc
import Model
import Scheduling
import SystemBus

/// Waiting for units that were told to restart. Everything here blocks.
extension UnitRestarts {
    /// Waits until systemd has done what it was told; tells of the units with which it is not done in time.
    func waitForJobs(
        of begun: inout [Restarted], _ fail: (String, String) -> Void
    ) {
        let end = SystemClock.moment() + jobLimit
        var pause = Duration.milliseconds(20)
        var waiting = Set(begun.map(\.need.unit))
        while true {
            for restarted in begun where waiting.contains(restarted.need.unit) {
                let unit = restarted.need.unit
                do throws(UnitDirectoryFailure) {
                    if try !manager.isBusy(unit, within: answerLimit) { waiting.remove(unit) }
                } catch {
                    waiting.remove(unit)
                    begun.removeAll { $0.need.unit == unit }
                    fail(unit, error.what)
                }
            }
            if waiting.isEmpty { return }
            if SystemClock.moment() >= end { break }
            sleep(for: pause)
            pause = min(pause * 2, .milliseconds(250))
        }
        for unit in begun.map(\.need.unit) where waiting.contains(unit) {
            fail(unit, "its job was not done after \(jobLimit.rough)")
        }
        begun.removeAll { waiting.contains($0.need.unit) }
    }

    /// Watches for a while whether the units stay up with one main process.
    func settle(_ begun: inout [Restarted], _ fail: (String, String) -> Void) {
        let end = SystemClock.moment() + settling
        var main: [String: Int32] = [:]
        while !begun.isEmpty {
            let isLast = SystemClock.moment() >= end
            begun.removeAll { restarted in
                let unit = restarted.need.unit
                let reason: String?
                do throws(UnitDirectoryFailure) {
                    let state = try known(unit)
                    reason = trouble(state, formerMain: main[unit], isLast: isLast)
                    main[unit] = state.mainProcess
                } catch {
                    reason = error.what
                }
                if let reason { fail(unit, reason) }
                return reason != nil
            }
            if isLast { return }
            sleep(for: .milliseconds(200))
        }
    }

    /// Says what is wrong with a unit after its job; nil when nothing is.
    private func trouble(_ state: UnitState, formerMain: Int32?, isLast: Bool) -> String? {
        let words = "\(state.active) (\(state.sub))"
        switch state.active {
        case "active":
            if let formerMain, formerMain != state.mainProcess {
                return "it does not stay up: it was started again after its restart"
            }
            return nil
        case "reloading", "refreshing", "activating":
            if state.sub == "auto-restart" || state.sub == "auto-restart-queued" {
                return "it does not come back: it is \(words)"
            }
            return isLast ? "it does not come back: it is still \(words)" : nil
        default: return "it does not come back: it is \(words)"
        }
    }
}

private func sleep(for duration: Duration) {
    let end = SystemClock.moment() + duration
    while true {
        let left = (end - SystemClock.moment()).nanoseconds
        guard left > 0 else { return }
        poll(nil, 0, Int32(min(left / 1_000_000 + 1, 60_000)))
    }
}
