package import Model

/// The state of all profiles and groups: events in, effects out.
///
/// Pure: the time of an event is a parameter, incident ids come from the closure given at the start.
/// It is owned by one queue.
package struct Tracker: Sendable {
    /// In the order of the configuration. An array, where a track is read and changed in its place:
    /// a copy of a track costs more than the rest of a step.
    var profiles: [ProfileTrack] = []
    var positions: [String: Int] = [:]
    var groups: [String: GroupTrack] = [:]
    var groupNames: [String] = []
    /// The groups in which a profile is the primary.
    private var groupsByPrimary: [String: [String]] = [:]
    /// What the answers say about this machine's clock, and the warnings about the machine.
    var clock = ClockTrack()
    var machine = AdvisoryBoard()
    var isClockWrong = false
    /// Whether times of before the start wait for AWS's.
    var waitsForTime = false
    /// Whether the last hours of a profile are others than those that were kept last.
    package var historyChanged = false
    /// What a new configuration made necessary; it goes out with the next effects.
    private var owed: [Effect] = []
    private let makeIncidentID: @Sendable () -> String

    /// Starts tracking; `remembered` is what an earlier daemon kept.
    package init(
        _ configuration: Configuration, remembered: RememberedState?,
        makeIncidentID: @escaping @Sendable () -> String
    ) {
        self.makeIncidentID = makeIncidentID
        let memory = remembered ?? RememberedState()
        let oldProfiles = Dictionary(
            memory.profiles.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let oldGroups = Dictionary(memory.groups.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        profiles = configuration.profiles.map {
            ProfileTrack($0, remembered: oldProfiles[$0.name])
        }
        for group in configuration.groups {
            groups[group.name] = GroupTrack(group, remembered: oldGroups[group.name])
        }
        index(configuration)
    }

    /// Returns what is to be done at the start: incidents of before a restart ask for fresh evidence.
    package mutating func start(at now: Instant) -> [Effect] {
        var effects = startEffects()
        for name in groupNames {
            groups[name]?.start(at: now, &effects)
        }
        waitsForTime = groups.values.contains { $0.moves.keptOnBackupSince != nil }
        for position in profiles.indices {
            profiles[position].startEnding(at: now, &effects)
            adjustPace(at: position, &effects)
        }
        return effects.list
    }

    /// Begins a list of effects with those that are owed.
    private mutating func startEffects() -> Effects {
        var effects = Effects(makeIncidentID)
        for effect in owed { effects.add(effect) }
        owed = []
        return effects
    }

    /// Takes a new configuration; what keeps its name keeps its health.
    ///
    /// The caller gives every profile that is new, or whose interval has changed, the interval of the
    /// configuration; what else has to follow comes with the effects of the next event.
    package mutating func reconfigure(_ configuration: Configuration, at now: Instant) {
        var effects = Effects(makeIncidentID)
        let old = Dictionary(
            profiles.map { ($0.configuration.name, $0.configuration) }, uniquingKeysWith: { $1 })
        profiles = configuration.profiles.map { profile in
            var track =
                positions[profile.name].map { profiles[$0] }
                ?? ProfileTrack(profile, remembered: nil)
            if track.configuration.interval != profile.interval { track.pace = profile.interval }
            track.configuration = profile
            return track
        }
        let policies = groups.mapValues(\.configuration.policy)
        var newGroups: [String: GroupTrack] = [:]
        for group in configuration.groups {
            newGroups[group.name] = groups[group.name]?.reconfigured(group)
            if let old = groups[group.name]?.configuration {
                newGroups[group.name]?.dropStaleAdvisories(from: old, at: now.wall, &effects)
            }
        }
        for name in groupNames where newGroups[name] == nil { groups[name]?.abandon(&effects) }
        for group in configuration.groups where newGroups[group.name] == nil {
            newGroups[group.name] = GroupTrack(group)
            newGroups[group.name]?.isClockWrong = isClockWrong
        }
        groups = newGroups
        index(configuration)
        for profile in configuration.profiles {
            guard let before = old[profile.name], before.isJudged(otherwiseThan: profile) else {
                continue
            }
            for group in groupsByPrimary[profile.name] ?? []
            where groups[group]?.state == .confirming { groups[group]?.forgetFailures() }
        }
        for position in profiles.indices {
            profiles[position].dropStaleAdvisories(at: now.wall, &effects)
        }
        for name in groupNames {
            compareOwners(in: name, at: now.wall, &effects)
            groups[name]?.policyChanged(from: policies[name], at: now, &effects)
        }
        for position in profiles.indices { adjustPace(at: position, &effects) }
        owed += effects.list
    }

    private mutating func index(_ configuration: Configuration) {
        positions = Dictionary(
            profiles.indices.map { (profiles[$0].configuration.name, $0) },
            uniquingKeysWith: { $1 })
        groupNames = configuration.groups.map(\.name)
        groupsByPrimary = Dictionary(grouping: groupNames) {
            groups[$0]?.configuration.primary ?? ""
        }
        let members = Set(configuration.groups.flatMap { [$0.primary] + $0.backups })
        var backupOf: [String: [String]] = [:]
        for group in configuration.groups {
            for backup in group.backups { backupOf[backup, default: []].append(group.name) }
        }
        for position in profiles.indices {
            let name = profiles[position].configuration.name
            profiles[position].isMember = members.contains(name)
            profiles[position].backupOf = backupOf[name] ?? []
            noteTrouble(at: position)
        }
    }

    /// Notes whether a group holds something against a profile as its backup.
    private mutating func noteTrouble(at position: Int) {
        let name = profiles[position].configuration.name
        profiles[position].isTroubled = profiles[position].backupOf.contains {
            groups[$0]?.isTroubled(name) ?? false
        }
    }

    /// Takes in an event and returns what is to be done.
    package mutating func handle(_ event: Event, at now: Instant) -> [Effect] {
        var effects = startEffects()
        switch event {
        case .checked(let result), .proved(_, let result):
            hearClock(result, at: now, &effects)
            if waitsForTime { learnTime(at: now, &effects) }
        default: break
        }
        weighClock(at: now)
        switch event {
        case .checked(let result):
            checked(weighed(result, at: now), at: now, &effects)
        case .proved(let group, let result):
            groups[group]?.proved(result, at: now, &effects)
            noteOwner(of: result, at: now, &effects)
        case .hookFinished(let run, let result, let finishedAt):
            groups[run.group]?.hookFinished(run, result, at: finishedAt, &effects)
        case .woken(let group):
            let (tracks, positions) = (profiles, positions)
            groups[group]?.woken(
                latest: { positions[$0].flatMap { tracks[$0].last } }, at: now, &effects)
        case .reminderDue(let group):
            groups[group]?.remind(at: now, &effects)
        case .endNears(let profile):
            if let position = positions[profile] {
                profiles[position].endNears(at: now.moment, &effects)
            }
        case .ordered(let order):
            if groups[order.group] == nil {
                let known = groupNames.isEmpty ? "none" : groupNames.joined(separator: ", ")
                effects.add(
                    .reply(
                        order: order.id, done: false,
                        text: "there is no failover group \(order.group); configured: \(known)"))
            }
            groups[order.group]?.ordered(order, at: now, &effects)
        case .explained(let profile, let diagnosis, let fingerprint):
            explained(profile, diagnosis, of: fingerprint, &effects)
        case .advised(let profile, let source, let advisories):
            if let position = positions[profile] {
                profiles[position].advisories.replace(
                    source, with: advisories, about: .profile(profile), at: now.wall, &effects)
            }
        case .advisedGroup(let group, let source, let advisories):
            groups[group]?.advisories.replace(
                source, with: advisories, about: .group(group), at: now.wall, &effects)
        }
        if case .checked = event {
        } else if let position = primary(of: event).flatMap({ positions[$0] }) {
            adjustPace(at: position, &effects)
        }
        return effects.list
    }

    private func primary(of event: Event) -> String? {
        switch event {
        case .checked(let result): result.profile
        case .endNears(let profile): profile
        case .proved(let group, _), .woken(let group), .reminderDue(let group):
            groups[group]?.configuration.primary
        case .hookFinished(let run, _, _): groups[run.group]?.configuration.primary
        case .ordered(let order): groups[order.group]?.configuration.primary
        case .explained, .advised, .advisedGroup: nil
        }
    }

    private mutating func checked(
        _ result: CheckResult, at now: Instant, _ effects: inout Effects
    ) {
        let name = result.profile
        guard let position = positions[name] else { return }
        let change = profiles[position].receive(result)
        if profiles[position].noteHistory(at: result.finishedAt.wall) { historyChanged = true }
        // What a second identity said of the same refusal before goes along.
        let result = profiles[position].isRefined ? profiles[position].last ?? result : result
        let isSettled = profiles[position].isSettled(result)
        let isNew = profiles[position].credentialChanged
        if let change {
            effects.add(.announce(.profile(change)))
            effects.add(.remember)
        }
        profiles[position].receiveEnding(result, &effects)
        if profiles[position].isMember { noteOwner(of: result, at: now, &effects) }
        for group in groupsByPrimary[name] ?? [] {
            groups[group]?.primaryChecked(
                result, isSettled: isSettled, isNewCredential: isNew, at: now, &effects)
        }
        // Healthy backups cost no more than this.
        if result.diagnosis.verdict == .bad || profiles[position].isTroubled {
            for group in profiles[position].backupOf {
                groups[group]?.backupChecked(
                    result, isSettled: isSettled, isNewCredential: isNew, at: now, &effects)
            }
            noteTrouble(at: position)
        }
        adjustPace(at: position, &effects)
    }

    private mutating func adjustPace(at position: Int, _ effects: inout Effects) {
        let name = profiles[position].configuration.name
        var fast = (groupsByPrimary[name] ?? []).contains {
            groups[$0]?.wantsFastPrimary ?? false
        }
        if profiles[position].isTroubled {
            fast =
                fast
                || profiles[position].backupOf.contains { groups[$0]?.wantsFast(name) ?? false }
        }
        if let pace = profiles[position].changePace(fast: fast) {
            effects.add(.pace(profile: name, every: pace))
        }
    }
}

extension ProfileConfiguration {
    /// Whether an answer that is bad by one of the configurations may be none by the other, so that what
    /// was counted counts no more.
    fileprivate func isJudged(otherwiseThan other: ProfileConfiguration) -> Bool {
        expected != other.expected
            || canary?.judged.map { $0 != other.canary?.judged } ?? false
            || (awsProfile, origin, surroundings) != (
                other.awsProfile, other.origin, other.surroundings
            )
    }
}

extension Canary {
    /// The calls whose denial is bad, wherever the config has them; nil when none is.
    fileprivate var judged: [CanaryCall]? {
        guard counts else { return nil }
        return calls.map { CanaryCall($0.form, region: $0.region) }
    }
}
