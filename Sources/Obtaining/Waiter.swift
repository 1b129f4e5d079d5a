import Dispatch
import Model
import Synchronization

/// Somebody who waits for one value, for a limited time; the first that is given counts.
final class Waiter<Value: Sendable>: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Value?, Never>?
        var timer: (any DispatchSourceTimer)?
    }

    private let state = Mutex(State())

    var isWaiting: Bool { state.withLock { $0.continuation != nil } }

    /// Waits; nil when the time is over, the task is cancelled, or `begin` says that nothing will come.
    ///
    /// `begin` is called once the value can be given. To be called once.
    func wait(within limit: Duration, begin: () -> Bool) async -> Value? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                start(continuation, within: limit)
                // A cancellation that came before the continuation was there found nobody to resume.
                if !begin() || Task.isCancelled { give(nil) }
            }
        } onCancel: {
            give(nil)
        }
    }

    func give(_ value: Value?) {
        let continuation = state.withLock { state in
            state.timer?.cancel()
            state.timer = nil
            defer { state.continuation = nil }
            return state.continuation
        }
        continuation?.resume(returning: value)
    }

    private func start(
        _ continuation: CheckedContinuation<Value?, Never>, within limit: Duration
    ) {
        let nanoseconds = Int(clamping: max(limit, .zero).nanoseconds)
        state.withLock { state in
            let timer = DispatchSource.makeTimerSource(queue: timers)
            timer.setEventHandler { [self] in give(nil) }
            timer.schedule(deadline: .now() + .nanoseconds(nanoseconds))
            timer.activate()
            state.continuation = continuation
            state.timer = timer
        }
    }
}

private let timers = DispatchQueue(label: "credwatch.obtaining.limit")
