import Glibc
import Model
import Synchronization

/// The one thread on which libcurl works and tasks run, and the mailbox through which others reach it.
///
/// Whatever comes from the thread itself goes past the mailbox, without a lock and without a wake-up.
/// `@unchecked`, because the compiler cannot see that the driver and the local queue are touched on
/// the thread only.
final class CurlLoop: @unchecked Sendable {
    /// What other threads ask for.
    enum Command {
        case start(HTTPRequest, id: UInt64, Exchange.Continuation)
        case cancel(UInt64)
        case shutDown
        case end
    }

    private struct Mailbox {
        var jobs: [UnownedJob] = []
        var commands: [Command] = []
        /// Set by the thread before it waits; whoever clears it must wake it.
        var isAsleep = false
    }

    private let driver: CurlDriver
    private let mailbox = Mutex(Mailbox())
    private let thread = Atomic<UInt>(0)
    private var localJobs: [UnownedJob] = []
    private var isShutDown = false
    private var hasEnded = false

    /// The reason that requests fail with after a shutdown.
    static let shutDownReason = "credwatch is stopping"
    /// The reason that a request fails with when its task is cancelled.
    static let cancelReason = "the request was cancelled"

    init(options: CurlOptions) throws(TransportFailure) {
        guard let driver = CurlDriver(options: options) else {
            throw .setup("libcurl could not be initialized")
        }
        self.driver = driver
    }

    /// Starts the thread, which runs jobs on behalf of an executor until ``Command/end``.
    func startThread(as executor: UnownedTaskExecutor) throws(TransportFailure) {
        let start = Unmanaged.passRetained(ThreadStart(loop: self, executor: executor))
        // No signal is delivered to this thread; they are for the process's own handling, and a write
        // to a closed connection must not end it.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var handle = pthread_t()
        let code = pthread_create(
            &handle, nil,
            { context in
                guard let context else { return nil }
                let start = Unmanaged<ThreadStart>.fromOpaque(context).takeRetainedValue()
                start.loop.run(as: start.executor)
                return nil
            }, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw .setup("cannot start a thread: \(String(cString: strerror(code)))")
        }
        pthread_detach(handle)
    }

    /// Whether the caller is the loop's own thread.
    private var isCurrent: Bool {
        thread.load(ordering: .relaxed) == UInt(pthread_self())
    }

    /// Queues a job for the thread.
    func enqueue(_ job: UnownedJob) {
        if isCurrent {
            localJobs.append(job)
            return
        }
        post { $0.jobs.append(job) }
    }

    /// Starts a request, or ends one.
    func send(_ command: Command) {
        if isCurrent {
            obey(command)
            return
        }
        post { $0.commands.append(command) }
    }

    private func post(_ add: (inout sending Mailbox) -> Void) {
        let mustWake = mailbox.withLock { mailbox in
            add(&mailbox)
            defer { mailbox.isAsleep = false }
            return mailbox.isAsleep
        }
        if mustWake { driver.wake() }
    }

    private func run(as executor: UnownedTaskExecutor) {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        var commands: [Command] = []
        var jobs: [UnownedJob] = []
        while !hasEnded {
            mailbox.withLock { mailbox in
                mailbox.isAsleep = false
                swap(&mailbox.commands, &commands)
                swap(&mailbox.jobs, &jobs)
            }
            for command in commands { obey(command) }
            for job in jobs { job.runSynchronously(on: executor) }
            commands.removeAll(keepingCapacity: true)
            jobs.removeAll(keepingCapacity: true)
            // What these jobs enqueue waits for the next round, so that connections get their turn.
            swap(&localJobs, &jobs)
            for job in jobs { job.runSynchronously(on: executor) }
            jobs.removeAll(keepingCapacity: true)
            driver.perform()
            if localJobs.isEmpty, !hasEnded, mayWait() { driver.wait() }
        }
        thread.store(0, ordering: .relaxed)
    }

    private func mayWait() -> Bool {
        mailbox.withLock { mailbox in
            mailbox.isAsleep = mailbox.jobs.isEmpty && mailbox.commands.isEmpty
            return mailbox.isAsleep
        }
    }

    private func obey(_ command: Command) {
        switch command {
        case .start(_, _, let continuation) where isShutDown:
            continuation.resume(returning: .failure(.setup(Self.shutDownReason)))
        case .start(let request, let id, let continuation):
            driver.start(request, id: id, continuation: continuation)
        case .cancel(let id): driver.cancel(id, reason: Self.cancelReason)
        case .shutDown:
            isShutDown = true
            driver.cancelAll(reason: Self.shutDownReason)
        case .end: hasEnded = true
        }
    }
}

/// What a new thread is given.
private final class ThreadStart {
    let loop: CurlLoop
    let executor: UnownedTaskExecutor

    init(loop: CurlLoop, executor: UnownedTaskExecutor) {
        self.loop = loop
        self.executor = executor
    }
}
