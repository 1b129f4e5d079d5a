import Model

/// The last hours of a profile, as its checks tell them.
///
/// By the wall clock, since that is what an operator compares with. A check costs a division and a
/// comparison while nothing changes.
struct HistoryTrack: Sendable, Hashable {
    private(set) var history = History()
    /// The number of the newest half hour, counted from 1970.
    private(set) var newest: Int32 = 0

    init() {}

    init(_ remembered: RememberedHistory) {
        history = remembered.history
        newest = remembered.newest
    }

    /// Takes in what a check said, and tells whether anything changed.
    ///
    /// `interval` is how long the check before counts at most: over half hours in between that are
    /// longer than that nobody checked, so nothing is known of them.
    mutating func note(_ state: ProfileState, at time: WallTime, every interval: Duration) -> Bool {
        let number = Self.number(time)
        let level = HistoryLevel(state)
        if number == newest, history.newest >= level { return false }
        move(to: number, every: interval)
        history.newest = max(history.newest, level)
        return true
    }

    /// The history as of a time, with its newest half hour the one of that time.
    func history(at time: WallTime, every interval: Duration) -> History {
        let number = Self.number(time)
        guard number != newest, !history.isEmpty else { return history }
        var copy = self
        copy.move(to: number, every: interval)
        // What has begun since the last check goes on as it was, while no check is overdue.
        let steps = Int(number) - Int(newest)
        if steps > 0, Self.reaches(over: steps - 1, every: interval) {
            copy.history.newest = history.newest
        }
        return copy.history
    }

    /// Makes another half hour the newest.
    private mutating func move(to number: Int32, every interval: Duration) {
        let steps = Int(number) - Int(newest)
        let before = history.newest
        newest = number
        guard !history.isEmpty else { return }
        history.shift(by: steps)
        if steps == -1 {
            // A clock that is corrected by seconds around the half hour loses no failure.
            history.newest = max(history.newest, before)
        } else if steps > 1, Self.reaches(over: steps - 1, every: interval) {
            for age in 1..<min(steps, History.count) { history[age] = before }
        }
    }

    /// Whether two checks may have so many half hours between them, the second one a little late.
    private static func reaches(over count: Int, every interval: Duration) -> Bool {
        Int64(count) * History.seconds * 4 < interval.components.seconds * 5
    }

    private static func number(_ time: WallTime) -> Int32 {
        // The years 1 to 9999 fit.
        Int32(truncatingIfNeeded: time.seconds / History.seconds)
    }
}
