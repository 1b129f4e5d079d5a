package import Model

/// What is known about a key before it is changed.
package struct KeyFacts: Sendable, Hashable {
    package var key: ListedKey
    /// Nil without a use, or when nobody could say.
    package var lastUse: KeyUse?
    /// Where it is configured on this host: `[app] in /home/app/.aws/credentials:4`.
    package var places: [String]
    /// Whether it is the key of the profile that was named.
    package var isOwn: Bool

    package init(
        key: ListedKey, lastUse: KeyUse? = nil, places: [String] = [], isOwn: Bool = false
    ) {
        self.key = key
        self.lastUse = lastUse
        self.places = places
        self.isOwn = isOwn
    }
}

/// What an operator does to a key by hand.
package enum KeyChange: String, Sendable, Hashable, CaseIterable {
    case activate, deactivate, delete
}

/// How long ago a use still says that somebody needs the key; IAM tells of a use hours later.
private let recentUse = Duration.seconds(86_400)

/// Says why a key should stay as it is, as a clause; nil when nothing speaks against the change.
package func objection(to change: KeyChange, _ facts: KeyFacts, now: WallTime) -> String? {
    switch change {
    case .activate: return nil
    case .delete where facts.key.isActive:
        return "it is active; deactivate it first, and see whether anybody misses it"
    case .deactivate, .delete: return useOnHost(facts) ?? useElsewhere(facts, now)
    }
}

/// Says where a key is configured on this host, as a clause.
private func useOnHost(_ facts: KeyFacts) -> String? {
    if facts.isOwn { return "it is the key of the profile itself" }
    guard let place = facts.places.first else { return nil }
    let more = facts.places.count > 1 ? ", and in \(facts.places.count - 1) more places" : ""
    return "it stands in \(place)\(more)"
}

/// Says that somebody used an active key lately, as a clause; an inactive one serves nobody.
private func useElsewhere(_ facts: KeyFacts, _ now: WallTime) -> String? {
    guard facts.key.isActive, let use = facts.lastUse, now - use.at < recentUse else { return nil }
    return "it was used \(useText(use))"
}

/// Returns a use for a sentence: `at 2026-11-26T21:00:00Z for s3 in eu-central-1`.
package func useText(_ use: KeyUse) -> String {
    var text = "at \(use.at.rfc3339)"
    if let service = use.service { text += " for \(service)" }
    if let region = use.region { text += " in \(region)" }
    return text
}
