import Dispatch

/// An executor that runs an actor's work on a serial Dispatch queue, so that timers, signals and the
/// actor share one queue.
///
/// `DispatchSerialQueue`, which is such an executor on other systems, does not exist on Linux.
final class QueueExecutor: SerialExecutor {
    let queue: DispatchQueue

    init(label: String) {
        queue = DispatchQueue(label: label)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}
