import EventLoops
import Model
import Support
import Testing

@testable import Daemon

/// The time limit of one part of a report.
@Suite(.timeLimit(.minutes(1))) struct DoctorDeadlineTests {
    private func loop() throws -> LoopTasks { LoopTasks(try #require(EventLoop())) }

    @Test func `work that ends in time gives its value`() async throws {
        #expect(await within(.seconds(30), on: try loop()) { 7 } == 7)
    }

    @Test func `work that does not is cancelled, and nobody waits for it`() async throws {
        let cancelled = Arrivals()
        let value = await within(.milliseconds(50), on: try loop()) { () -> Int in
            await withTaskCancellationHandler {
                // Never resumed: it hangs whatever it is told.
                await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
            } onCancel: {
                cancelled.add()
            }
            return 1
        }
        #expect(value == nil)
        #expect(await cancelled.wait(for: 1))
    }

    @Test func `without time nothing begins`() async throws {
        #expect(await within(.zero, on: try loop()) { 1 } == nil)
    }
}
