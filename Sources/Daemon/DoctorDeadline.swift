import Dispatch
import Model
import Synchronization

/// Waits for work on another thread, for a limited time; nil when the time is over.
///
/// The work is cancelled then, and left alone if it does not heed that: whoever waits goes on.
func within<Value: Sendable>(
    _ limit: Duration, on executor: any TaskExecutor,
    _ work: @escaping @Sendable () async -> Value
) async -> Value? {
    guard limit > .zero else { return nil }
    let race = Race<Value>()
    return await withCheckedContinuation { continuation in
        race.start(continuation)
        let task = Task.detached(executorPreference: executor) { race.end(with: await work()) }
        deadlines.asyncAfter(deadline: .now() + .nanoseconds(Int(clamping: limit.nanoseconds))) {
            task.cancel()
            race.end(with: nil)
        }
    }
}

private let deadlines = DispatchQueue(label: "credwatch.doctor.deadlines")

/// One who waits, and is told of the first of two events only.
private final class Race<Value: Sendable>: Sendable {
    private let waiting = Mutex<CheckedContinuation<Value?, Never>?>(nil)

    func start(_ continuation: CheckedContinuation<Value?, Never>) {
        waiting.withLock { $0 = continuation }
    }

    func end(with value: Value?) {
        let continuation = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume(returning: value)
    }
}
