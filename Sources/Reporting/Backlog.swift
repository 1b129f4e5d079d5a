import Dispatch
import Glibc
import Model
import Synchronization

/// A bounded backlog of entries before a reader that may be slow, or may have stopped.
///
/// Delivery happens on a queue of its own, so `add` never waits for it. What finds the backlog full,
/// or cannot be delivered, is counted, and the count becomes an entry once there is room again.
final class Backlog: Sendable {
    /// An entry with the time at which it was added.
    struct Item {
        var entry: JournalEntry
        var time: WallTime
    }

    private struct State {
        var items: [Item] = []
        var lost = 0
        var isDelivering = false
    }

    private let limit: Int
    private let deliver: @Sendable (Item) -> Bool
    private let queue: DispatchQueue
    private let state = Mutex(State())

    /// Makes a backlog; `deliver` may block, and returns false when the entry is lost.
    init(label: String, limit: Int, deliver: @escaping @Sendable (Item) -> Bool) {
        self.limit = limit
        self.deliver = deliver
        queue = DispatchQueue(label: label)
    }

    func add(_ entry: JournalEntry) {
        let item = Item(entry: entry, time: now())
        let mustStart = state.withLock { state in
            guard state.items.count < limit else {
                state.lost += 1
                return false
            }
            state.items.append(item)
            defer { state.isDelivering = true }
            return !state.isDelivering
        }
        if mustStart { queue.async { self.deliverAll() } }
    }

    func flush(within limit: Duration) {
        let done = DispatchSemaphore(value: 0)
        queue.async { done.signal() }
        _ = done.wait(timeout: .now() + .nanoseconds(Int(max(0, limit.nanoseconds))))
    }

    private enum Step {
        case item(Item)
        case loss(Int)
    }

    private func deliverAll() {
        while let step = next() {
            switch step {
            case .item(let item):
                if !deliver(item) { state.withLock { $0.lost += 1 } }
            case .loss(let count):
                let item = Item(entry: entry(forLost: count), time: now())
                if !deliver(item), mustRest(keeping: count) { return }
            }
        }
    }

    /// Takes the next item, or the count of what was lost when there is nothing else.
    private func next() -> Step? {
        state.withLock { state in
            if !state.items.isEmpty { return .item(state.items.removeFirst()) }
            defer { state.lost = 0 }
            if state.lost > 0 { return .loss(state.lost) }
            state.isDelivering = false
            return nil
        }
    }

    /// Puts a count back that could not be told; true when there is nothing to try but the count again.
    private func mustRest(keeping count: Int) -> Bool {
        state.withLock { state in
            state.lost += count
            guard state.items.isEmpty else { return false }
            state.isDelivering = false
            return true
        }
    }
}

private func entry(forLost count: Int) -> JournalEntry {
    JournalEntry(
        .internalProblem, .warning,
        "\(count) \(count == 1 ? "entry was" : "entries were") lost because the journal did not take them",
        [JournalEntry.Field("CREDWATCH_LOST", String(count))])
}

private func now() -> WallTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return WallTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
}
