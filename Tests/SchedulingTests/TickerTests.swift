import Dispatch
import Model
import Scheduling
import Testing

@Suite struct TickerTests {
    @Test(.timeLimit(.minutes(1))) func `ticks again and again until it is ended`() async {
        let queue = DispatchQueue(label: "ticker-tests")
        let (ticks, continuation) = AsyncStream.makeStream(of: UInt64.self)
        let start = DispatchTime.now().uptimeNanoseconds
        let ticker = Ticker(queue: queue, every: .milliseconds(20)) {
            continuation.yield(DispatchTime.now().uptimeNanoseconds)
        }
        var count: UInt64 = 0
        for await tick in ticks {
            count += 1
            // Never before its time; a grid, so what came late is made up for.
            #expect(tick >= start + count * 20_000_000)
            if count == 5 { break }
        }
        ticker.cancel()
        #expect(count == 5)
    }
}
