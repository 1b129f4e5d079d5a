import Model

/// What is told beside health: explanations, and warnings about what works.
extension Tracker {
    /// Takes in what a second identity says about a refusal.
    mutating func explained(
        _ profile: String, _ diagnosis: Diagnosis, of fingerprint: Int?, _ effects: inout Effects
    ) {
        guard let position = positions[profile] else { return }
        let before = profiles[position].last?.diagnosis
        let change = profiles[position].refine(diagnosis, of: fingerprint)
        if let result = profiles[position].last, result.diagnosis != before {
            for name in groupNames where groups[name]?.configuration.primary == profile {
                groups[name]?.explained(result)
            }
        }
        if let change {
            effects.add(.announce(.profile(change)))
            effects.add(.remember)
        }
    }

    /// Takes note of whose credential a member has, and compares when that is news.
    mutating func noteOwner(of result: CheckResult, at now: Instant, _ effects: inout Effects) {
        guard let identity = result.identity, result.diagnosis.verdict == .good,
            let position = positions[result.profile], profiles[position].owner != identity
        else { return }
        profiles[position].owner = identity
        for name in groupNames where groups[name]?.has(result.profile) ?? false {
            compareOwners(in: name, at: now.wall, &effects)
        }
    }

    /// Compares the owners of a group's members.
    mutating func compareOwners(in group: String, at now: WallTime, _ effects: inout Effects) {
        let (tracks, positions) = (profiles, positions)
        groups[group]?.compareOwners(
            { positions[$0].flatMap { tracks[$0].owner } }, at: now, &effects)
    }
}

extension GroupTrack {
    func has(_ profile: String) -> Bool {
        configuration.primary == profile || configuration.backups.contains(profile)
    }
}

extension ProfileTrack {
    /// Drops the warnings that nobody can renew under the configuration as it is now.
    mutating func dropStaleAdvisories(at now: WallTime, _ effects: inout Effects) {
        func drop(_ source: AdvisorySource, _ effects: inout Effects) {
            advisories.replace(
                source, with: [], about: .profile(configuration.name), at: now, &effects)
        }
        if configuration.canary == nil { drop(.canary, &effects) }
        // Without an identity of its own to ask with, a member's backup or primary asks.
        if configuration.diagnoseWith == nil, !isMember { drop(.dailyLook, &effects) }
        if !isMember { owner = nil }
    }
}
