import Dispatch
import Synchronization

/// A task executor on the thread of an event loop.
///
/// The daemon runs no task on the concurrency library's own pool: on Linux, Dispatch wakes once a second
/// for as long as the process lives when the pool was used but once.
package final class LoopTasks: TaskExecutor {
    private let loop: EventLoop

    package init(_ loop: EventLoop) {
        self.loop = loop
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.async { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}

/// Runs asynchronous work on a thread of its own and waits for it; nil when there is no thread for it.
package func runBlocking<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value? {
    guard let loop = EventLoop() else { return nil }
    let result = Box<Value>()
    let done = DispatchSemaphore(value: 0)
    Task.detached(executorPreference: LoopTasks(loop)) {
        let value = await body()
        result.value.withLock { $0 = value }
        done.signal()
    }
    done.wait()
    return result.value.withLock(\.self)
}

private final class Box<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
}
