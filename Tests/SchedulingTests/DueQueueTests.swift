import Model
import Scheduling
import Support
import Testing

@Suite struct DueQueueTests {
    private func at(_ seconds: Int64) -> Moment {
        Moment(nanoseconds: seconds * 1_000_000_000)
    }

    /// The same by exhaustive search; all due times differ, so that the order is settled.
    private struct NaiveQueue {
        var entries: [Int: (due: Moment, slack: Duration)] = [:]

        var first: (key: Int, due: Moment, slack: Duration)? {
            entries.min { $0.value.due < $1.value.due }.map {
                ($0.key, $0.value.due, $0.value.slack)
            }
        }

        mutating func takeDue(at now: Moment) -> [Int] {
            var taken: [Int] = []
            while let first, first.due <= now + first.slack {
                taken.append(first.key)
                entries[first.key] = nil
            }
            return taken
        }
    }

    @Test(arguments: 1...20)
    func `does what a naive queue does`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var queue = DueQueue<Int>()
        var naive = NaiveQueue()
        var now: Int64 = 0
        var taken = 0
        for step in 0..<3_000 {
            let key = Int.random(in: 0..<64, using: &generator)
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<6:
                // The step in the lowest digits keeps due times apart.
                let due = Moment(
                    nanoseconds: Int64.random(in: now...(now + 500), using: &generator) * 10_000
                        + Int64(step))
                let slack = Duration.nanoseconds(
                    Int64.random(in: 0...200_000, using: &generator))
                queue.set(key, due: due, slack: slack)
                naive.entries[key] = (due, slack)
            case 6, 7:
                queue.remove(key)
                naive.entries[key] = nil
            default:
                now += Int64.random(in: 0...60, using: &generator)
                let moment = Moment(nanoseconds: now * 10_000)
                let keys = queue.takeDue(at: moment).map(\.key)
                #expect(keys == naive.takeDue(at: moment))
                taken += keys.count
            }
            #expect(queue.count == naive.entries.count)
            #expect(queue.next?.due == naive.first?.due)
            #expect(queue.next?.slack == naive.first?.slack)
            #expect(queue.due(key) == naive.entries[key]?.due)
        }
        #expect(taken > 300)
    }

    @Test func `hands out keys in the order of their due times`() {
        var queue = DueQueue<String>()
        queue.set("c", due: at(3))
        queue.set("a", due: at(1))
        queue.set("b", due: at(2))
        let taken = queue.takeDue(at: at(2))
        #expect(taken.map(\.key) == ["a", "b"])
        #expect(taken.map(\.due) == [at(1), at(2)])
        #expect(queue.next?.due == at(3))
    }

    @Test func `a key stands in it once, wherever it is moved`() {
        var queue = DueQueue<String>()
        queue.set("a", due: at(5))
        queue.set("b", due: at(6))
        queue.set("a", due: at(9))
        #expect(queue.count == 2)
        #expect(queue.next?.due == at(6))
        queue.set("a", due: at(1))
        #expect(queue.next?.due == at(1))
        #expect(queue.due("a") == at(1))
    }

    @Test func `slack lets keys share a wake-up`() {
        var queue = DueQueue<String>()
        queue.set("now", due: at(10))
        queue.set("soon", due: at(11), slack: .seconds(1))
        queue.set("later", due: at(12), slack: .milliseconds(1_999))
        #expect(queue.takeDue(at: at(10)).map(\.key) == ["now", "soon"])
        #expect(queue.count == 1)
    }

    @Test func `an empty queue has nothing to give`() {
        var queue = DueQueue<String>()
        #expect(queue.next == nil)
        #expect(queue.takeDue(at: at(1)).isEmpty)
        queue.remove("a")
        #expect(queue.count == 0)
        queue.set("a", due: at(1))
        queue.remove("a")
        #expect(queue.count == 0)
        #expect(queue.due("a") == nil)
    }
}
