import Dispatch
import Support
import Synchronization
import Testing

@testable import Daemon

@Suite(.timeLimit(.minutes(1)))
struct InboxTests {
    /// A box with what was taken out of it, batch by batch.
    private final class Bench: Sendable {
        let queue = DispatchQueue(label: "inbox-tests")
        let inbox: Inbox<Int>
        let drained = Arrivals()
        private let taken = Mutex<[[Int]]>([])

        init() {
            inbox = Inbox(queue: queue)
            inbox.onValues { [weak self] in
                guard let self else { return }
                let values = inbox.takeAll()
                taken.withLock { $0.append(values) }
                drained.add()
            }
        }

        var batches: [[Int]] { taken.withLock(\.self) }
    }

    @Test func `a burst wakes the queue once, and arrives in its order`() async {
        let bench = Bench()
        bench.queue.suspend()
        for value in 0..<1_000 { bench.inbox.put(value, isPressing: true) }
        bench.queue.resume()
        #expect(await bench.drained.wait(for: 1))
        bench.queue.sync {}
        #expect(bench.batches == [Array(0..<1_000)])
    }

    @Test func `a value that does not press arrives by itself`() async {
        let bench = Bench()
        bench.inbox.put(1, isPressing: false)
        #expect(await bench.drained.wait(for: 1))
        #expect(bench.batches == [[1]])
    }

    @Test func `a pressing value takes those along that wait`() async {
        let bench = Bench()
        bench.queue.suspend()
        bench.inbox.put(1, isPressing: false)
        bench.inbox.put(2, isPressing: true)
        bench.inbox.put(3, isPressing: false)
        bench.queue.resume()
        // The one that did not press wakes the queue too, and then finds nothing.
        #expect(await bench.drained.wait(for: 2))
        #expect(bench.batches.flatMap(\.self) == [1, 2, 3])
        #expect(bench.batches.contains([1, 2, 3]))
    }

    @Test func `nothing is lost between many threads`() async {
        let bench = Bench()
        await withTaskGroup { group in
            for thread in 0..<8 {
                group.addTask {
                    for value in 0..<500 {
                        bench.inbox.put(thread * 500 + value, isPressing: value % 3 == 0)
                    }
                }
            }
        }
        // One more at the end wakes it up for sure; afterwards nothing is left.
        bench.inbox.put(4_000, isPressing: true)
        var batches = bench.batches
        while !batches.joined().contains(4_000) {
            #expect(await bench.drained.wait(for: batches.count + 1))
            batches = bench.batches
        }
        #expect(bench.batches.flatMap(\.self).sorted() == Array(0...4_000))
        #expect(bench.inbox.takeAll().isEmpty)
    }
}
