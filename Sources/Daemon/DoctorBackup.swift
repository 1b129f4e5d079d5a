import Model
import Scheduling

extension Doctor {
    /// Asks with the other credential of the profile's group at the same endpoint, when the profile's own was
    /// refused: what passes there proves the network, the clock and STS.
    func weighedByOther(_ result: CheckResult) async -> CheckResult {
        guard result.diagnosis.verdict == .bad || result.diagnosis.cause == .refusalUnconfirmed,
            let endpoint = result.endpoint, let other = otherOfGroup
        else { return result }
        let pipeline = pipeline
        let answer = await within(share(1, of: 4), on: transport) {
            await pipeline.check(other, at: endpoint)
        }
        if let answer { signers.note(answer) }
        var diagnosis = pipeline.weighed(result, at: SystemClock.moment()).diagnosis
        let isTold = diagnosis.evidence.contains {
            if case .secondOpinion(.otherCredential, _) = $0 { true } else { false }
        }
        guard !isTold else { return result.diagnosed(diagnosis) }
        let words: String
        switch answer?.diagnosis.verdict {
        case .good: words = "\(other.name) is accepted"
        case .bad, .unknown:
            words = "\(other.name): \(answer?.diagnosis.cause.title ?? "no answer")"
        case nil: words = "\(other.name): no answer in time"
        }
        diagnosis.evidence.append(.secondOpinion(.otherCredential, words))
        return result.diagnosed(diagnosis)
    }

    /// A backup of the group in which the profile is the primary, or the primary where it is a backup.
    private var otherOfGroup: ProfileConfiguration? {
        let name = order.profile.name
        for group in configuration.groups {
            let others =
                group.primary == name
                ? group.backups : group.backups.contains(name) ? [group.primary] : []
            let profiles = others.compactMap { other in
                configuration.profiles.first { $0.name == other }
            }
            guard var found = profiles.first else { continue }
            found.timeout = min(found.timeout, profile.timeout)
            return found
        }
        return nil
    }
}
