import Dispatch
import Model
import Synchronization

/// Waits for what `begin` starts elsewhere, for a limited time; nil when the time is over.
///
/// `begin` returns what is to be done then; the work goes on alone if that does not end it.
func race<Value: Sendable>(
    within limit: Duration, _ begin: (Race<Value>) -> @Sendable () -> Void
) async -> Value? {
    let race = Race<Value>()
    return await withCheckedContinuation { continuation in
        race.start(continuation)
        let giveUp = begin(race)
        deadlines.asyncAfter(deadline: .now() + .nanoseconds(Int(clamping: limit.nanoseconds))) {
            giveUp()
            race.end(with: nil)
        }
    }
}

private let deadlines = DispatchQueue(label: "credwatch.deadlines")

/// One who waits, and is told of the first of two events only.
final class Race<Value: Sendable>: Sendable {
    private let waiting = Mutex<CheckedContinuation<Value?, Never>?>(nil)

    fileprivate func start(_ continuation: CheckedContinuation<Value?, Never>) {
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
