import Dispatch
import Synchronization

/// A box into which many threads put values and which one queue empties in batches.
///
/// Only the first value of a batch wakes the queue, so a burst of results costs one hop.
final class Inbox<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    private let queue: DispatchQueue
    private let drain: Mutex<(@Sendable () -> Void)?> = Mutex(nil)

    init(queue: DispatchQueue) {
        self.queue = queue
    }

    /// Says what empties the box; it runs on the queue.
    func onValues(_ drain: @escaping @Sendable () -> Void) {
        self.drain.withLock { $0 = drain }
    }

    /// Puts a value into the box.
    func put(_ value: Value) {
        let isFirst = values.withLock { values in
            values.append(value)
            return values.count == 1
        }
        guard isFirst, let drain = drain.withLock(\.self) else { return }
        queue.async(execute: drain)
    }

    /// Takes everything out of the box.
    func takeAll() -> [Value] {
        values.withLock { values in
            let all = values
            values = []
            return all
        }
    }
}
