import Glibc
import Synchronization

/// An HTTP/1.1 server with a thread of its own, on 127.0.0.1 unless it is told otherwise.
final class HTTPServer: Sendable {
    let port: UInt16
    private let listener: Int32
    private let poll: EventPoll
    private let isStopped: Stop
    private let thread: Mutex<pthread_t?>

    /// The order to stop, which the thread reads after each wake-up.
    private final class Stop: Sendable {
        let flag = Atomic(false)
    }

    /// Binds the port (0 picks a free one) and starts to serve; the handler runs on the server's thread.
    init(
        at place: ListeningPlace = .loopback, port: UInt16, connectionLimit: Int = 1_024,
        handler: @escaping @Sendable (HTTPRequest, _ port: UInt16) -> HTTPReply
    ) throws(SandboxError) {
        let (listener, port) = try Sockets.listen(at: place, port: port, backlog: 1_024)
        let poll: EventPoll
        do {
            poll = try EventPoll()
        } catch {
            close(listener)
            throw error
        }
        let stop = Stop()
        let thread: pthread_t
        do {
            thread = try startThread {
                var loop = HTTPLoop(
                    poll: poll, listener: listener, connectionLimit: connectionLimit,
                    handler: { handler($0, port) })
                loop.run { stop.flag.load(ordering: .acquiring) }
            }
        } catch {
            close(listener)
            poll.close()
            throw error
        }
        self.port = port
        self.listener = listener
        self.poll = poll
        isStopped = stop
        self.thread = Mutex(thread)
    }

    deinit {
        stop()
    }

    /// Closes the port and every connection; on return nothing is served any more. Twice is once.
    ///
    /// Must not be called by the handler, whose thread it waits for.
    func stop() {
        thread.withLock { thread in
            guard let running = thread else { return }
            thread = nil
            isStopped.flag.store(true, ordering: .releasing)
            guard pthread_equal(running, pthread_self()) == 0 else {
                // It cannot wait for itself; its descriptors stay open rather than deadlock.
                pthread_detach(running)
                return
            }
            poll.wake()
            pthread_join(running, nil)
            close(listener)
            poll.close()
        }
    }
}

/// Starts a thread that no signal is delivered to.
private func startThread(_ body: @escaping @Sendable () -> Void) throws(SandboxError) -> pthread_t {
    final class Body: Sendable {
        let run: @Sendable () -> Void
        init(run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
    // The thread inherits the mask of its creator: signals stay with the program's own threads.
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let argument = Unmanaged.passRetained(Body(run: body))
    var thread = pthread_t()
    let result = pthread_create(
        &thread, nil,
        { argument in
            if let argument {
                Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
            }
            return nil
        }, argument.toOpaque())
    guard result == 0 else {
        argument.release()
        throw .system("pthread_create", result)
    }
    return thread
}
