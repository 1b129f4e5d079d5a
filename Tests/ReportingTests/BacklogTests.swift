import Dispatch
import Model
import Synchronization
import Testing

@testable import Reporting

@Suite struct BacklogTests {
    /// A reader that notes what it gets, and can be held up or refuse.
    final class Reader: Sendable {
        let messages = Mutex<[String]>([])
        let refuses = Mutex(false)
        let gate = DispatchSemaphore(value: 0)

        func take(_ item: Backlog.Item) -> Bool {
            if refuses.withLock({ $0 }) { return false }
            messages.withLock { $0.append(item.entry.message) }
            return true
        }
    }

    func note(_ message: String) -> JournalEntry { JournalEntry(.internalProblem, .info, message) }

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
        #expect(reader.messages.withLock { $0 } == ["first", "0", "1", "2", "3", "4", lost])
    }

    @Test func countsWhatIsRefusedUntilTheReaderTakesAgain() {
        let reader = Reader()
        let backlog = Backlog(label: "test", limit: 5) { reader.take($0) }
        reader.refuses.withLock { $0 = true }
        for number in 0..<3 {
            backlog.add(note("\(number)"))
            backlog.flush(within: .seconds(30))
        }
        reader.refuses.withLock { $0 = false }
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
