package import Model

/// Counts the wrong tokens of the last minute.
///
/// A right token is never held up by it: else anybody on the machine could keep an application from its
/// credentials.
package struct TokenLimit: Sendable {
    /// So many wrong tokens a minute are answered as such.
    package static let most = 10
    private static let span = Duration.seconds(60)

    /// When the last ones came, the oldest first.
    private var times: [Moment] = []
    /// Whether the last one was too many.
    private var isOver = false

    package init() {}

    /// Takes in that a wrong token came; tells whether there are too many.
    package mutating func noteWrong(at now: Moment) -> Bool {
        times.removeAll { now - $0 >= Self.span }
        isOver = times.count >= Self.most
        if !isOver { times.append(now) }
        return isOver
    }

    /// Tells whether there are too many still: nothing that came is older than the last minute.
    package func isReached(at now: Moment) -> Bool {
        guard isOver, let first = times.first else { return false }
        return now - first < Self.span
    }
}
