import Dispatch

/// An executor that runs an actor on a Dispatch queue, so that Dispatch's own events can enter it.
final class QueueExecutor: SerialExecutor {
    let queue: DispatchQueue

    /// Makes a serial queue of its own on top of another queue.
    init(label: String, target: DispatchQueue) {
        queue = DispatchQueue(label: label, target: target)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}
