import Dispatch
import Model
import Synchronization

/// Does work that may block for ever, such as reading from a network mount, off the caller's thread.
///
/// Nil when it takes longer than the limit, or when the task is cancelled; the work goes on then. Work
/// of the same key is done one after the other, so what hangs costs one thread and holds up nobody else.
func offThread<Value: Sendable>(
    key: String, within limit: Duration, _ work: @escaping @Sendable () -> Value
) async -> Value? {
    let answer = Answer<Value>()
    return await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
            answer.await(continuation, within: limit)
            let isTaken = lines.add(key) {
                // Whoever is gone needs no answer any more.
                if answer.isAwaited { answer.give(work()) }
            }
            // A cancellation that came before the continuation was there found nobody to resume.
            if !isTaken || Task.isCancelled { answer.give(nil) }
        }
    } onCancel: {
        answer.give(nil)
    }
}

private let lines = Lines()

/// The serial queues, one for each key that has work; a concurrent queue would use Dispatch's own pool,
/// which wakes the process every second from then on.
private final class Lines: Sendable {
    /// From then on keys without a queue share one.
    static let mostQueues = 64
    /// So much work of one key in a line means that the first of it hangs.
    static let longestLine = 256

    private struct Line: Sendable {
        var queue: DispatchQueue
        var length = 0
    }

    private let lines = Mutex<[String: Line]>([:])

    /// Puts work in the key's line; false when that is too long.
    func add(_ key: String, _ work: @escaping @Sendable () -> Void) -> Bool {
        let place: (name: String, queue: DispatchQueue)? = lines.withLock { lines in
            let name = lines[key] == nil && lines.count >= Self.mostQueues ? "" : key
            var line = lines[name] ?? Line(queue: DispatchQueue(label: "credwatch.obtaining"))
            guard line.length < Self.longestLine else { return nil }
            line.length += 1
            lines[name] = line
            return (name, line.queue)
        }
        guard let place else { return false }
        place.queue.async { [self] in
            work()
            lines.withLock { lines in
                lines[place.name]?.length -= 1
                if lines[place.name]?.length == 0 { lines[place.name] = nil }
            }
        }
        return true
    }
}

/// A place for one answer, which the first to give one fills.
private final class Answer<Value: Sendable>: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Value?, Never>?
        var timer: (any DispatchSourceTimer)?
    }

    private let state = Mutex(State())

    var isAwaited: Bool { state.withLock { $0.continuation != nil } }

    func `await`(_ continuation: CheckedContinuation<Value?, Never>, within limit: Duration) {
        state.withLock { state in
            let timer = DispatchSource.makeTimerSource(queue: timers)
            timer.setEventHandler { [self] in give(nil) }
            let nanoseconds = Int(clamping: max(limit, .zero).nanoseconds)
            timer.schedule(deadline: .now() + .nanoseconds(nanoseconds))
            timer.activate()
            state.continuation = continuation
            state.timer = timer
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
}

private let timers = DispatchQueue(label: "credwatch.obtaining.limit")
