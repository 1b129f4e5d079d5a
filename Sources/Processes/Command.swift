/// A program to run: an argument vector and everything that it is given.
package struct Command: Sendable, Hashable {
    /// The program's absolute path, then its arguments; no shell reads them.
    package var arguments: [String]
    /// The whole environment; nothing of this process's own is added.
    package var environment: [String: String]
    /// What the program reads from its standard input, which ends after it.
    package var input: [UInt8]
    /// After this the process group is sent SIGTERM.
    package var timeLimit: Duration
    /// The time from SIGTERM to SIGKILL.
    package var grace: Duration
    /// How many bytes of each output stream are kept; the rest is read, counted and dropped.
    package var outputLimit: Int
    /// Whether the process group is ended as soon as its standard output goes beyond the limit.
    package var endsAtOutputLimit = false
    /// Whom the program runs as, with that user's rights and no others; nil for who we are.
    package var account: UserAccount?

    package init(
        arguments: [String], environment: [String: String] = [:], input: [UInt8] = [],
        timeLimit: Duration = .seconds(30), grace: Duration = .seconds(5),
        outputLimit: Int = 65_536
    ) {
        self.arguments = arguments
        self.environment = environment
        self.input = input
        self.timeLimit = timeLimit
        self.grace = grace
        self.outputLimit = outputLimit
    }
}

/// One of the two streams that a program writes.
package enum OutputStream: String, Sendable, Hashable, CaseIterable {
    case standardOutput = "stdout"
    case standardError = "stderr"
}

/// One line that a program wrote, without its line feed.
package struct OutputLine: Sendable, Hashable {
    package var stream: OutputStream
    /// The line, with bytes that are no UTF-8 replaced.
    package var text: String
    /// Whether the line went on after this text.
    package var isCut: Bool

    package init(_ stream: OutputStream, _ text: String, isCut: Bool = false) {
        self.stream = stream
        self.text = text
        self.isCut = isCut
    }
}
