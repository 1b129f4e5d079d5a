import CLinux
import EventLoops
import Glibc
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1)))
struct EventLoopTests {
    @Test func `a descriptor that can be read calls its handler`() async throws {
        let loop = try #require(EventLoop())
        var pipe: [Int32] = [0, 0]
        try #require(pipe2(&pipe, O_NONBLOCK | O_CLOEXEC) == 0)
        let (reading, writing) = (pipe[0], pipe[1])
        let byte = await withCheckedContinuation { continuation in
            loop.watch(reading) {
                var byte: UInt8 = 0
                guard read(reading, &byte, 1) == 1 else { return }
                loop.unwatch(reading)
                continuation.resume(returning: byte)
            }
            var sent: UInt8 = 42
            write(writing, &sent, 1)
        }
        #expect(byte == 42)
        close(reading)
        close(writing)
    }

    @Test func `timers fire in their order, and a cancelled one never`() async throws {
        let loop = try #require(EventLoop())
        let order = Order()
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let cancelled = loop.after(.milliseconds(20)) { order.add(0) }
            loop.after(.milliseconds(60)) {
                order.add(3)
                continuation.resume()
            }
            loop.after(.milliseconds(10)) { order.add(1) }
            loop.after(.milliseconds(30)) { order.add(2) }
            loop.cancel(timer: cancelled)
        }
        #expect(order.numbers == [1, 2, 3])
    }

    @Test func `work from many threads is done, all of it, one after the other`() async throws {
        let loop = try #require(EventLoop())
        let order = Order()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        loop.async {
                            order.add(number)
                            continuation.resume()
                        }
                    }
                }
            }
        }
        #expect(order.numbers.sorted() == Array(0..<200))
    }

    /// What Dispatch's sources crash on: descriptors that come and go while events arrive.
    @Test func `descriptors may come and go while events arrive`() async throws {
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    guard let loop = EventLoop() else { return false }
                    for _ in 0..<50 {
                        var pipe: [Int32] = [0, 0]
                        guard pipe2(&pipe, O_NONBLOCK | O_CLOEXEC) == 0 else { return false }
                        let (reading, writing) = (pipe[0], pipe[1])
                        await withCheckedContinuation { continuation in
                            loop.watch(reading) {
                                loop.unwatch(reading)
                                close(reading)
                                continuation.resume()
                            }
                            close(writing)
                        }
                    }
                    return true
                }
            }
            for await isDone in group { #expect(isDone) }
        }
    }
}

private final class Order: Sendable {
    private let list = Mutex<[Int]>([])
    func add(_ number: Int) { list.withLock { $0.append(number) } }
    var numbers: [Int] { list.withLock(\.self) }
}
