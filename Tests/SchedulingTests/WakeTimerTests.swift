import Dispatch
import Model
import Scheduling
import Testing

/// A timer on a queue of its own, whose wake-ups can be awaited.
private final class Bench: Sendable {
    private let queue = DispatchQueue(label: "wake-timer-tests")
    // Touched on the queue only, as in the daemon.
    nonisolated(unsafe) private var timer: WakeTimer?
    private let wakes: AsyncStream<Moment>

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Moment.self)
        wakes = stream
        queue.sync {
            timer = WakeTimer(queue: queue) { continuation.yield(SystemClock.moment()) }
        }
    }

    deinit {
        queue.sync { timer?.cancel() }
    }

    func arm(in wait: Duration?, from now: Moment, fired: Bool = false) {
        queue.sync {
            if fired { timer?.fired() }
            timer?.arm(for: wait.map { now + $0 }, leeway: .zero, now: now)
        }
    }

    func nextWake() async -> Moment? {
        await wakes.first { _ in true }
    }
}

@Suite(.timeLimit(.minutes(1))) struct WakeTimerTests {
    @Test func `wakes when the time has come and not before`() async throws {
        let bench = Bench()
        let now = SystemClock.moment()
        bench.arm(in: .milliseconds(50), from: now)
        let woken = try #require(await bench.nextWake())
        #expect(woken >= now + .milliseconds(50))
    }

    @Test func `an earlier time takes the place of a later one`() async throws {
        let bench = Bench()
        let now = SystemClock.moment()
        bench.arm(in: .seconds(3_600), from: now)
        bench.arm(in: .milliseconds(20), from: now)
        let woken = try #require(await bench.nextWake())
        #expect(woken >= now + .milliseconds(20))
        #expect(woken < now + .seconds(3_600))
    }

    @Test func `a later time takes the place of an earlier one`() async throws {
        let bench = Bench()
        let now = SystemClock.moment()
        bench.arm(in: .milliseconds(150), from: now)
        bench.arm(in: .milliseconds(300), from: now)
        let woken = try #require(await bench.nextWake())
        #expect(woken >= now + .milliseconds(300))
    }

    @Test func `disarmed, it stays silent until it is armed again`() async throws {
        let bench = Bench()
        let now = SystemClock.moment()
        bench.arm(in: .milliseconds(100), from: now)
        bench.arm(in: nil, from: now)
        bench.arm(in: .milliseconds(250), from: now)
        let woken = try #require(await bench.nextWake())
        #expect(woken >= now + .milliseconds(250))
    }

    @Test func `a time that has passed wakes at once, and again when it has fired`() async throws {
        let bench = Bench()
        let now = SystemClock.moment()
        bench.arm(in: .seconds(-5), from: now)
        let first = try #require(await bench.nextWake())
        bench.arm(in: .seconds(-5), from: now, fired: true)
        let second = try #require(await bench.nextWake())
        #expect(second >= first)
    }

    @Test func `no due time is too far`() async throws {
        let bench = Bench()
        let now = SystemClock.moment()
        bench.arm(in: .seconds(100 * 366 * 86_400), from: now)
        bench.arm(in: .nanoseconds(Int64.max), from: now)
        bench.arm(in: .milliseconds(20), from: now)
        #expect(try #require(await bench.nextWake()) >= now + .milliseconds(20))
    }
}
