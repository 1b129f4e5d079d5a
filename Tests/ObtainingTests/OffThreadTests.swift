import Dispatch
import Testing

@testable import Obtaining

/// One after the other: one of them takes all the queues.
@Suite(.serialized) struct OffThreadTests {
    @Test func workThatHangsHoldsUpNoOther() async {
        let gate = DispatchSemaphore(value: 0)
        let hung = await offThread(key: "hung", within: .milliseconds(20)) { blocked(gate) }
        #expect(hung == nil)
        // The same place waits behind it; any other does not.
        #expect(await offThread(key: "hung", within: .milliseconds(20)) { 1 } == nil)
        #expect(await offThread(key: "other", within: .seconds(10)) { 2 } == 2)
        gate.signal()
        #expect(await offThread(key: "hung", within: .seconds(10)) { 3 } == 3)
    }

    @Test func aLineThatOnlyGrowsIsClosed() async {
        let gate = DispatchSemaphore(value: 0)
        var refused = 0
        for _ in 0..<300 {
            let clock = ContinuousClock()
            let began = clock.now
            let value = await offThread(key: "full", within: .milliseconds(1)) { blocked(gate) }
            #expect(value == nil)
            if clock.now - began < .milliseconds(1) { refused += 1 }
        }
        #expect(refused >= 40)
        for _ in 0..<300 { gate.signal() }
    }

    @Test func moreKeysThanQueuesAreServedAllTheSame() async {
        let sum = await withTaskGroup(of: Int.self) { group in
            for number in 1...500 {
                group.addTask {
                    await offThread(key: "\(number)", within: .seconds(30)) { number } ?? 0
                }
            }
            return await group.reduce(0, +)
        }
        #expect(sum == 125_250)
    }

    @Test func aCancelledTaskWaitsNoLonger() async {
        let gate = DispatchSemaphore(value: 0)
        let started = DispatchSemaphore(value: 0)
        let task = Task {
            await offThread(key: "cancelled", within: .seconds(600)) {
                started.signal()
                gate.wait()
            }
        }
        await offThread(key: "watch", within: .seconds(10)) { started.wait() }
        task.cancel()
        #expect(await task.value == nil)
        gate.signal()
    }

    private func blocked(_ gate: DispatchSemaphore) -> Int {
        gate.wait()
        return 0
    }
}
