import Dispatch
import Model
import Synchronization
import Testing

@testable import Reporting

@Suite struct BacklogTests {
    /// A reader that notes what it gets, and can be held up or refuse.
    final class Reader: Sendable {
        let messages = Mutex<[String]>([])
        let outcome = Mutex(Backlog.Delivery.delivered)
        let gate = DispatchSemaphore(value: 0)

        func take(_ item: Backlog.Item) -> Backlog.Delivery {
            let outcome = outcome.withLock { $0 }
            if outcome == .delivered { messages.withLock { $0.append(item.entry.message) } }
            return outcome
        }

        func turn(_ new: Backlog.Delivery) { outcome.withLock { $0 = new } }
        var taken: [String] { messages.withLock { $0 } }
    }

    func note(_ message: String, _ priority: Priority = .info) -> JournalEntry {
        JournalEntry(.internalProblem, priority, message)
    }

    @Test func deliversInOrder() {
        let reader = Reader()
        let backlog = Backlog(label: "test", limit: 1_000) { reader.take($0) }
        for number in 0..<1_000 { backlog.add(note("\(number)")) }
        backlog.flush(within: .seconds(30))
        #expect(reader.messages.withLock { $0 } == (0..<1_000).map { "\($0)" })
    }

    @Test func countsWhatFindsItFullAndSaysSoOnce() {
        let reader = Reader()
        let isHeld = DispatchSemaphore(value: 0)
        let backlog = Backlog(label: "test", limit: 5) { item in
            if item.entry.message == "first" {
                isHeld.signal()
                reader.gate.wait()
            }
            return reader.take(item)
        }
        backlog.add(note("first"))
        isHeld.wait()
        for number in 0..<9 { backlog.add(note("\(number)")) }
        // Held up: must come back by itself.
        backlog.flush(within: .milliseconds(10))
        #expect(reader.messages.withLock { $0 } == [])
        reader.gate.signal()
        backlog.flush(within: .seconds(30))
        let lost = "4 entries were lost because the journal did not take them"
        #expect(reader.taken == ["first", "4", "5", "6", "7", "8", lost])
        #expect(backlog.status == JournalStatus(isReachable: true, waiting: 0, dropped: 4))
    }

    @Test func dropsTheLeastImportantFirst() {
        let reader = Reader()
        reader.turn(.away)
        let backlog = Backlog(label: "test", limit: 3) { reader.take($0) }
        for (message, priority) in [
            ("a", Priority.error), ("b", .info), ("c", .notice), ("d", .critical), ("e", .debug),
            ("f", .warning), ("g", .error),
        ] {
            backlog.add(note(message, priority))
        }
        backlog.flush(within: .seconds(30))
        #expect(backlog.status == JournalStatus(isReachable: false, waiting: 3, dropped: 4))
        reader.turn(.delivered)
        backlog.flush(within: .seconds(30))
        let lost = "4 entries were lost because the journal did not take them"
        #expect(reader.taken == ["a", "d", "g", lost])
    }

    @Test func whatWaitsArrivesByItselfWhenTheReaderIsBack() async {
        let reader = Reader()
        reader.turn(.away)
        let backlog = Backlog(label: "test", limit: 5) { reader.take($0) }
        let (changes, tell) = AsyncStream.makeStream(of: Void.self)
        backlog.onChange { tell.yield() }
        var next = changes.makeAsyncIterator()
        backlog.add(note("first"))
        await next.next()
        #expect(!backlog.status.isReachable)
        backlog.add(note("second"))
        reader.turn(.delivered)
        // Neither another entry nor a flush: its own timer.
        await next.next()
        backlog.flush(within: .seconds(30))
        #expect(backlog.status == JournalStatus())
        #expect(reader.taken == ["first", "second"])
    }

    @Test func isNotTriedForEachEntryWhileTheReaderIsAway() {
        let tries = Mutex(0)
        let backlog = Backlog(label: "test", limit: 5) { _ in
            tries.withLock { $0 += 1 }
            return .away
        }
        for number in 0..<1_000 { backlog.add(note("\(number)")) }
        backlog.flush(within: .seconds(30))
        // Those that came before the first try ended, the flush, and at most a second's worth.
        #expect(tries.withLock { $0 } < 20)
        #expect(backlog.status.waiting == 5)
        #expect(backlog.status.dropped == 995)
    }

    @Test func saysThatAReaderHasStoppedThatHoldsAnEntryUp() async throws {
        let reader = Reader()
        let isHeld = DispatchSemaphore(value: 0)
        let backlog = Backlog(label: "test", limit: 5) { item in
            if item.entry.message == "first" {
                isHeld.signal()
                reader.gate.wait()
            }
            return reader.take(item)
        }
        let changes = Mutex(0)
        backlog.onChange { changes.withLock { $0 += 1 } }
        backlog.add(note("first"))
        isHeld.wait()
        #expect(backlog.status == JournalStatus())
        try await Task.sleep(for: Backlog.patience)
        #expect(backlog.status == JournalStatus(isReachable: false, waiting: 1, dropped: 0))
        backlog.add(note("second"))
        #expect(changes.withLock { $0 } == 1)
        reader.gate.signal()
        backlog.flush(within: .seconds(30))
        #expect(changes.withLock { $0 } == 2)
        #expect(backlog.status == JournalStatus())
    }

    @Test func isBoundedInBytes() {
        let reader = Reader()
        reader.turn(.away)
        let backlog = Backlog(label: "test", limit: 1_000, mostBytes: 10_000) { reader.take($0) }
        // Nothing waits, by the status, before the first entry was refused.
        let isAway = DispatchSemaphore(value: 0)
        backlog.onChange { isAway.signal() }
        for _ in 0..<50 { backlog.add(note(String(repeating: "x", count: 1_000), .notice)) }
        // Larger than all there is room for: nothing is dropped for its sake but itself.
        backlog.add(note(String(repeating: "y", count: 20_000), .critical))
        isAway.wait()
        #expect(backlog.status.waiting == 9)
        #expect(backlog.status.dropped == 42)
        backlog.add(note("small", .critical))
        reader.turn(.delivered)
        backlog.flush(within: .seconds(30))
        #expect(reader.taken.count == 11)
        #expect(reader.taken.contains("small"))
    }

    @Test func countsWhatIsRefusedUntilTheReaderTakesAgain() {
        let reader = Reader()
        let backlog = Backlog(label: "test", limit: 5) { reader.take($0) }
        reader.turn(.refused)
        for number in 0..<3 {
            backlog.add(note("\(number)"))
            backlog.flush(within: .seconds(30))
        }
        reader.turn(.delivered)
        backlog.add(note("again"))
        backlog.flush(within: .seconds(30))
        let lost = "3 entries were lost because the journal did not take them"
        #expect(reader.messages.withLock { $0 } == ["again", lost])
    }

    @Test func losesNothingUnderManyWriters() async {
        let reader = Reader()
        let backlog = Backlog(label: "test", limit: 10_000) { reader.take($0) }
        await withTaskGroup { group in
            for writer in 0..<8 {
                group.addTask {
                    for number in 0..<500 { backlog.add(note("\(writer) \(number)")) }
                }
            }
        }
        backlog.flush(within: .seconds(30))
        let messages = reader.messages.withLock { $0 }
        #expect(Set(messages).count == 4_000)
        #expect(messages.count == 4_000)
    }
}
