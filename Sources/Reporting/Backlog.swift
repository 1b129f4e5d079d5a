import CClock
import Dispatch
import Glibc
import Model
import Synchronization

/// A bounded backlog of entries before a reader that may be slow, may have stopped, or may be away.
///
/// Delivery happens on a queue of its own, so `add` never waits for it. While the reader is away the
/// entries wait, and delivery is tried again with the next entry and, while anything waits, by a slow
/// timer. What there is no room for, or what the reader refuses, is counted, and the count becomes an
/// entry once there is nothing else to deliver.
final class Backlog: Sendable {
    typealias Item = WaitingEntries.Item

    /// What became of an entry.
    enum Delivery: Sendable, Hashable {
        case delivered
        /// Not this entry, ever.
        case refused
        /// Nothing for now: nobody listens.
        case away
    }

    fileprivate struct State {
        var items: WaitingEntries
        /// What was dropped since the start, and how much of it no entry has told of.
        var dropped = 0
        var untold = 0
        var isDelivering = false
        /// Since when the entry at hand is being delivered.
        var deliveringSince: Duration?
        /// Whether the reader takes nothing, as far as is known.
        var isAway = false
        var triedAt = Duration.zero
        var isTimerSet = false
        var pause = Backlog.shortestPause
        var onChange: (@Sendable () -> Void)?
    }

    /// A delivery that takes longer than this is one to a reader that has stopped.
    static let patience = Duration.seconds(2)
    private static let shortestPause = Duration.seconds(1)
    private static let longestPause = Duration.seconds(30)

    private let deliver: @Sendable (Item) -> Delivery
    private let queue: DispatchQueue
    private let state: Mutex<State>

    /// Makes a backlog; `deliver` may block.
    init(
        label: String, limit: Int, mostBytes: Int = 4 << 20,
        deliver: @escaping @Sendable (Item) -> Delivery
    ) {
        self.deliver = deliver
        queue = DispatchQueue(label: label)
        state = Mutex(State(items: WaitingEntries(mostEntries: limit, mostBytes: mostBytes)))
    }

    /// How many entries wait, how many were dropped, and whether the reader takes any.
    var status: JournalStatus {
        state.withLock { state in
            // What is on its way to a reader that takes it waits for nothing.
            let isReachable = !state.isAway && !state.isStuck(at: uptime())
            let count = state.items.count + (state.deliveringSince == nil ? 0 : 1)
            return JournalStatus(
                isReachable: isReachable, waiting: isReachable ? 0 : count, dropped: state.dropped)
        }
    }

    /// Calls a function, on any thread, whenever the reader goes away or comes back.
    func onChange(_ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.onChange = body }
    }

    func add(_ entry: JournalEntry) {
        let time = uptime()
        let item = Item(entry: entry, time: now(), uptime: time)
        let (mustStart, change) = state.withLock { state in
            state.drop(state.items.add(item))
            let change = state.isStuck(at: time) ? state.turn(isAway: true) : nil
            let mayTry = !state.isAway || time - state.triedAt >= Self.shortestPause
            guard !state.isDelivering, mayTry else { return (false, change) }
            state.isDelivering = true
            return (true, change)
        }
        change?()
        if mustStart { queue.async { self.deliverAll() } }
    }

    /// Waits until all is delivered, at most this long; returns at once when nobody listens.
    func flush(within limit: Duration) {
        let done = DispatchSemaphore(value: 0)
        queue.async {
            self.deliverAll()
            done.signal()
        }
        _ = done.wait(timeout: .now() + .nanoseconds(Int(max(0, limit.nanoseconds))))
    }

    private enum Step {
        case item(Item)
        case loss(Int)
    }

    private func deliverAll() {
        while let step = next() {
            let outcome: Delivery
            switch step {
            case .item(let item): outcome = deliver(item)
            case .loss(let count):
                outcome = deliver(Item(entry: entry(forLost: count), time: now(), uptime: uptime()))
            }
            guard goesOn(after: step, outcome) else { return }
        }
    }

    /// Takes the next item, or the count of what was lost when there is nothing else.
    private func next() -> Step? {
        state.withLock { state in
            state.triedAt = uptime()
            if let item = state.items.takeFirst() {
                state.deliveringSince = state.triedAt
                return .item(item)
            }
            defer { state.untold = 0 }
            if state.untold > 0 { return .loss(state.untold) }
            state.isDelivering = false
            return nil
        }
    }

    /// Notes how a delivery went; false when there is nothing to try for now.
    private func goesOn(after step: Step, _ outcome: Delivery) -> Bool {
        let (goesOn, change) = state.withLock { state in
            state.deliveringSince = nil
            switch outcome {
            case .delivered:
                state.pause = Self.shortestPause
                return (true, state.turn(isAway: false))
            case .refused:
                switch step {
                case .item:
                    state.drop(1)
                    return (true, nil)
                case .loss(let count):
                    // There is nothing to try but the count again, which the next entry does.
                    state.untold += count
                    state.isDelivering = !state.items.isEmpty
                    return (state.isDelivering, nil)
                }
            case .away:
                switch step {
                case .item(let item): state.drop(state.items.putBack(item))
                case .loss(let count): state.untold += count
                }
                state.isDelivering = false
                startTimer(&state)
                return (false, state.turn(isAway: true))
            }
        }
        change?()
        return goesOn
    }

    private func startTimer(_ state: inout State) {
        guard !state.isTimerSet else { return }
        state.isTimerSet = true
        let pause = state.pause
        state.pause = min(pause * 2, Self.longestPause)
        queue.asyncAfter(deadline: .now() + .nanoseconds(Int(pause.nanoseconds))) { [weak self] in
            guard let self else { return }
            self.state.withLock { state in
                state.isTimerSet = false
                state.isDelivering = true
            }
            self.deliverAll()
        }
    }
}

extension Backlog.State {
    func isStuck(at time: Duration) -> Bool {
        deliveringSince.map { time - $0 >= Backlog.patience } ?? false
    }

    mutating func drop(_ count: Int) {
        dropped += count
        untold += count
    }

    /// Notes whether the reader is away; returns whom to tell when that is news.
    mutating func turn(isAway new: Bool) -> (@Sendable () -> Void)? {
        guard isAway != new else { return nil }
        isAway = new
        return onChange
    }
}

/// Makes the entry that tells how many are missing.
func entry(forLost count: Int) -> JournalEntry {
    JournalEntry(
        .entriesLost, .warning,
        "\(count) \(count == 1 ? "entry was" : "entries were") lost because the journal did not take them",
        [JournalEntry.Field("CREDWATCH_LOST", String(count))])
}

private func now() -> WallTime {
    WallTime(nanoseconds: credwatch_clock(CLOCK_REALTIME))
}

/// The time since boot, without what was slept through.
func uptime() -> Duration {
    .nanoseconds(credwatch_clock(CLOCK_MONOTONIC))
}
