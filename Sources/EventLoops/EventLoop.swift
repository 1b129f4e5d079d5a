import CClock
import CLinux
import Glibc
import Model
import Synchronization

/// A thread that waits for descriptors and times, and an executor for the actor that they belong to.
///
/// Dispatch's sources do the same, but on Linux tearing one down while events arrive can crash the
/// process (swift-corelibs-libdispatch issue 949), and a program's pipes or a client's connection are
/// torn down all the time. With nothing to do the thread sleeps without a time limit;
/// it ends with the last reference to the loop, after the work that waits.
package final class EventLoop: SerialExecutor {
    /// What is called on the loop's thread.
    package typealias Handler = @Sendable () -> Void

    private let core: LoopCore

    /// Starts the thread; nil when the machine has no thread or descriptor left for it.
    package init?() {
        guard let core = LoopCore(), startThread({ core.run() }) else { return nil }
        self.core = core
    }

    deinit {
        core.change { $0.isEnding = true }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        async { [self] in job.runSynchronously(on: asUnownedSerialExecutor()) }
    }

    package func checkIsolated() {
        precondition(core.isCurrent, "this is not the loop's thread")
    }

    /// Runs a closure on the thread.
    package func async(_ work: @escaping Handler) {
        core.change { $0.work.append(work) }
    }

    /// What a descriptor is watched for.
    package enum Interest: Sendable, Hashable {
        case reading, writing
    }

    /// Calls a handler whenever a descriptor can be read, or written to, has ended or failed.
    ///
    /// It may be called once too often, so the descriptor has to be non-blocking. A descriptor has one
    /// watcher: this one takes the place of the one before.
    package func watch(
        _ descriptor: Int32, for interest: Interest = .reading, _ handler: @escaping Handler
    ) {
        core.change {
            $0.watchers[descriptor] = LoopCore.Watcher(interest: interest, handler: handler)
        }
    }

    /// Forgets a descriptor; to be called before it is closed, on the loop's thread.
    package func unwatch(_ descriptor: Int32) {
        core.change { $0.watchers[descriptor] = nil }
    }

    /// Calls a handler once after a time; the number cancels it.
    @discardableResult
    package func after(_ wait: Duration, _ handler: @escaping Handler) -> UInt64 {
        core.change { state in
            state.lastTimer += 1
            state.timers[state.lastTimer] = LoopCore.Timer(due: now() + wait, handler: handler)
            return state.lastTimer
        }
    }

    /// Forgets a timer; one that has fired is forgotten already.
    package func cancel(timer: UInt64) {
        core.change { $0.timers[timer] = nil }
    }
}

/// What the loop's thread works on; it outlives the loop for as long as the thread runs.
private final class LoopCore: Sendable {
    struct Timer {
        var due: Moment
        var handler: EventLoop.Handler
    }

    struct Watcher {
        var interest: EventLoop.Interest
        var handler: EventLoop.Handler
    }

    struct State {
        var work: [EventLoop.Handler] = []
        var watchers: [Int32: Watcher] = [:]
        var timers: [UInt64: Timer] = [:]
        var lastTimer: UInt64 = 0
        /// Set by the thread before it waits; whoever clears it must wake it.
        var isAsleep = false
        var isEnding = false
    }

    private let state = Mutex(State())
    private let wakeDescriptor: Int32
    private let thread = Atomic<UInt>(0)

    init?() {
        wakeDescriptor = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        if wakeDescriptor < 0 { return nil }
    }

    deinit {
        if wakeDescriptor >= 0 { close(wakeDescriptor) }
    }

    var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// Changes the state, and wakes the thread when it waits.
    func change<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
        let (value, mustWake) = state.withLock { state in
            let value = body(&state)
            defer { state.isAsleep = false }
            return (value, state.isAsleep)
        }
        if mustWake { _ = eventfd_write(wakeDescriptor, 1) }
        return value
    }

    func run() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        while true {
            runWork()
            let plan: (descriptors: [pollfd], next: Moment?)? = state.withLock { state in
                if !state.work.isEmpty { return ([], now()) }
                if state.isEnding { return nil }
                state.isAsleep = true
                return (state.watchers.map(Self.entry), state.timers.values.map(\.due).min())
            }
            guard let plan else { return }
            let ready = wait(for: plan.descriptors, until: plan.next)
            state.withLock { $0.isAsleep = false }
            for descriptor in ready {
                // Looked up each time: an earlier handler may have forgotten it.
                state.withLock { $0.watchers[descriptor] }?.handler()
            }
            fireTimers()
        }
    }

    private static func entry(_ descriptor: Int32, _ watcher: Watcher) -> pollfd {
        let events =
            switch watcher.interest {
            case .reading: POLLIN
            case .writing: POLLOUT
            }
        return pollfd(fd: descriptor, events: Int16(events), revents: 0)
    }

    private func runWork() {
        let work = state.withLock { state in
            defer { state.work = [] }
            return state.work
        }
        for handler in work { handler() }
    }

    private func fireTimers() {
        let moment = now()
        let due = state.withLock { state in
            state.timers.filter { $0.value.due <= moment }.sorted { $0.value.due < $1.value.due }
        }
        for (id, timer) in due {
            let isStillSet = state.withLock { $0.timers.removeValue(forKey: id) != nil }
            if isStillSet { timer.handler() }
        }
    }

    /// Waits until one of the descriptors has something, a time has come, or somebody wakes the loop.
    private func wait(for descriptors: [pollfd], until next: Moment?) -> [Int32] {
        var list = descriptors + [pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0)]
        // Rounded up: a wait that ends too early would go round once more for nothing.
        let wait = next.map { ((($0 - now()).nanoseconds + 999_999) / 1_000_000) }
        let milliseconds = wait.map { Int32(clamping: max(0, $0)) } ?? -1
        guard poll(&list, nfds_t(list.count), milliseconds) > 0 else { return [] }
        if list.last?.revents != 0 {
            var count: eventfd_t = 0
            _ = eventfd_read(wakeDescriptor, &count)
        }
        return list.dropLast().filter { $0.revents != 0 }.map(\.fd)
    }
}

/// The clock that stands still while the machine is suspended: a program that could not run shall not
/// run out of its time.
private func now() -> Moment {
    Moment(nanoseconds: credwatch_clock(CLOCK_MONOTONIC))
}

/// Starts a detached thread that takes no signals; false when there is none to be had.
private func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let box = Unmanaged.passRetained(Box(body))
    var handle = pthread_t()
    let code = pthread_create(
        &handle, nil,
        { context in
            guard let context else { return nil }
            Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
            return nil
        }, box.toOpaque())
    guard code == 0 else {
        box.release()
        return false
    }
    pthread_detach(handle)
    return true
}
