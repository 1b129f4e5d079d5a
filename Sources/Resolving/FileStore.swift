import CClock
import Dispatch
import Glibc
package import Model
import Synchronization

/// The two shared AWS files, looked at again for every check.
///
/// A look costs two calls of `stat`; only a file whose identity changed is read and parsed again.
/// All of it happens on a queue of its own, so that a file system that hangs blocks nobody: whoever
/// waits gets ``ResolveProblem/timedOut(path:)`` while the read goes on. Whoever asks while others
/// do, or within 50 ms of a look, shares it.
package final class FileStore: Sendable {
    /// How long a look counts as fresh.
    static let freshness: UInt64 = 50_000_000

    /// Reads that follow each other within this time leave the timer as it is: to set it costs more
    /// than a look, and one needless wake-up after many reads costs less.
    static let busyGap: UInt64 = 1_000_000_000

    /// Where the files are, and who reads them.
    let paths: SharedFilePaths
    let fileSystem: any FileReading
    private let queue = DispatchQueue(label: "credwatch.files")
    private let timers = DispatchQueue(label: "credwatch.files.limit")
    private let state: Mutex<State>
    /// Only the queue's own work takes it, so nobody ever waits for it.
    private let loader: Mutex<SharedFilesLoader>

    private struct State: ~Copyable {
        var files: SharedFiles?
        /// When the look began that `files` rests on.
        var validatedAt: UInt64 = 0
        var isReading = false
        var readingSince: UInt64 = 0
        /// The path that is being read.
        var path: String
        var waiters: [Waiter] = []
        var nextID = 0
        var timer: (any DispatchSourceTimer)?
        /// The deadline that the timer is set to.
        var armedFor = UInt64.max
    }

    private struct Waiter {
        var id: Int
        var askedAt: UInt64
        var deadline: UInt64
        var continuation: CheckedContinuation<Result<SharedFiles, ResolveProblem>, Never>
    }

    /// Makes a store of two files; nothing is read yet.
    package convenience init(_ paths: SharedFilePaths) {
        self.init(paths, FileSystem())
    }

    init(_ paths: SharedFilePaths, _ fileSystem: any FileReading) {
        self.paths = paths
        self.fileSystem = fileSystem
        loader = Mutex(SharedFilesLoader(paths, fileSystem))
        state = Mutex(State(path: paths.credentials?.value ?? paths.config?.value ?? ""))
    }

    /// How many callers wait for a look.
    var waiting: Int { state.withLock { $0.waiters.count } }

    deinit {
        state.withLock { $0.timer?.cancel() }
    }

    /// Returns the files as they are now, at most 50 ms old.
    ///
    /// Throws only ``ResolveProblem/timedOut(path:)``: when looking takes longer than the limit, or
    /// when the task is cancelled. A file that cannot be read is a state of the files.
    package func snapshot(
        within limit: Duration = .seconds(10)
    ) async throws(ResolveProblem) -> SharedFiles {
        let now = monotonicNow()
        let fresh = state.withLock { state -> (SharedFiles?, Int) in
            state.nextID &+= 1
            let isFresh = state.files != nil && now &- state.validatedAt < Self.freshness
            return (isFresh ? state.files : nil, state.nextID)
        }
        if let files = fresh.0 { return files }
        return try await wait(id: fresh.1, since: now, within: limit).get()
    }

    private func wait(
        id: Int, since now: UInt64, within limit: Duration
    ) async -> Result<SharedFiles, ResolveProblem> {
        let limit = UInt64(clamping: max(limit.nanoseconds, 0))
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiter = Waiter(
                    id: id, askedAt: now, deadline: now &+ limit,
                    continuation: continuation)
                add(waiter)
            }
        } onCancel: {
            giveUp { $0.id == id }
        }
    }

    private func add(_ waiter: Waiter) {
        state.withLock { state in
            state.waiters.append(waiter)
            if !state.isReading { beginReading(&state) }
            if waiter.deadline < state.armedFor { armTimer(&state) }
        }
        // A cancellation that came before the waiter was there found nobody to resume.
        if Task.isCancelled { giveUp { $0.id == waiter.id } }
    }

    private func beginReading(_ state: inout State) {
        state.isReading = true
        state.readingSince = monotonicNow()
        queue.async { self.read() }
    }

    private func read() {
        let files = loader.withLock { loader in
            loader.load { path in state.withLock { $0.path = path } }
        }
        let served = state.withLock { state -> [Waiter] in
            let isBusy = state.readingSince &- state.validatedAt < Self.busyGap
            state.files = files
            state.validatedAt = state.readingSince
            state.isReading = false
            let newest = state.readingSince &+ Self.freshness
            let served = state.waiters.filter { $0.askedAt < newest }
            state.waiters.removeAll { $0.askedAt < newest }
            if !state.waiters.isEmpty {
                beginReading(&state)
            } else if !isBusy {
                armTimer(&state)
            }
            return served
        }
        for waiter in served { waiter.continuation.resume(returning: .success(files)) }
    }

    /// Sets the timer to the first deadline, or to none when nobody waits.
    private func armTimer(_ state: inout State) {
        let timer = state.timer ?? makeTimer()
        state.timer = timer
        state.armedFor = state.waiters.map(\.deadline).min() ?? .max
        guard state.armedFor != .max else { return timer.schedule(deadline: .distantFuture) }
        let now = monotonicNow()
        let left = state.armedFor > now ? Int(clamping: state.armedFor - now) : 0
        timer.schedule(deadline: .now() + .nanoseconds(left), leeway: .milliseconds(20))
    }

    private func makeTimer() -> any DispatchSourceTimer {
        let timer = DispatchSource.makeTimerSource(queue: timers)
        timer.setEventHandler { [weak self] in self?.endOverdue() }
        timer.schedule(deadline: .distantFuture)
        timer.activate()
        return timer
    }

    private func endOverdue() {
        let now = monotonicNow()
        giveUp { $0.deadline <= now }
    }

    /// Ends the wait of some without the files.
    private func giveUp(_ isOver: @Sendable (borrowing Waiter) -> Bool) {
        let (over, path) = state.withLock { state -> ([Waiter], String) in
            let over = state.waiters.filter { isOver($0) }
            state.waiters.removeAll { isOver($0) }
            armTimer(&state)
            return (over, state.path)
        }
        for waiter in over {
            waiter.continuation.resume(returning: .failure(.timedOut(path: path)))
        }
    }
}

/// Nanoseconds on a clock that never jumps.
func monotonicNow() -> UInt64 {
    UInt64(credwatch_clock(CLOCK_MONOTONIC))
}
