import Model

/// The entries that wait for a reader: bounded in number and in bytes, the least important dropped first.
///
/// They leave in the order in which they came. What is dropped to make room is the oldest of the least
/// important; an entry that is less important than all that wait is dropped itself.
struct WaitingEntries {
    /// An entry with the time at which it was added.
    struct Item {
        var entry: JournalEntry
        var time: WallTime
        /// The same on a clock that nobody sets.
        var uptime: Duration
        fileprivate var number = 0
        fileprivate var size = 0

        init(entry: JournalEntry, time: WallTime, uptime: Duration) {
            self.entry = entry
            self.time = time
            self.uptime = uptime
        }
    }

    /// Entries of one importance, in their order.
    private struct Lane {
        var items: [Item?] = []
        var head = 0

        var first: Item? { head < items.count ? items[head] : nil }

        mutating func takeFirst() -> Item? {
            guard let item = first else { return nil }
            items[head] = nil
            head += 1
            if head == items.count || head > 256 {
                items.removeFirst(head)
                head = 0
            }
            return item
        }

        mutating func putBack(_ item: Item) {
            if head > 0 {
                head -= 1
                items[head] = item
            } else {
                items.insert(item, at: 0)
            }
        }
    }

    private let mostEntries: Int
    private let mostBytes: Int
    private var lanes: [Priority: Lane] = [:]
    private var lastNumber = 0
    private var bytes = 0
    private(set) var count = 0

    init(mostEntries: Int, mostBytes: Int) {
        self.mostEntries = mostEntries
        self.mostBytes = mostBytes
    }

    var isEmpty: Bool { count == 0 }

    /// Adds an entry; returns how many were dropped, itself perhaps.
    mutating func add(_ item: Item) -> Int {
        var item = item
        item.size = size(of: item.entry)
        guard item.size <= mostBytes else { return 1 }
        var dropped = 0
        while count + 1 > mostEntries || bytes + item.size > mostBytes {
            dropped += 1
            guard let least = leastImportant, least.rawValue >= item.entry.priority.rawValue,
                take(from: least) != nil
            else { return dropped }
        }
        lastNumber += 1
        item.number = lastNumber
        lanes[item.entry.priority, default: Lane()].items.append(item)
        count += 1
        bytes += item.size
        return dropped
    }

    /// Takes the entry that came first.
    mutating func takeFirst() -> Item? {
        let next = lanes.min { ($0.value.first?.number ?? .max) < ($1.value.first?.number ?? .max) }
        return next.flatMap { take(from: $0.key) }
    }

    /// Puts an entry back that was taken a moment ago, as the first one again; returns how many were
    /// dropped because others have taken its room meanwhile.
    mutating func putBack(_ item: Item) -> Int {
        lanes[item.entry.priority, default: Lane()].putBack(item)
        count += 1
        bytes += item.size
        var dropped = 0
        while count > mostEntries || bytes > mostBytes,
            let least = leastImportant, take(from: least) != nil
        {
            dropped += 1
        }
        return dropped
    }

    private var leastImportant: Priority? {
        lanes.filter { $0.value.first != nil }.keys.max { $0.rawValue < $1.rawValue }
    }

    private mutating func take(from priority: Priority) -> Item? {
        guard let item = lanes[priority]?.takeFirst() else { return nil }
        count -= 1
        bytes -= item.size
        return item
    }
}

/// What an entry takes of the memory, about.
private func size(of entry: JournalEntry) -> Int {
    entry.fields.reduce(64 + entry.message.utf8.count) {
        $0 + 64 + $1.name.utf8.count + $1.value.utf8.count
    }
}
