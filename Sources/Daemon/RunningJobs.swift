import Diagnosing
import Model

/// The jobs that wait for a place and those that run, never more than a limit.
struct RunningJobs {
    struct Running {
        var job: Job
        var task: Task<Void, Never>
        var deadline: Moment
        var startedAt: Instant
    }

    private(set) var limit: Int
    private var urgent = FIFO<Job>()
    private var waiting = FIFO<Job>()
    private var known: Set<Job.Identity> = []
    private var running: [UInt64: Running] = [:]
    private var nextID: UInt64 = 0

    init(limit: Int) {
        self.limit = limit
    }

    var isIdle: Bool { running.isEmpty && urgent.isEmpty && waiting.isEmpty }
    var earliestDeadline: Moment? { running.values.map(\.deadline).min() }

    mutating func setLimit(_ limit: Int) {
        self.limit = limit
    }

    /// Whether a routine check of a profile waits or runs.
    func hasRoutine(_ profile: String) -> Bool {
        known.contains(Job.Identity(profile: profile, group: nil))
    }

    /// Lines a job up, unless the same one waits or runs already.
    mutating func add(_ job: Job) {
        guard known.insert(job.identity).inserted else { return }
        switch job.purpose {
        case .proof: urgent.append(job)
        case .routine: waiting.append(job)
        }
    }

    /// Takes the next job when there is a place for it.
    mutating func next() -> (id: UInt64, job: Job)? {
        guard running.count < limit, let job = urgent.popFirst() ?? waiting.popFirst() else {
            return nil
        }
        nextID += 1
        return (nextID, job)
    }

    mutating func started(_ id: UInt64, _ running: Running) {
        self.running[id] = running
    }

    /// Takes a job off the list; false when it had been given up before.
    mutating func finished(_ id: UInt64) -> Bool {
        guard let entry = running.removeValue(forKey: id) else { return false }
        known.remove(entry.job.identity)
        return true
    }

    /// Gives up the jobs whose time is over, and returns a result for each.
    mutating func giveUpOverdue(at now: Instant) -> [(Job, CheckResult)] {
        let late = running.filter { $0.value.deadline <= now.moment }
        return late.map { id, entry in
            entry.task.cancel()
            _ = finished(id)
            let limit = now.moment - entry.startedAt.moment
            return (
                entry.job,
                CheckResult(
                    profile: entry.job.profile.name, startedAt: entry.startedAt, finishedAt: now,
                    diagnosis: diagnosisOfTimedOutCheck(after: limit))
            )
        }
    }

    mutating func cancelAll() {
        for entry in running.values { entry.task.cancel() }
        running = [:]
        urgent = FIFO()
        waiting = FIFO()
        known = []
    }
}
