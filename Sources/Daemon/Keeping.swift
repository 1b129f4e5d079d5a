import Dispatch
import FailingOver
import Model
import Reporting
import Scheduling
import Tracking

/// When the state file is written: soon after a change, never twice at the same time.
struct Keeping {
    var isDirty = false
    var gapIsOver = false
    var isWriting = false
    var problem: StateProblem?
    private(set) var lastCost = Duration.zero

    /// How long a change waits for others: changes of ten thousand profiles at once are one writing.
    var gap: Duration { min(max(lastCost * 100, .milliseconds(500)), .seconds(30)) }

    mutating func end(after cost: Duration) {
        isWriting = false
        lastCost = cost
    }
}

extension Parts {
    /// Writes the state file; belongs on the state queue. Returns the problem, if there is one.
    func save(_ state: RememberedState) -> StateProblem? {
        failure { () throws(StateProblem) in try store.save(state) }
    }
}

/// Returns what an operation throws; nil when it succeeds.
func failure<Problem: Error>(of operation: () throws(Problem) -> Void) -> Problem? {
    do throws(Problem) {
        try operation()
        return nil
    } catch {
        return error
    }
}

extension Engine {
    /// Writes the state file a moment after something in it changed.
    func keepIfDue() {
        guard keeping.isDirty, !keeping.isWriting else { return }
        guard keeping.gapIsOver else {
            if schedule.due(.keep) == nil {
                schedule.set(
                    .keep, due: SystemClock.moment() + keeping.gap, slack: .zero)
            }
            return
        }
        keeping.isDirty = false
        keeping.gapIsOver = false
        keeping.isWriting = true
        let (parts, state) = (parts, tracker.remembered)
        let begin = SystemClock.moment()
        parts.stateQueue.async { [self] in
            let problem = parts.save(state)
            let cost = SystemClock.moment() - begin
            queue.async { [self] in assumeIsolated { $0.keptBySchedule(problem, after: cost) } }
        }
    }

    private func keptBySchedule(_ problem: StateProblem?, after cost: Duration) {
        keeping.end(after: cost)
        if !keeping.isDirty { publication.outcomeWaits = nil }
        kept(problem)
        if problem != nil, !isStopping {
            keeping.isDirty = true
            schedule.set(.keep, due: SystemClock.moment() + .seconds(5))
        }
        turn()
    }

    /// Says once that the state cannot be kept, and once that it can again.
    func kept(_ problem: StateProblem?) {
        tell(
            problem, after: keeping.problem, .error,
            "After a restart, the health of before this would be taken up.", "The state file")
        keeping.problem = problem
    }

    /// Tells what is new of a file of the state directory: that it cannot be written, with what follows from
    /// that, or that it can again.
    func tell(
        _ problem: StateProblem?, after old: StateProblem?, _ priority: Priority,
        _ consequence: String, _ file: String
    ) {
        switch (old, problem) {
        case (nil, let new?):
            parts.journal.write(JournalEntry(.stateFileFailed, priority, "\(new) \(consequence)"))
        case (_?, nil):
            parts.journal.write(
                JournalEntry(.stateFileRestored, .notice, "\(file) is written again."))
        default: break
        }
    }
}
