import Model

/// The last answers of a primary, to see whether it fails again and again.
///
/// It flaps when enough of them are bad and they are not all of one outage: between two bad ones there was
/// a good one. It does so until enough good answers have pushed the bad ones out.
struct FlapTrack: Sendable {
    /// The longest window.
    static let longest = 64

    /// One bit per answer, the last one lowest: set for a bad one.
    private var bits: UInt64 = 0
    private var count = 0
    private(set) var isFlapping = false

    init() {}

    /// Takes up what an earlier daemon kept.
    init(_ remembered: RememberedFlaps) {
        for isBad in remembered.answers.suffix(Self.longest) { push(isBad, limit: Self.longest) }
        isFlapping = remembered.isFlapping
    }

    /// Nil before the first answer.
    var remembered: RememberedFlaps? {
        guard count > 0 else { return nil }
        return RememberedFlaps(
            answers: (0..<count).reversed().map { bits >> UInt64($0) & 1 == 1 },
            isFlapping: isFlapping)
    }

    /// Takes in an answer; tells whether the judgement is another one now.
    mutating func note(isBad: Bool, _ rule: FlapRule) -> Bool {
        push(isBad, limit: min(max(rule.of, 1), Self.longest))
        let bad = bits.nonzeroBitCount
        let wasFlapping = isFlapping
        isFlapping = bad >= rule.failures && (isFlapping || outages > 1)
        return isFlapping != wasFlapping
    }

    private mutating func push(_ isBad: Bool, limit: Int) {
        bits = bits << 1 | (isBad ? 1 : 0)
        if limit < 64 { bits &= (1 << UInt64(limit)) - 1 }
        count = min(count + 1, limit)
    }

    /// How many rows of bad answers there are.
    private var outages: Int { (bits & ~(bits << 1)).nonzeroBitCount }
}

/// A primary that fails again and again.
extension GroupTrack {
    /// Counts an answer of the primary, where the group looks for flapping.
    mutating func noteFlap(isBad: Bool, at now: Instant, _ effects: inout Effects) {
        guard let rule = configuration.policy.flap, flaps.note(isBad: isBad, rule) else { return }
        effects.add(.remember)
        adviseOfFlapping(at: now.wall, &effects)
    }

    /// Forgets the answers: they were of another credential, or by another rule.
    mutating func forgetFlaps(at now: WallTime, _ effects: inout Effects) {
        let wasFlapping = flaps.isFlapping
        flaps = FlapTrack()
        if wasFlapping { adviseOfFlapping(at: now, &effects) }
    }

    /// Puts the warning in accord.
    mutating func adviseOfFlapping(
        isTold: Bool = true, at now: WallTime, _ effects: inout Effects
    ) {
        var new: [Advisory] = []
        if flaps.isFlapping, let rule = configuration.policy.flap {
            new.append(
                Advisory(
                    .primaryFlapping,
                    "The primary \(configuration.primary) fails again and again: at least \(rule.failures) of its last \(rule.of) answers were bad. \(name) does not move back to it by itself."
                ))
        }
        advisories.replace(
            .flapping, with: new, about: .group(name), isTold: isTold, at: now, &effects)
    }
}
