import Model

/// What a group takes along over a restart or a reload.
extension GroupTrack {
    init(_ configuration: GroupConfiguration, remembered: RememberedGroup?) {
        self.init(configuration)
        guard let remembered, isMember(remembered.active) else { return }
        switch remembered.state {
        case .ready, .confirming:
            break
        case .failedOver, .failoverFailed:
            state = remembered.state
            active = remembered.active
            incident = remembered.incident
            hook = remembered.hook
        case .failingOver:
            guard let incident = remembered.incident, isMember(incident.to) else { return }
            state = .failingOver
            active = remembered.active
            self.incident = incident
            hook = remembered.hook
            isResuming = true
            if hook?.result == nil { hook?.result = .interrupted }
        }
    }

    private func isMember(_ profile: String) -> Bool {
        profile == configuration.primary || configuration.backups.contains(profile)
    }

    /// The same group under a new configuration; it starts anew when its members do not fit any more.
    func reconfigured(_ new: GroupConfiguration) -> GroupTrack {
        var track = self
        track.configuration = new
        let members = [track.active, track.incident?.from, track.incident?.to].compactMap(\.self)
        guard new.primary == configuration.primary, members.allSatisfy(track.isMember) else {
            return GroupTrack(new)
        }
        return track
    }

    var remembered: RememberedGroup {
        RememberedGroup(
            name: name, state: state, active: active, incident: incident, hook: hook)
    }

    func status(at now: Moment) -> GroupStatus {
        GroupStatus(
            name: name, primary: configuration.primary, backups: configuration.backups,
            active: active, state: state, detail: detail(at: now), incident: incident, hook: hook)
    }
}
