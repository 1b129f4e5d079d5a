import Dispatch
import Model
import Synchronization

/// Reads a file on a queue of its own; nil when that takes longer than the limit, and goes on then.
func content(
    of path: String, _ fileSystem: any FileReading, within limit: Duration
) async -> FileContent? {
    await offQueue(within: limit) { fileSystem.read(path) }
}

/// Does blocking work on a queue of its own; nil when it takes longer than the limit.
func offQueue<Value: Sendable>(
    within limit: Duration, _ work: @escaping @Sendable () -> Value
) async -> Value? {
    let queue = DispatchQueue(label: "credwatch.lint")
    let timers = DispatchQueue(label: "credwatch.lint.limit")
    let nanoseconds = Int(clamping: max(limit, .zero).nanoseconds)
    return await withCheckedContinuation { continuation in
        let waiting = Mutex<CheckedContinuation<Value?, Never>?>(continuation)
        let box = Once(waiting)
        queue.async { box.give(work()) }
        timers.asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { box.give(nil) }
    }
}

/// A continuation that is resumed by whoever comes first.
private final class Once<Value: Sendable>: Sendable {
    private let waiting: Mutex<CheckedContinuation<Value?, Never>?>

    init(_ waiting: consuming sending Mutex<CheckedContinuation<Value?, Never>?>) {
        self.waiting = waiting
    }

    func give(_ value: Value?) {
        let waiting = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        waiting?.resume(returning: value)
    }
}
