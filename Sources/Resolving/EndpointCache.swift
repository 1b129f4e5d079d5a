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

    private let pairs = Mutex<[Key: EndpointPair]>([:])
    private static let limit = 256

    /// Returns the endpoints of a key, worked out by `make` when they are not known.
    func pair(
        _ key: Key, _ make: () throws(ResolveProblem) -> EndpointPair
    ) throws(ResolveProblem) -> EndpointPair {
        if let pair = pairs.withLock({ $0[key] }) { return pair }
        let pair = try make()
        pairs.withLock { pairs in
            if pairs.count >= Self.limit { pairs = [:] }
            pairs[key] = pair
        }
        return pair
    }
}
