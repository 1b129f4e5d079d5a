import Dispatch
import Model
import Synchronization

/// Looks at surroundings that may have become other ones; used by one thread at a time.
///
/// May block for as long as a file system hangs, or the limit lasts.
protocol Looking: Sendable {
    /// What is thrown when looking takes too long.
    var overdue: ResolveProblem { get }

    /// Returns the very same site while the surroundings stay the same.
    mutating func look(within limit: Duration) throws(ResolveProblem) -> Site
}

/// Looks at surroundings on a queue of their own, once for all who ask at the same moment.
///
/// What hangs costs its own profiles their time and one thread, and holds up nobody else.
final class Lookout: Sendable {
    /// How old a look may be that others join.
    private static let freshness: UInt64 = 50_000_000

    private struct Waiter {
        var id: Int
        var askedAt: UInt64
        var timer: any DispatchSourceTimer
        var continuation: CheckedContinuation<Result<Site, ResolveProblem>, Never>
    }

    private struct State {
        var isLooking = false
        var lookingSince: UInt64 = 0
        var nextID = 0
        var waiters: [Waiter] = []
    }

    private let queue = DispatchQueue(label: "credwatch.surroundings")
    private let timers = DispatchQueue(label: "credwatch.surroundings.limit")
    private let overdue: ResolveProblem
    private let state = Mutex(State())
    /// Only the queue's own work takes it, so nobody ever waits for it.
    private let looking: Mutex<any Looking>

    init(_ looking: any Looking) {
        overdue = looking.overdue
        self.looking = Mutex(looking)
    }

    /// Returns the site as it is now; throws the look's own problem when it takes too long.
    func site(within limit: Duration) async throws(ResolveProblem) -> Site {
        let id = state.withLock { state in
            state.nextID &+= 1
            return state.nextID
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in add(id, limit, continuation) }
        } onCancel: {
            giveUp(id)
        }
        return try result.get()
    }

    private func add(
        _ id: Int, _ limit: Duration,
        _ continuation: CheckedContinuation<Result<Site, ResolveProblem>, Never>
    ) {
        let nanoseconds = Int(clamping: max(limit, .zero).nanoseconds)
        state.withLock { state in
            let timer = DispatchSource.makeTimerSource(queue: timers)
            timer.setEventHandler { [weak self] in self?.giveUp(id) }
            timer.schedule(deadline: .now() + .nanoseconds(nanoseconds))
            timer.activate()
            state.waiters.append(
                Waiter(
                    id: id, askedAt: monotonicNow(), timer: timer, continuation: continuation))
            if !state.isLooking { begin(&state, within: limit) }
        }
        // A cancellation that came before the waiter was there found nobody to resume.
        if Task.isCancelled { giveUp(id) }
    }

    private func begin(_ state: inout State, within limit: Duration) {
        state.isLooking = true
        state.lookingSince = monotonicNow()
        queue.async { self.look(within: limit) }
    }

    private func look(within limit: Duration) {
        let result = looking.withLock { looking -> Result<Site, ResolveProblem> in
            do throws(ResolveProblem) {
                return .success(try looking.look(within: limit))
            } catch {
                return .failure(error)
            }
        }
        let served = state.withLock { state -> [Waiter] in
            let newest = state.lookingSince &+ Self.freshness
            let served = state.waiters.filter { $0.askedAt < newest }
            state.waiters.removeAll { $0.askedAt < newest }
            state.isLooking = false
            if !state.waiters.isEmpty { begin(&state, within: limit) }
            return served
        }
        for waiter in served {
            waiter.timer.cancel()
            waiter.continuation.resume(returning: result)
        }
    }

    private func giveUp(_ id: Int) {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiters.remove(at: index)
        }
        waiter?.timer.cancel()
        waiter?.continuation.resume(returning: .failure(overdue))
    }
}
