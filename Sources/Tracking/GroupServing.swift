package import Model

extension Tracker {
    /// Finds the profile whose credentials the clients of a group may be given now.
    ///
    /// Nil when there is no such group. Whether the profile was proven since the start is not asked. A
    /// failure of the network takes nothing away: only a refusal does, from the first on, until a good answer.
    package func profileToServe(of group: String) -> Result<String, ServingGap>? {
        guard let track = groups[group] else { return nil }
        let wanted = profilesToServe(
            state: track.state, active: track.active, incident: track.incident)
        let accepted = wanted.first { name in
            positions[name].map { profiles[$0].failingSince == nil } ?? false
        }
        if let accepted { return .success(accepted) }
        return .failure(.refused(group: group, profile: wanted.first ?? track.active))
    }
}
