import Dispatch
import Model
import Switching
import Synchronization

/// Whoever writes keys into files; every call blocks.
protocol KeyWriter: Sendable {
    /// Looks, without changing anything, whether a place could be written; returns the key id there.
    func inspect(_ place: SwitchPlace) throws(SwitchProblem) -> String?
    func write(_ keys: WrittenKeys, to place: SwitchPlace, now: WallTime) throws(SwitchProblem)
        -> SwitchedFile
    /// Puts back what stood there before.
    func restore(_ file: SwitchedFile) throws(SwitchProblem)
}

extension FileSwitcher: KeyWriter {}

/// A thread for the calls of one move that block, each for a limited time.
struct BlockingLine: Sendable {
    private let queue = DispatchQueue(label: "credwatch.move")

    /// Does work on the thread; nil when it takes longer than the limit, and goes on alone.
    func run<Value: Sendable>(
        within limit: Duration, _ work: @escaping @Sendable () -> Value
    ) async -> Value? {
        let first = First<Value>()
        return await withCheckedContinuation { continuation in
            first.wait(continuation)
            queue.async { first.give(work()) }
            deadlines.asyncAfter(
                deadline: .now() + .nanoseconds(Int(clamping: limit.nanoseconds))
            ) { first.give(nil) }
        }
    }
}

private let deadlines = DispatchQueue(label: "credwatch.move.deadlines")

/// One who waits, and hears only the first answer.
private final class First<Value: Sendable>: Sendable {
    private let waiting = Mutex<CheckedContinuation<Value?, Never>?>(nil)

    func wait(_ continuation: CheckedContinuation<Value?, Never>) {
        waiting.withLock { $0 = continuation }
    }

    func give(_ value: Value?) {
        let continuation = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume(returning: value)
    }
}
