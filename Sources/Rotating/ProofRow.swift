package import Model

/// How often, and for how long, a new key has to be accepted.
package struct ProofPace: Sendable, Hashable {
    /// Good answers in a row.
    package var count = 5
    /// The least time from the first to the last of them.
    package var span = Duration.seconds(15)
    /// When the proof is given up.
    package var limit = Duration.seconds(300)

    package init() {}

    /// Takes another span, with the limit in proportion.
    package init(span: Duration) {
        self.span = span
        limit = span * 20
    }

    /// The time between the beginnings of two rounds.
    package var pause: Duration { span / Double(max(1, count - 1)) }
}

/// What one round came to: the question to all endpoints at once.
package enum ProofAnswer: Sendable, Hashable {
    case good
    /// A clause: `sts.eu-central-1.amazonaws.com answers InvalidClientTokenId`.
    case refused(String)
    /// It says nothing about the key; a clause.
    case unknown(String)
}

/// The row of good answers that proves a key.
///
/// AWS knows a new key in one place before the other, for some ten seconds, and forgets it again in
/// between; so a refusal begins the row anew. An answer that says nothing about the key leaves the
/// row as it is, and does not count.
package struct ProofRow: Sendable, Hashable {
    private let pace: ProofPace
    private let start: Moment
    private var firstGood: Moment?
    /// How many good answers there are in a row.
    package private(set) var goodCount = 0
    private var last: ProofAnswer?

    package init(_ pace: ProofPace, at start: Moment) {
        self.pace = pace
        self.start = start
    }

    package enum Standing: Sendable, Hashable {
        case going
        case proven
        /// The time is over, and the key was refused last.
        case refused(String)
        /// The time is over, and nobody knows whether the key is good.
        case unsettled(String)
    }

    /// Adds what a round came to that began at `moment`.
    package mutating func add(_ answer: ProofAnswer, at moment: Moment) -> Standing {
        switch answer {
        case .good:
            let first = firstGood ?? moment
            firstGood = first
            goodCount += 1
            if goodCount >= pace.count, moment - first >= pace.span { return .proven }
        case .refused:
            firstGood = nil
            goodCount = 0
        case .unknown: break
        }
        last = answer
        guard moment - start >= pace.limit else { return .going }
        return switch last {
        case .refused(let reason): .refused(reason)
        case .unknown(let reason): .unsettled(reason)
        case .good, nil: .unsettled("the answers came too slowly")
        }
    }
}
