package import Model

/// One line of a hook's output, fit for a log.
package struct HookOutputLine: Sendable, Hashable {
    /// `stdout` or `stderr`.
    package var stream: String
    package var text: String

    package init(stream: String, text: String) {
        self.stream = stream
        self.text = text
    }
}

/// A run of a hook with everything that came of it.
package struct HookReport: Sendable, Hashable {
    package var result: HookResult
    /// Nil when it was not started.
    package var pid: Int32?
    /// When the hook was executed.
    package var startedAt: Instant
    package var finishedAt: Instant
    /// The first lines of its output, in the order of their arrival.
    package var lines: [HookOutputLine]
    /// How many bytes it wrote in all.
    package var bytesWritten: Int
    /// Whether it wrote more than `lines` shows.
    package var isOutputCut: Bool

    package init(
        result: HookResult, pid: Int32?, startedAt: Instant, finishedAt: Instant,
        lines: [HookOutputLine] = [], bytesWritten: Int = 0, isOutputCut: Bool = false
    ) {
        self.result = result
        self.pid = pid
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.lines = lines
        self.bytesWritten = bytesWritten
        self.isOutputCut = isOutputCut
    }

    package var duration: Duration { finishedAt.moment - startedAt.moment }
}
