import Model

/// What a group takes along over a restart or a reload.
extension GroupTrack {
    init(_ configuration: GroupConfiguration, remembered: RememberedGroup?) {
        self.init(configuration)
        guard let remembered, isMember(remembered.active) else { return }
        earlierMoves = remembered.moves
        flaps = remembered.flaps.map { FlapTrack($0) } ?? FlapTrack()
        drill = remembered.drill
        takeUp(remembered.failingBackups)
        hook = remembered.hook
        if hook?.result == nil { hook?.result = .interrupted }
        switch remembered.state {
        case .ready, .confirming:
            earlier = remembered.refusals
        case .failedOver, .failoverFailed:
            // Without a backup in use it cannot be failed over, whatever a file says.
            active = remembered.active
            guard isMoved || remembered.state == .failoverFailed else { return }
            state = remembered.state
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
        case .failover: incident.to != configuration.primary
        case .failback: incident.to == configuration.primary
        case .failoverFailed, .recovered, .backupFailing, .reminder, .test: false
        }
    }

    private func isMember(_ profile: String) -> Bool {
        profile == configuration.primary || configuration.backups.contains(profile)
    }

    /// The same group under a new configuration; nil when its members do not fit any more.
    func reconfigured(_ new: GroupConfiguration) -> GroupTrack? {
        var track = self
        track.configuration = new
        for backup in configuration.backups where !new.backups.contains(backup) {
            track.troubled[backup] = nil
        }
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
        var group = RememberedGroup(
            name: name, state: state, active: active, incident: incident, hook: hook,
            recoveryAnnounced: recoveryAnnounced, refusals: refusals)
        group.failingBackups = rememberedBackups
        group.moves = earlierMoves ?? moves.remembered
        group.flaps = configuration.policy.flap == nil ? nil : flaps.remembered
        group.drill = drill
        return group
    }

    /// Goes on where an earlier daemon was, now that it is known what time it is.
    mutating func start(at now: Instant, _ effects: inout Effects) {
        if let earlierMoves { moves = MoveTrack(earlierMoves, at: now) }
        earlierMoves = nil
        if configuration.policy.flap == nil { flaps = FlapTrack() }
        // What was told before is not told again.
        adviseOfFlapping(isTold: false, at: now.wall, &effects)
        adviseOfBackups(at: now.wall, &effects)
        countTimeOnBackup(at: now, &effects)
        askPrimary(&effects)
        proveForResuming(at: now, &effects)
        resumeDrill(at: now, &effects)
    }

    func status(at now: Moment) -> GroupStatus {
        GroupStatus(
            name: name, primary: configuration.primary, backups: configuration.backups,
            active: active, state: state, detail: detail(at: now), means: configuration.means,
            incident: incident, hook: hook, drill: drill, advisories: advisories.list)
    }
}
