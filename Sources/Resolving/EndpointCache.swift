import Model
import Synchronization

/// The endpoints that were worked out lately.
///
/// Thousands of profiles share a handful of them, and finding one costs as much as the rest of a plan.
final class EndpointCache: Sendable {
    struct Key: Hashable, Sendable {
        /// A custom URL as it was written; nil for AWS's own endpoints.
        var customURL: String?
        var region: String
        var variant: EndpointVariant
    }

    private struct Known: Sendable {
        var pairs: [Key: EndpointPair] = [:]
        /// The one that was asked for last; mostly it is the next one too, and found without a hash.
        var latest: (key: Key, pair: EndpointPair)?
    }

    private let known = Mutex(Known())
    private static let limit = 256

    /// Returns the endpoints of a key, worked out by `make` when they are not known.
    func pair(
        _ key: Key, _ make: () throws(ResolveProblem) -> EndpointPair
    ) throws(ResolveProblem) -> EndpointPair {
        let found = known.withLock { known -> EndpointPair? in
            if let latest = known.latest, latest.key == key { return latest.pair }
            guard let pair = known.pairs[key] else { return nil }
            known.latest = (key, pair)
            return pair
        }
        if let found { return found }
        let pair = try make()
        known.withLock { known in
            if known.pairs.count >= Self.limit { known.pairs = [:] }
            known.pairs[key] = pair
            known.latest = (key, pair)
        }
        return pair
    }
}
