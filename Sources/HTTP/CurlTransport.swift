package import Model
import Signing
import Synchronization

/// A transport on libcurl's multi interface, on one thread of its own that is also a task executor.
///
/// A check that is started with `Task(executorPreference: transport)` runs on the thread that
/// receives its answers, so it costs no switch between threads:
///
///     Task(executorPreference: transport) { await prober.probe(…) }
///
/// Whatever runs there must not block. Connections are kept and used again. With nothing to do the
/// thread sleeps without a time limit.
package final class CurlTransport: Transport, TaskExecutor {
    private let loop: CurlLoop
    private let lastID = Atomic<UInt64>(0)

    /// Starts the thread; throws when the machine has no thread or memory left for it.
    package init(_ options: CurlOptions = CurlOptions()) throws(TransportFailure) {
        keepLibcryptoUntilTheEnd()
        loop = try CurlLoop(options: options)
        try loop.startThread(as: asUnownedTaskExecutor())
    }

    deinit {
        loop.send(.end)
    }

    package func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        guard !Task.isCancelled else { throw .setup(CurlLoop.cancelReason) }
        let id = lastID.wrappingAdd(1, ordering: .relaxed).newValue
        let result = await withTaskCancellationHandler {
            // Resumed exactly once: by the driver, which forgets the continuation as it does.
            await withUnsafeContinuation { continuation in
                loop.send(.start(request, id: id, continuation))
                // A cancellation that came before the start found nothing to end.
                if Task.isCancelled { loop.send(.cancel(id)) }
            }
        } onCancel: {
            loop.send(.cancel(id))
        }
        return try result.get()
    }

    /// Fails all requests that are under way, and all that follow; returns at once.
    ///
    /// Tasks go on to run on the thread, so that they can come to their end.
    package func shutdown() {
        loop.send(.shutDown)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        loop.enqueue(UnownedJob(job))
    }

    package func asUnownedTaskExecutor() -> UnownedTaskExecutor {
        UnownedTaskExecutor(ordinary: self)
    }
}
