import Dispatch
import Synchronization

/// A box into which many threads put values and which one queue empties in batches.
///
/// Only the first value of a batch wakes the queue, and while more is to come soon it may wait for a
/// moment, so a burst of results costs few hops.
final class Inbox<Value: Sendable>: Sendable {
    private struct Box: Sendable {
        var values: [Value] = []
        /// Whether somebody who does not wait has woken the queue.
        var isPressing = false
    }

    private let box = Mutex(Box())
    private let queue: DispatchQueue
    private let drain: Mutex<(@Sendable () -> Void)?> = Mutex(nil)

    init(queue: DispatchQueue) {
        self.queue = queue
    }

    /// Says what empties the box; it runs on the queue.
    func onValues(_ drain: @escaping @Sendable () -> Void) {
        self.drain.withLock { $0 = drain }
    }

    /// How long values wait for others that are on their way.
    private static var pause: DispatchTimeInterval { .milliseconds(2) }

    /// Puts a value into the box; one that is not pressing may wait two milliseconds for others.
    func put(_ value: Value, isPressing: Bool) {
        let mustWake = box.withLock { box in
            box.values.append(value)
            let isFirst = box.values.count == 1
            defer { box.isPressing = box.isPressing || isPressing }
            return isFirst || (isPressing && !box.isPressing)
        }
        guard mustWake, let drain = drain.withLock(\.self) else { return }
        if isPressing {
            queue.async(execute: drain)
        } else {
            queue.asyncAfter(deadline: .now() + Self.pause, execute: drain)
        }
    }

    /// Takes everything out of the box.
    func takeAll() -> [Value] {
        box.withLock { box in
            defer { box = Box() }
            return box.values
        }
    }
}
