package import Dispatch
package import Model
import Synchronization

/// A runner of programs, which knows those that run and can end them all.
package final class ProcessRunner: Sendable {
    private struct State: Sendable {
        var children: [Int: ChildProcess] = [:]
        var nextID = 0
        var isStopping = false
    }

    private let target: DispatchQueue
    private let usesPidfd: Bool
    private let state = Mutex(State())

    /// Makes a runner whose children are watched on the given queue.
    ///
    /// Every child has a serial queue of its own on top of it, so a concurrent queue keeps one child that
    /// hangs (an executable on a dead network mount) from holding up the others. Without `usesPidfd` an
    /// end is found by looking every 20 ms, as it is on a kernel that has no pidfd.
    package init(queue: DispatchQueue = .global(), usesPidfd: Bool = true) {
        target = queue
        self.usesPidfd = usesPidfd
    }

    /// Runs a command to its end, and the end of its process group.
    ///
    /// Cancelling the task ends the group, with the command's grace. `onStart` gets the process number
    /// and the moment of execution, `onOutputLine` each line that is within the output limit; both are
    /// called on the runner's queue and shall return soon.
    package func run(
        _ command: Command, onStart: (@Sendable (Int32, Instant) -> Void)? = nil,
        onOutputLine: (@Sendable (OutputLine) -> Void)? = nil
    ) async -> Completion {
        let child = ChildProcess(
            command, target: target, usesPidfd: usesPidfd, onStart: onStart,
            onOutputLine: onOutputLine)
        let id: Int? = state.withLock { state in
            guard !state.isStopping else { return nil }
            state.nextID += 1
            state.children[state.nextID] = child
            return state.nextID
        }
        guard let id else {
            let now = Instant.now()
            return Completion(
                outcome: .notStarted(.stopping), pid: nil, startedAt: now, finishedAt: now)
        }
        defer { state.withLock { _ = $0.children.removeValue(forKey: id) } }
        return await withTaskCancellationHandler {
            await child.run()
        } onCancel: {
            child.executor.queue.async {
                child.assumeIsolated { $0.interrupt(grace: command.grace) }
            }
        }
    }

    /// Ends all that runs, SIGTERM now and SIGKILL after the grace, and waits for it; starts nothing more.
    package func terminateAll(grace: Duration) async {
        let children = state.withLock { state in
            state.isStopping = true
            return Array(state.children.values)
        }
        for child in children { await child.interrupt(grace: grace) }
        for child in children { await child.waitUntilDone() }
    }
}
