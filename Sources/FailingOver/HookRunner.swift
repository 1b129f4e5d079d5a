package import Model
import Processes
import Synchronization

/// A runner of hooks, which tells them what happened and collects what they say.
package final class HookRunner: Sendable {
    /// What one run of a hook says beyond this on one stream is counted, not kept.
    ///
    /// Each stream has its own share, so a flood on the one does not drown an error on the other.
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
    /// It neither retries nor writes anything down. Cancelling the task ends the hook. `onStart` gets the
    /// process number and the moment of execution, `onOutputLine` each line that the report will hold, as
    /// it arrives; both are called on the hook's own thread.
    package func run(
        _ run: HookRun, hook: HookConfiguration, statusFile: String,
        onStart: (@Sendable (Int32, Instant) -> Void)? = nil,
        onOutputLine: (@Sendable (HookOutputLine) -> Void)? = nil
    ) async -> HookReport {
        let input = HookInput(run, statusFile: statusFile)
        let command = Command(
            arguments: hook.command, environment: input.environment, input: input.json,
            timeLimit: hook.timeout, grace: grace)
        let transcript = Mutex(Transcript())
        let completion = await processes.run(
            command, onStart: onStart,
            onOutputLine: { line in
                if let line = transcript.withLock({ $0.add(line) }) { onOutputLine?(line) }
            })
        let streams = [completion.standardOutput, completion.standardError]
        let (lines, isFull) = transcript.withLock { ($0.lines, $0.isFull) }
        return HookReport(
            result: HookResult(completion.outcome), pid: completion.pid,
            startedAt: completion.startedAt, finishedAt: completion.finishedAt, lines: lines,
            bytesWritten: streams.reduce(0) { $0 + $1.total },
            isOutputCut: isFull || streams.contains(where: \.isTruncated))
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
private struct Transcript {
    private(set) var lines: [HookOutputLine] = []
    private(set) var isFull = false
    private var redactors: [OutputStream: Redactor] = [:]
    private var counts: [OutputStream: Int] = [:]

    /// Takes a line in and returns it as it may be logged; nil when there were too many.
    mutating func add(_ line: OutputLine) -> HookOutputLine? {
        guard counts[line.stream, default: 0] < HookRunner.mostLines else {
            isFull = true
            return nil
        }
        counts[line.stream, default: 0] += 1
        let text = redactors[line.stream, default: Redactor()]
            .presentable(line.text, isCut: line.isCut)
        let shown = HookOutputLine(stream: line.stream.rawValue, text: text)
        lines.append(shown)
        return shown
    }
}
