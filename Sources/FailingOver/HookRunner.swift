package import Model
import Processes
import Synchronization

/// A runner of hooks, which tells them what happened and collects what they say.
package final class HookRunner: Sendable {
    /// What one run of a hook says beyond this is counted, not kept.
    package static let mostLines = 200

    private let grace: Duration
    private let processes: ProcessRunner

    /// Makes a runner; `grace` is the time from SIGTERM to SIGKILL after a hook's time limit.
    package init(grace: Duration = .seconds(5)) {
        self.grace = grace
        processes = ProcessRunner()
    }

    /// Runs a hook to its end, and the end of its process group.
    ///
    /// It does not retry and does not write anything down. Cancelling the task ends the hook. `onStart`
    /// gets the process number and the moment of execution, `onOutputLine` each line that the report
    /// will hold, as it arrives.
    package func run(
        _ run: HookRun, hook: HookConfiguration, statusFile: String,
        onStart: (@Sendable (Int32, Instant) -> Void)? = nil,
        onOutputLine: (@Sendable (HookOutputLine) -> Void)? = nil
    ) async -> HookReport {
        let input = HookInput(run, statusFile: statusFile)
        let command = Command(
            arguments: hook.command, environment: input.environment, input: input.json,
            timeLimit: hook.timeout, grace: grace)
        let transcript = Transcript()
        let completion = await processes.run(command, onStart: onStart) { line in
            if let line = transcript.add(line) { onOutputLine?(line) }
        }
        let output = [completion.standardOutput, completion.standardError]
        return HookReport(
            result: HookResult(completion.outcome), pid: completion.pid,
            startedAt: completion.startedAt, finishedAt: completion.finishedAt,
            lines: transcript.lines, bytesWritten: output.reduce(0) { $0 + $1.total },
            isOutputCut: transcript.isFull || output.contains(where: \.isTruncated))
    }

    /// Ends all hooks that run, SIGTERM now and SIGKILL after the grace; starts none any more.
    package func terminateAll(grace: Duration) async {
        await processes.terminateAll(grace: grace)
    }
}

extension HookResult {
    fileprivate init(_ outcome: Outcome) {
        self =
            switch outcome {
            case .exited(let code): .exited(code: code)
            case .killed(let signal): .killed(signal: signal)
            case .timedOut: .timedOut
            case .interrupted: .interrupted
            case .notStarted(let failure): .notStarted(failure.description)
            case .statusLost: .notStarted("it ran, but its exit status was lost")
            }
    }
}

/// The lines of one run, filtered as they arrive.
private final class Transcript: Sendable {
    private struct State: Sendable {
        var lines: [HookOutputLine] = []
        var isFull = false
        var redactors: [OutputStream: Redactor] = [:]
    }

    private let state = Mutex(State())

    var lines: [HookOutputLine] { state.withLock { $0.lines } }
    var isFull: Bool { state.withLock { $0.isFull } }

    /// Takes a line in and returns it as it may be logged; nil when there were too many.
    func add(_ line: OutputLine) -> HookOutputLine? {
        state.withLock { state in
            guard state.lines.count < HookRunner.mostLines else {
                state.isFull = true
                return nil
            }
            let text = state.redactors[line.stream, default: Redactor()]
                .presentable(line.text, isCut: line.isCut)
            let shown = HookOutputLine(stream: line.stream.rawValue, text: text)
            state.lines.append(shown)
            return shown
        }
    }
}
