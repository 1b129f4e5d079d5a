import Dispatch
import FailingOver
import Model
import Reporting
import Scheduling
import Tracking

/// The last 24 hours across restarts: written every quarter of an hour if they changed, and at the stop.
///
/// Nothing is decided by them, so a crash may cost their last minutes, and a disk that fails is told of
/// once and tried again with the next quarter.
extension Engine {
    private static let pause = Duration.seconds(900)

    /// Puts the next writing on the schedule, with time to share a wake-up.
    func scheduleHistory(at now: Moment) {
        schedule.set(.history, due: now + Self.pause, slack: .seconds(60))
    }

    /// Writes the history when it is another one than the last.
    func keepHistory(at now: Moment) {
        scheduleHistory(at: now)
        guard tracker.historyChanged else { return }
        tracker.historyChanged = false
        let (parts, histories) = (parts, tracker.histories)
        parts.stateQueue.async { [self] in
            let problem = parts.save(histories)
            queue.async { [self] in assumeIsolated { $0.keptHistory(problem) } }
        }
    }

    /// Says once that the history cannot be kept, and once that it can again.
    private func keptHistory(_ problem: StateProblem?) {
        if problem != nil { tracker.historyChanged = true }
        tell(
            problem, after: historyProblem, .warning,
            "After a restart, the last hours would be missing from the history.", "The history")
        historyProblem = problem
    }
}

extension Parts {
    /// Writes the history; belongs on the state queue. Returns the problem, if there is one.
    func save(_ histories: [RememberedHistory]) -> StateProblem? {
        failure { () throws(StateProblem) in try store.saveHistory(histories) }
    }
}

/// Takes the history that an earlier daemon kept; without one the daemon does its work as well.
func recallHistory(_ store: StateStore, _ journal: any Journal) -> [RememberedHistory] {
    recall(
        journal, "The history ", unreadable: "The last 24 hours begin anew.",
        unusable: "Health and failover do not depend on it; the last 24 hours begin anew."
    ) { () throws(StateProblem) in
        try store.loadHistory(now: SystemClock.wall())
    }
}

/// Loads what the daemon can do without; the sentences say what is lost with a file that could not be read, and
/// with one that was set aside.
func recall<Element>(
    _ journal: any Journal, _ name: String = "", unreadable: String, unusable: String,
    _ load: () throws(StateProblem) -> Loaded<[Element]>
) -> [Element] {
    do throws(StateProblem) {
        switch try load() {
        case .nothing: break
        case .remembered(let elements): return elements
        case .setAside(let path, let newPath, let reason):
            journal.write(
                JournalEntry(
                    .stateFileSetAside, .warning,
                    "\(name)\(path) is not usable (\(reason)) and is now \(newPath). \(unusable)"))
        }
    } catch {
        journal.write(JournalEntry(.stateFileFailed, .warning, "\(error) \(unreadable)"))
    }
    return []
}
