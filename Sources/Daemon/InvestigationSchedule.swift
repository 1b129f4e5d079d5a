import Dispatch
import Diagnosing
import Model
import Probing
import Scheduling
import Tracking

/// When IAM is asked about a key: once a refusal was handled, and once a day while the key works.
extension Engine {
    /// The result with what is known of the same refusal, and the one before it when that is of interest.
    func explained(
        _ result: CheckResult, of profile: ProfileConfiguration
    ) -> (CheckResult, before: CheckResult?) {
        guard result.diagnosis.verdict != .good else { return (result, nil) }
        return (
            investigations.explained(result, of: profile), tracker.lastResult(of: profile.name)
        )
    }

    /// Lines a question up, if the result gives reason to ask; `before` is the result before it.
    func investigate(
        _ result: CheckResult, after before: CheckResult?, of profile: ProfileConfiguration,
        at now: Instant
    ) {
        guard result.diagnosis.verdict != .good else {
            if !investigations.isClean { investigations.noteGood(profile.name, at: now.moment) }
            return
        }
        if let before { investigations.noteOwner(before, of: profile.name) }
        guard isWorthInquiry(result.diagnosis.cause), let id = result.accessKeyID, isLongTerm(id)
        else { return }
        let askers = askers(for: profile, besides: id)
        guard !askers.isEmpty,
            investigations.mayAsk(result, of: profile.name, at: now.moment)
        else { return }
        let mates = (investigations.mates[profile.name] ?? []).compactMap {
            tracker.lastResult(of: $0)?.identity?.arn
        }
        investigations.add(
            InvestigationRequest(
                profile: profile, result: result, purpose: .refusal(result.diagnosis.cause),
                askers: askers,
                candidates: candidates(for: profile, mates: mates)
                    + [investigations.owner(of: profile.name, id)].compactMap(\.self)))
    }

    /// Who may be asked: whom the config names, else the members of its groups that are good and have
    /// another key.
    private func askers(
        for profile: ProfileConfiguration, besides id: String
    ) -> [ProfileConfiguration] {
        if let named = profile.asker(among: profiles) { return [named] }
        return (investigations.mates[profile.name] ?? []).compactMap { mate in
            guard let last = tracker.lastResult(of: mate), last.diagnosis.verdict == .good,
                last.accessKeyID != id
            else { return nil }
            return profiles[mate]
        }
    }

    /// Starts what may be asked now.
    func startInvestigations() {
        guard investigations.isWaiting else { return }
        let now = SystemClock.moment()
        while let request = investigations.next(at: now) {
            let investigator = Investigator(pipeline.value, parts.transport)
            Task.detached(executorPreference: parts.transport) { [self] in
                let investigation = await investigator.investigate(request, within: .seconds(10))
                await investigated(request, investigation)
            }
        }
        if let pausedUntil = investigations.pausedUntil, pausedUntil > now,
            investigations.isWaiting
        {
            schedule.set(.investigations, due: pausedUntil)
        }
    }

    private func investigated(_ request: InvestigationRequest, _ investigation: Investigation) {
        guard !isStopping else { return }
        let now = SystemClock.now()
        investigations.ended(request, throttled: investigation.wasThrottled, at: now.moment)
        let profile = request.profile
        // A profile that a reload has taken away is not heard of again.
        if profiles[profile.name] != nil {
            investigations.noteDate(in: investigation, of: profile.name)
        }
        switch request.purpose {
        case .refusal(let cause):
            let diagnosis = investigations.learnt(
                investigation, about: cause, request, at: now.wall)
            guard let diagnosis else { break }
            handle(
                .explained(
                    profile: profile.name, diagnosis, fingerprint: request.result.fingerprint),
                at: now)
        case .look:
            // What was not answered ends no warning of yesterday.
            guard isConclusive(investigation) else {
                schedule.set(
                    .look(profile.name), due: now.moment + .seconds(3_600), slack: .seconds(60))
                break
            }
            // A key that was refused meanwhile has its own answer.
            guard tracker.lastResult(of: profile.name)?.diagnosis.verdict == .good else { break }
            var list = advisories(
                from: investigation, at: now.wall, maxKeyAge: profile.maxKeyAge)
            // A backup that may not ask IAM was never asked to be able to.
            if profile.diagnoseWith == nil { list.removeAll { $0.kind == .lookDenied } }
            handle(.advised(profile: profile.name, by: .dailyLook, list), at: now)
        }
        publication.markDirty(urgent: false)
        turn()
    }

