package import Model

/// How a run of a program ended.
package enum Outcome: Sendable, Hashable {
    case exited(code: Int)
    case killed(signal: Int)
    /// The time limit ran out and the process group was ended.
    case timedOut
    /// The caller ended the process group: at cancellation or when everything stops.
    case interrupted
    case notStarted(StartFailure)
    /// It ended, and somebody else in this process took its exit status.
    case statusLost
}

/// Why a program could not be started.
package enum StartFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The command cannot be handed to the system; the clause says why.
    case invalidCommand(String)
    /// A system call refused with this `errno`.
    case system(call: String, code: Int32)
    /// The system refused to execute this program with this `errno`.
    case execution(path: String, code: Int32)
    /// Everything is being stopped.
    case stopping

    /// The reason as a clause: `/usr/local/bin/switch: Permission denied`.
    package var description: String {
        switch self {
        case .invalidCommand(let reason): reason
        case .system(let call, let code): "\(call): \(systemText(code))"
        case .execution(let path, let code): "\(path): \(systemText(code))\(hint(code, path))"
        case .stopping: "everything is being stopped"
        }
    }
}

/// What a program wrote to one stream.
package struct CapturedOutput: Sendable, Hashable {
    /// The first bytes, up to the command's limit.
    package var bytes: [UInt8]
    /// How many bytes it wrote in all.
    package var total: Int

    package init(bytes: [UInt8] = [], total: Int = 0) {
        self.bytes = bytes
        self.total = total
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }
    package var isTruncated: Bool { total > bytes.count }
}

/// A run of a program with its end.
package struct Completion: Sendable, Hashable {
    package var outcome: Outcome
    /// Nil when it was not started.
    package var pid: Int32?
    /// When the program was executed; when the attempt was made, if it was not started.
    package var startedAt: Instant
    /// When the program ended, or was given up.
    package var finishedAt: Instant
    package var standardOutput: CapturedOutput
    package var standardError: CapturedOutput

    package init(
        outcome: Outcome, pid: Int32?, startedAt: Instant, finishedAt: Instant,
        standardOutput: CapturedOutput = CapturedOutput(),
        standardError: CapturedOutput = CapturedOutput()
    ) {
        self.outcome = outcome
        self.pid = pid
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.standardOutput = standardOutput
        self.standardError = standardError
    }

    package var duration: Duration { finishedAt.moment - startedAt.moment }
}
