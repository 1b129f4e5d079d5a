package import Model

/// A priority queue of keys by the moment at which each is due; every key stands in it at most once.
///
/// A binary heap with the position of each key beside it: setting, moving and removing a key cost
/// O(log n), so ten thousand profiles are as good as ten. The heap holds numbers in the keys' stead,
/// so that moving an entry hashes nothing and counts no references.
package struct DueQueue<Key: Hashable & Sendable>: Sendable {
    private struct Entry: Sendable {
        var due: Moment
        var slack: Duration
        var number: Int
    }

    private var heap: [Entry] = []
    private var numbers: [Key: Int] = [:]
    /// The key of each number; nil for a number that is free.
    private var keys: [Key?] = []
    /// Where in the heap each number stands.
    private var positions: [Int] = []
    private var freeNumbers: [Int] = []

    package init() {}

    package var count: Int { heap.count }

    /// When the earliest key is due, and how much later or earlier it may start.
    package var next: (due: Moment, slack: Duration)? {
        heap.first.map { ($0.due, $0.slack) }
    }

    /// When a key is due; nil when it is not in the queue.
    package func due(_ key: Key) -> Moment? {
        numbers[key].map { heap[positions[$0]].due }
    }

    /// Puts a key into the queue, or moves it. `slack` is how much earlier it may be taken out.
    package mutating func set(_ key: Key, due: Moment, slack: Duration = .zero) {
        if let number = numbers[key] {
            let position = positions[number]
            heap[position].due = due
            heap[position].slack = slack
            siftUp(position)
            siftDown(positions[number])
        } else {
            let number = takeNumber(for: key)
            positions[number] = heap.count
            heap.append(Entry(due: due, slack: slack, number: number))
            siftUp(heap.count - 1)
        }
    }

    /// Takes a key out; does nothing when it is not there.
    package mutating func remove(_ key: Key) {
        guard let number = numbers.removeValue(forKey: key) else { return }
        let position = positions[number]
        keys[number] = nil
        freeNumbers.append(number)
        let last = heap.removeLast()
        guard position < heap.count else { return }
        heap[position] = last
        positions[last.number] = position
        siftUp(position)
        siftDown(positions[last.number])
    }

    /// Takes out, earliest first, the keys that are due, and with them those whose slack allows it, so
    /// that one wake-up serves all of them.
    package mutating func takeDue(at now: Moment) -> [(key: Key, due: Moment)] {
        var taken: [(key: Key, due: Moment)] = []
        while let first = heap.first, first.due <= now + first.slack,
            let key = keys[first.number]
        {
            taken.append((key, first.due))
            remove(key)
        }
        return taken
    }

    private mutating func takeNumber(for key: Key) -> Int {
        if let number = freeNumbers.popLast() {
            keys[number] = key
            numbers[key] = number
            return number
        }
        keys.append(key)
        positions.append(0)
        numbers[key] = keys.count - 1
        return keys.count - 1
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
            let left = 2 * parent + 1
            if left < heap.count, heap[left].due < heap[least].due { least = left }
            if left + 1 < heap.count, heap[left + 1].due < heap[least].due { least = left + 1 }
            guard least != parent else { return }
            exchange(least, parent)
            parent = least
        }
    }

    private mutating func exchange(_ left: Int, _ right: Int) {
        heap.swapAt(left, right)
        positions[heap[left].number] = left
        positions[heap[right].number] = right
    }
}
