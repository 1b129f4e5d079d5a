import Diagnosing
import Model
import Scheduling
import Synchronization

/// The jobs that wait, and the workers that take them: never more at the same time than a limit, and some
/// proofs that a failover waits for.
///
/// Workers take the next job by themselves, so a burst of checks costs neither a task for each nor a
/// hop to the engine in between.
final class JobBoard: Sendable {
    fileprivate struct Running: Sendable {
        var job: Job
        var startedAt: Instant
        var deadline: Moment
        var worker: Int
    }

    fileprivate struct State: Sendable {
        var limit: Int
        var urgent = FIFO<Job>()
        var waiting = FIFO<Job>()
        /// What stands in the two queues.
        var lined: Set<Job.Identity> = []
        var running: [UInt64: Running] = [:]
        /// The jobs that run, each once: a second one waits until the first has ended.
        var busy: Set<Job.Identity> = []
        /// Asked for while the same job ran.
        var again: [Job.Identity: Job] = [:]
        var workers: [Int: Task<Void, Never>?] = [:]
        var lastID: UInt64 = 0
        var lastWorker = 0
        var lateness: Lateness?
    }

    private let state: Mutex<State>

    /// So many proofs run beside the limit, when all places are taken by checks that hang.
    private static let placesForProofs = 16

    init(limit: Int, keepsLateness: Bool) {
        state = Mutex(State(limit: limit, lateness: keepsLateness ? Lateness() : nil))
    }

    var isIdle: Bool {
        state.withLock { $0.running.isEmpty && $0.urgent.isEmpty && $0.waiting.isEmpty }
    }

    /// How many jobs wait for a worker.
    var backlog: Int { state.withLock { $0.urgent.count + $0.waiting.count } }

    /// How many jobs have been started.
    var started: UInt64 { state.withLock(\.lastID) }

    /// When the first of the running jobs has to be given up; nil when none runs.
    var earliestDeadline: Moment? { state.withLock { $0.running.values.map(\.deadline).min() } }

    var lateness: Lateness? { state.withLock(\.lateness) }

    func setLimit(_ limit: Int) {
        state.withLock { $0.limit = limit }
    }

    /// Whether a routine check of a profile waits or runs.
    func hasRoutine(_ profile: String) -> Bool {
        let identity = Job.Identity(profile: profile, group: nil)
        return state.withLock { $0.lined.contains(identity) || $0.busy.contains(identity) }
    }

    /// Lines a job up, unless the same one waits already.
    ///
    /// Of a job that runs, a check that was asked for and a proof start anew afterwards: what runs may
    /// have begun before the reason to ask. A scheduled check needs no second one.
    func add(_ job: Job) {
        state.withLock { state in
            let identity = job.identity
            if state.busy.contains(identity) {
                if !job.isScheduled { state.again[identity] = job }
            } else if state.lined.insert(identity).inserted {
                state.line(job)
            }
        }
    }

    /// Makes as many workers as there is work for; `start` gets the number of each.
    func hire(_ start: (Int) -> Task<Void, Never>) {
        while true {
            let worker: Int? = state.withLock { state in
                let work = state.urgent.count + state.waiting.count
                let idle = state.workers.count - state.running.count
                // A failover does not wait for the time limits of checks that have nothing to do with it.
                let places = state.limit + min(state.urgent.count, Self.placesForProofs)
                guard work > idle, state.workers.count < places else { return nil }
                state.lastWorker += 1
                state.workers[state.lastWorker] = .some(nil)
                return state.lastWorker
            }
            guard let worker else { return }
            let task = start(worker)
            state.withLock { state in
                if state.workers[worker] != nil { state.workers[worker] = task }
            }
        }
    }

    /// Gives a worker its next job; nil ends the worker.
    func next(for worker: Int) -> (id: UInt64, job: Job)? {
        let now = SystemClock.now()
        return state.withLock { state in
            let hasPlace = state.workers.count <= state.limit
            guard state.workers[worker] != nil,
                let job = state.urgent.popFirst()
                    ?? (hasPlace ? state.waiting.popFirst() : nil)
            else {
                state.workers[worker] = nil
                return nil
            }
            state.lined.remove(job.identity)
            state.busy.insert(job.identity)
            state.lastID += 1
            let limit = longestCheck(
                timeout: job.profile.timeout, hasCanary: job.profile.canary != nil)
            state.running[state.lastID] = Running(
                job: job, startedAt: now, deadline: now.moment + limit, worker: worker)
            if case .routine(let due?) = job.purpose { state.lateness?.note(now.moment - due) }
            return (state.lastID, job)
        }
    }

    /// Takes a job off the list; false when it had been given up before.
    func finished(_ id: UInt64) -> Bool {
        state.withLock { $0.finish(id) != nil }
    }

    /// Gives up the jobs whose time is over, and their workers, and returns a result for each.
    func giveUpOverdue(at now: Instant) -> [(Job, CheckResult)] {
        let late = state.withLock { state in
            state.running.filter { $0.value.deadline <= now.moment }.compactMap { id, _ in
                let entry = state.finish(id)
                if let entry, let task = state.workers.removeValue(forKey: entry.worker) {
                    task?.cancel()
                }
                return entry
            }
        }
        return late.map { entry in
            let diagnosis = diagnosisOfTimedOutCheck(after: now.moment - entry.startedAt.moment)
            return (
                entry.job,
                CheckResult(
                    profile: entry.job.profile.name, startedAt: entry.startedAt, finishedAt: now,
                    diagnosis: diagnosis)
            )
        }
    }

    /// Forgets everything and ends the workers.
    func cancelAll() {
        let tasks = state.withLock { state in
            defer { state = State(limit: 0, lateness: state.lateness) }
            return state.workers.values.compactMap(\.self)
        }
        for task in tasks { task.cancel() }
    }
}

extension JobBoard.State {
    fileprivate mutating func line(_ job: Job) {
        switch job.purpose {
        case .proof: urgent.append(job)
        case .routine: waiting.append(job)
        }
    }

    /// Ends a running job, and lines up what was asked for meanwhile.
    fileprivate mutating func finish(_ id: UInt64) -> JobBoard.Running? {
        guard let entry = running.removeValue(forKey: id) else { return nil }
        let identity = entry.job.identity
        busy.remove(identity)
        if !again.isEmpty, let job = again.removeValue(forKey: identity),
            lined.insert(identity).inserted
        {
            line(job)
        }
        return entry
    }
}
