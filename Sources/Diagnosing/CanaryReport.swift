package import Model

/// All calls of one run of a canary with what they mean.
package struct CanaryReport: Sendable, Hashable {
    package struct Entry: Sendable, Hashable {
        package var outcome: CanaryOutcome
        package var reading: CanaryReading
    }

    package var entries: [Entry]
    /// AWS's quarantine policy, where somebody who may look saw it on the user.
    package var quarantinePolicy: String?

    package init(_ outcomes: [CanaryOutcome], _ subject: CanarySubject) {
        entries = outcomes.map { Entry(outcome: $0, reading: reading(of: $0, subject)) }
    }

    package enum Standing: Sendable, Hashable {
        case fine
        /// At least one call is denied.
        case denied
        /// At least one is answered otherwise than it should be, and none is denied.
        case unexpected
        /// Of at least one nothing is known, and nothing is wrong with the rest.
        case open
    }

    package var standing: Standing {
        if !denials.isEmpty { return .denied }
        if entries.contains(where: { if case .unexpected = $0.reading { true } else { false } }) {
            return .unexpected
        }
        let isOpen = entries.contains { if case .open = $0.reading { true } else { false } }
        return isOpen ? .open : .fine
    }

    /// The denied calls.
    package var denials: [(outcome: CanaryOutcome, denial: CanaryDenial)] {
        entries.compactMap { entry in
            if case .denied(let denial) = entry.reading { (entry.outcome, denial) } else { nil }
        }
    }

    /// Whether it is worth asking somebody else about a quarantine: a policy of the user's own denies.
    package var maySufferQuarantine: Bool {
        quarantinePolicy == nil
            && denials.contains { _, denial in
                !denial.isQuarantine
                    && (denial.policyKind == "identity-based policy" && denial.isExplicit
                        || !denial.isWorded)
            }
    }

    /// Whether AWS asked for fewer requests.
    package var isThrottled: Bool {
        entries.contains { if case .open(.throttled, _) = $0.reading { true } else { false } }
    }

    /// Why nothing is known of some calls, the first one first.
    var doubts: [(call: CanaryCall, cause: Cause, why: String)] {
        entries.compactMap { entry in
            if case .open(let cause, let why) = entry.reading {
                (entry.outcome.call, cause, why)
            } else {
                nil
            }
        }
    }
}
