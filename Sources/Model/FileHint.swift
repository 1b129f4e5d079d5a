/// What helps with a file that cannot be read.
package struct FileHint: Sendable, Hashable, ExpressibleByStringInterpolation {
    /// A sentence for a person; empty for none.
    package var sentence: String
    /// The step on the way to the file that is closed; nil when that is not the reason, or not known.
    package var closedStep: ClosedStep?

    package init(_ sentence: String, closedStep: ClosedStep? = nil) {
        self.sentence = sentence
        self.closedStep = closedStep
    }

    package init(stringLiteral sentence: String) {
        self.init(sentence)
    }
}

/// What a user may not do on the way to a file. A user is a name, or a number that has none.
package enum ClosedStep: Sendable, Hashable {
    /// Entering a directory.
    case directory(String, user: String)
    /// Reading the file itself.
    case file(user: String)
    /// Seeing home directories, which systemd hides from the service.
    case hiddenHome
}
