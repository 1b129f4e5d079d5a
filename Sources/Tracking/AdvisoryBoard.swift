import Model

/// The warnings about one profile or group, by who saw them.
struct AdvisoryBoard: Sendable, Hashable {
    private var bySource: [AdvisorySource: [Advisory]] = [:]

    var isEmpty: Bool { bySource.isEmpty }

    /// All warnings, each kind once, in the order of the kinds.
    var list: [Advisory] {
        if bySource.isEmpty { return [] }
        let all = AdvisorySource.allCases.flatMap { bySource[$0] ?? [] }
        return AdvisoryKind.allCases.compactMap { kind in all.first { $0.kind == kind } }
    }

    /// Puts what a source sees now in the place of what it saw before, and announces what is new and
    /// what is over, unless something else tells it; a kind that stays keeps the time at which it was seen
    /// first.
    mutating func replace(
        _ source: AdvisorySource, with new: [Advisory], about subject: AdvisoryChange.Subject,
        isTold: Bool = true, at now: WallTime, _ effects: inout Effects
    ) {
        if new.isEmpty, bySource[source] == nil { return }
        let before = list
        bySource[source] =
            new.isEmpty
            ? nil
            : new.map { advisory in
                var advisory = advisory
                advisory.since =
                    before.first { $0.kind == advisory.kind }?.since
                    ?? advisory.since ?? now
                return advisory
            }
        guard isTold else { return }
        let after = list
        for advisory in before where !after.contains(where: { $0.kind == advisory.kind }) {
            announce(advisory, isOver: true, subject, &effects)
        }
        for advisory in after where !before.contains(where: { $0.kind == advisory.kind }) {
            announce(advisory, isOver: false, subject, &effects)
        }
    }

    private func announce(
        _ advisory: Advisory, isOver: Bool, _ subject: AdvisoryChange.Subject,
        _ effects: inout Effects
    ) {
        effects.add(
            .announce(
                .advisory(AdvisoryChange(subject: subject, advisory: advisory, isOver: isOver))))
    }
}
