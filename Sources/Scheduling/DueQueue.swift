package import Model

/// A priority queue of keys by the moment at which each is due; every key stands in it at most once.
///
/// A binary heap with the position of each key beside it: setting, moving and removing a key cost
/// O(log n), so ten thousand profiles are as good as ten.
package struct DueQueue<Key: Hashable & Sendable>: Sendable {
    private struct Entry: Sendable {
        var due: Moment
        var slack: Duration
        var key: Key
    }

    private var heap: [Entry] = []
    private var positions: [Key: Int] = [:]

    package init() {}

    package var count: Int { heap.count }

    /// When the earliest key is due, and how much later or earlier it may start.
    package var next: (due: Moment, slack: Duration)? {
        heap.first.map { ($0.due, $0.slack) }
    }

    /// When a key is due; nil when it is not in the queue.
    package func due(_ key: Key) -> Moment? {
        positions[key].map { heap[$0].due }
    }

    /// Puts a key into the queue, or moves it. `slack` is how much earlier it may be taken out.
    package mutating func set(_ key: Key, due: Moment, slack: Duration = .zero) {
        let entry = Entry(due: due, slack: slack, key: key)
        if let position = positions[key] {
            heap[position] = entry
            siftUp(position)
            siftDown(positions[key] ?? position)
        } else {
            heap.append(entry)
            positions[key] = heap.count - 1
            siftUp(heap.count - 1)
        }
    }

    /// Takes a key out; does nothing when it is not there.
    package mutating func remove(_ key: Key) {
        guard let position = positions.removeValue(forKey: key) else { return }
        let last = heap.removeLast()
        guard position < heap.count else { return }
        heap[position] = last
        positions[last.key] = position
        siftUp(position)
        siftDown(positions[last.key] ?? position)
    }

    /// Takes out, earliest first, the keys that are due, and with them those whose slack allows it, so
    /// that one wake-up serves all of them.
    package mutating func takeDue(at now: Moment) -> [(key: Key, due: Moment)] {
        var taken: [(key: Key, due: Moment)] = []
        while let first = heap.first, first.due <= now + first.slack {
            taken.append((first.key, first.due))
            remove(first.key)
        }
        return taken
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].due < heap[parent].due else { return }
            exchange(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].due < heap[least].due {
                least = child
            }
            guard least != parent else { return }
            exchange(least, parent)
            parent = least
        }
    }

    private mutating func exchange(_ left: Int, _ right: Int) {
        heap.swapAt(left, right)
        positions[heap[left].key] = left
        positions[heap[right].key] = right
    }
}
