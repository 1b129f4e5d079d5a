package import Model

/// What is known when a rotation is to begin.
package struct StartFacts: Sendable, Hashable {
    package var user: String
    /// The key that stands in the file.
    package var keyInFile: String
    /// Whether AWS does not accept the key in the file.
    package var isRefused: Bool
    /// All keys of the user.
    package var keys: [KeyFacts]
    package var now: WallTime

    package init(
        user: String, keyInFile: String, isRefused: Bool, keys: [KeyFacts], now: WallTime
    ) {
        self.user = user
        self.keyInFile = keyInFile
        self.isRefused = isRefused
        self.keys = keys
        self.now = now
    }
}

/// Whether, and how, a rotation begins.
package enum StartDecision: Sendable, Hashable {
    /// There is room for a key.
    case create
    /// This key goes first.
    case replace(String)
    /// A sentence or more says why not.
    case refused(String)
}

/// How many access keys IAM lets a user have.
private let mostKeys = 2

/// Decides whether there is room for a new key, and which one goes if there is not; pure.
///
/// `replacing` is the key that the operator gives up, `isForced` overrides what speaks for keeping it.
package func decideStart(
    _ facts: StartFacts, replacing: String?, isForced: Bool
) -> StartDecision {
    let isListed = facts.keys.contains { $0.key.id == facts.keyInFile }
    guard isListed || facts.isRefused else {
        return .refused(
            "IAM does not list \(facts.keyInFile) among the keys of user \(facts.user), though AWS "
                + "accepts it.")
    }
    if let replacing { return replacement(replacing, facts, isForced: isForced) }
    return facts.keys.count < mostKeys ? .create : .refused(advice(facts))
}

private func replacement(
    _ id: String, _ facts: StartFacts, isForced: Bool
) -> StartDecision {
    guard let key = facts.keys.first(where: { $0.key.id == id }) else {
        return .refused("User \(facts.user) has no key \(id).")
    }
    if id == facts.keyInFile {
        // Nobody can work with it any more, whatever IAM says of it; but a wrong secret looks alike.
        guard facts.isRefused, !key.key.isActive else {
            return .refused("\(id) is the key in use, which a rotation never gives up beforehand.")
        }
        return .replace(id)
    }
    guard facts.keys.count >= mostKeys else {
        return .refused("There is room for a new key, so \(id) need not go.")
    }
    let isInUse = objection(to: .deactivate, key, now: facts.now)
    if let isInUse, !isForced {
        return .refused("\(id) should not go: \(isInUse). --force overrides that.")
    }
    return .replace(id)
}

/// Says which of two keys is the one that nobody needs.
private func advice(_ facts: StartFacts) -> String {
    var text = "User \(facts.user) has \(facts.keys.count) keys, and IAM allows no more: "
    text += facts.keys.map { described($0, facts) }.joined(separator: "; ")
    let others = facts.keys.filter { $0.key.id != facts.keyInFile }
    let unused = others.first { objection(to: .deactivate, $0, now: facts.now) == nil }
    guard let unused else { return text + ". None of them is known to be unused." }
    return text + ". --replace \(unused.key.id) deletes the one that seems unused."
}

/// Describes a key for a sentence.
package func described(_ facts: KeyFacts, _ start: StartFacts) -> String {
    var parts = [facts.key.isActive ? "active" : "inactive"]
    parts.append(facts.lastUse.map { "used last \(useText($0))" } ?? "no use known")
    if facts.key.id == start.keyInFile {
        parts.append(start.isRefused ? "the profile's, refused by AWS" : "the profile's")
    } else if let place = facts.places.first {
        parts.append("in \(place)")
    }
    return "\(facts.key.id) (\(parts.joined(separator: ", ")))"
}
