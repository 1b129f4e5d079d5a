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

    @Test func `a descriptor is watched for room to write, and then for reading`() async throws {
        let loop = try #require(EventLoop())
        var pair: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        try #require(socketpair(AF_UNIX, kind, 0, &pair) == 0)
        let (near, far) = (pair[0], pair[1])
        let block = [UInt8](repeating: 7, count: 65_536)
        while send(near, block, block.count, 0) > 0 {}
        let order = Order()
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            loop.watch(near, for: .writing) {
                order.add(2)
                // One watcher a descriptor: from here on it is looked at for reading.
                loop.watch(near) {
                    loop.unwatch(near)
                    order.add(3)
                    continuation.resume()
                }
                loop.async { _ = send(far, block, 1, 0) }
            }
            loop.async {
                order.add(1)
                var buffer = block
                while recv(far, &buffer, buffer.count, 0) > 0 {}
            }
        }
        #expect(order.numbers == [1, 2, 3])
        close(near)
        close(far)
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
