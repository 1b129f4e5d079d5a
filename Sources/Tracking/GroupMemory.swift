import Model

/// What a group takes along over a restart or a reload.
extension GroupTrack {
    init(_ configuration: GroupConfiguration, remembered: RememberedGroup?) {
        self.init(configuration)
        guard let remembered, isMember(remembered.active) else { return }
        hook = remembered.hook
        if hook?.result == nil { hook?.result = .interrupted }
        switch remembered.state {
        case .ready, .confirming:
            earlier = remembered.refusals
        case .failedOver, .failoverFailed:
            // Which one it is follows from who is active, also where a file says otherwise.
            active = remembered.active
            let isMoved = active != configuration.primary
            guard isMoved || remembered.state == .failoverFailed else { return }
            state = isMoved ? .failedOver : .failoverFailed
            incident = remembered.incident
            recoveryAnnounced = isMoved && remembered.recoveryAnnounced
        case .failingOver:
            guard let incident = remembered.incident, isPlausible(incident) else { return }
            state = .failingOver
            active = incident.from
            self.incident = incident
            self.incident?.attempts = min(max(incident.attempts, 0), Limits.hookAttempts)
            isResuming = true
            earlier = remembered.refusals
        }
    }

    private func isPlausible(_ incident: Incident) -> Bool {
        guard isMember(incident.from), isMember(incident.to), incident.from != incident.to else {
            return false
        }
        return switch incident.event {
        case .failover: incident.from == configuration.primary
        case .failback: incident.to == configuration.primary
        case .failoverFailed, .recovered, .test: false
        }
    }

    private func isMember(_ profile: String) -> Bool {
        profile == configuration.primary || configuration.backups.contains(profile)
    }

    /// The same group under a new configuration; nil when its members do not fit any more.
    func reconfigured(_ new: GroupConfiguration) -> GroupTrack? {
        var track = self
        track.configuration = new
        let members = [track.active, track.incident?.from, track.incident?.to].compactMap(\.self)
        guard new.primary == configuration.primary, members.allSatisfy(track.isMember) else {
            return nil
        }
        return track
    }

    /// Comes to an end because the configuration has no place for it any more.
    mutating func abandon(_ effects: inout Effects) {
        effects.add(.wake(group: name, at: nil))
        answerOrder(done: false, "the configuration of \(name) was changed meanwhile", &effects)
    }

    /// What is to be kept of the group across a restart.
    var remembered: RememberedGroup {
        RememberedGroup(
            name: name, state: state, active: active, incident: incident, hook: hook,
            recoveryAnnounced: recoveryAnnounced, refusals: refusals)
    }

    func status(at now: Moment) -> GroupStatus {
        GroupStatus(
            name: name, primary: configuration.primary, backups: configuration.backups,
            active: active, state: state, detail: detail(at: now), incident: incident, hook: hook,
            advisories: advisories.list)
    }
}