    // MARK: - The daily look

    private static let day = Duration.seconds(86_400)

    /// Puts the first look at each key on the schedule, some minutes after the start: two seconds for
    /// each keep the rate below what IAM bears. Those that stand there stay.
    func scheduleLooks(at start: Moment) {
        investigations.mates = configuration.mates
        let names = configuration.profiles.filter { profile in
            profile.diagnoseWith != nil || investigations.mates[profile.name] != nil
        }.map(\.name)
        let known = Set(names)
        for name in profiles.keys where !known.contains(name) { schedule.remove(.look(name)) }
        let new = names.filter { schedule.due(.look($0)) == nil }
        let window = min(max(.seconds(120), .seconds(2) * new.count), Self.day / 2)
        for name in new {
            schedule.set(
                .look(name), due: start + .seconds(60) + window * Double.random(in: 0..<1),
                slack: .seconds(5))
        }
    }

    /// Looks at all keys now, once they were checked; two seconds for each, as at the start.
    func lookSoon(at now: Moment) {
        let names = configuration.profiles.map(\.name).filter { schedule.due(.look($0)) != nil }
        for (index, name) in names.enumerated() {
            schedule.set(.look(name), due: now + .seconds(1) + .seconds(2) * index)
        }
    }

    /// Looks at the key of a profile, if it works.
    func lookIsDue(_ name: String, at now: Instant) {
        guard let profile = profiles[name] else { return }
        guard let last = tracker.lastResult(of: name), last.diagnosis.verdict == .good else {
            schedule.set(.look(name), due: now.moment + .seconds(600), slack: .seconds(60))
            return
        }
        schedule.set(
            .look(name), due: now.moment + Self.day * Double.random(in: 0.95..<1.05),
            slack: .seconds(60))
        guard let id = last.accessKeyID, isLongTerm(id), let arn = last.identity?.arn,
            let owner = UserCandidate(arn: arn, basis: .seen)
        else {
            // Roles and temporary keys have no age, and IAM does not list them.
            return handle(.advised(profile: name, by: .dailyLook, []), at: now)
        }
        let askers = askers(for: profile, besides: id)
        guard !askers.isEmpty else {
            return schedule.set(.look(name), due: now.moment + .seconds(600), slack: .seconds(60))
        }
        investigations.add(
            InvestigationRequest(
                profile: profile, result: last, purpose: .look, askers: askers,
                candidates: [owner]))
    }
}

/// The users whose key it may be, by what the config expects and who the backups are.
func candidates(for profile: ProfileConfiguration, mates: [String]) -> [UserCandidate] {
    [profile.expected.arn.flatMap { UserCandidate(arn: $0, basis: .expected) }]
        .compactMap(\.self) + mates.compactMap { UserCandidate(arn: $0, basis: .backup) }
}

extension ProfileConfiguration {
    /// The profile that `diagnose_with` names: one of those that the config knows, or of the shared files.
    func asker(among profiles: [String: ProfileConfiguration]) -> ProfileConfiguration? {
        guard let diagnoseWith else { return nil }
        return profiles[diagnoseWith]
            ?? ProfileConfiguration(
                name: diagnoseWith, timeout: timeout, defaultRegion: region ?? defaultRegion)
    }
}

extension Configuration {
    /// The other members of each profile's groups, in the order of their preference.
    var mates: [String: [String]] {
        var mates: [String: [String]] = [:]
        for group in groups {
            let members = [group.primary] + group.backups
            for member in members {
                for other in members
                where other != member && mates[member]?.contains(other) != true {
                    mates[member, default: []].append(other)
                }
            }
        }
        return mates
    }
}
