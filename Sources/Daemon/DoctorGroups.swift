import Diagnosing
import Model
import Scheduling
import Tracking

/// So many other members of groups are asked at most.
private let mostMembers = 4

extension Doctor {
    /// Adds to what IAM says what the canary says, and how the other members of the profile's groups compare
    /// with it: whether they are accepted, whose they are, and what they may do.
    func beside(
        _ section: DoctorSection<DoctorUser>, _ result: CheckResult?
    ) async -> DoctorSection<DoctorUser> {
        guard let result, !order.isOffline else { return section }
        var found = DoctorUser(advisories: canaries.advisories(of: result.profile))
        var notes: [String] = []
        if result.diagnosis.verdict == .good {
            let (mates, silent) = await checkedMates()
            for mate in mates { signers.note(mate) }
            found.evidence = mates.filter { $0.diagnosis.verdict == .good }.map {
                .note("\($0.profile), of the same failover group, is accepted\(name(of: $0))")
            }
            notes = mates.filter { $0.diagnosis.verdict != .good }.map {
                "\($0.profile), of the same failover group, is not accepted: \($0.diagnosis.summary)"
            }
            notes += silent.map { "\($0), of the same failover group, was not asked to the end." }
            found.advisories += mates.flatMap { canaries.advisories(of: $0.profile) }
            found.advisories += groupAdvisories([result] + mates)
            let compared = await comparisons()
            found.advisories += compared.compactMap(\.self).flatMap(\.advisories)
            for finding in compared {
                guard let reason = finding.map(\.incomplete) ?? "there was no time left" else {
                    continue
                }
                notes.append("What the group's members may do could not be compared: \(reason).")
            }
        }
        return joined(section, found, notes)
    }

    /// The groups that the profile is a member of.
    private var groups: [GroupConfiguration] {
        let name = order.profile.name
        return configuration.groups.filter { $0.primary == name || $0.backups.contains(name) }
    }

    /// Checks the other members of the profile's groups, at the same time; names those without an answer.
    private func checkedMates() async -> (results: [CheckResult], silent: [String]) {
        let names = configuration.mates[order.profile.name] ?? []
        let profiles = names.prefix(mostMembers).compactMap { name in
            configuration.profiles.first { $0.name == name }
        }
        let (limit, transport, pipeline) = (share(1, of: 5), transport, pipeline)
        let most = profile.timeout
        return await withTaskGroup(of: (Int, CheckResult?).self) { group in
            for (index, mate) in profiles.enumerated() {
                group.addTask(executorPreference: transport) {
                    var mate = mate
                    mate.timeout = min(mate.timeout, most)
                    let limited = mate
                    let result = await within(limit, on: transport) {
                        await pipeline.check(limited)
                    }
                    return (index, result)
                }
            }
            var results: [(Int, CheckResult)] = []
            for await (index, result) in group {
                if let result { results.append((index, result)) }
            }
            let sorted = results.sorted { $0.0 < $1.0 }.map(\.1)
            let silent = names.filter { name in !sorted.contains { $0.profile == name } }
            return (sorted, silent)
        }
    }

    /// What the daemon would say of the groups after these checks.
    private func groupAdvisories(_ results: [CheckResult]) -> [Advisory] {
        var tracker = Tracker(configuration, remembered: nil, makeIncidentID: { "" })
        for result in results { _ = tracker.handle(.checked(result), at: result.finishedAt) }
        let names = Set(groups.map(\.name))
        return tracker.groupStatuses(at: SystemClock.moment())
            .filter { names.contains($0.name) }.flatMap(\.advisories)
    }

    /// Compares what the members may do, in the groups that ask for it; nil where there was no time.
    private func comparisons() async -> [EquivalenceFinding?] {
        var findings: [EquivalenceFinding?] = []
        let pipeline = pipeline
        for group in groups where !group.equivalentActions.isEmpty {
            let limit = share(1, of: 5)
            guard limit > .milliseconds(200) else {
                findings.append(nil)
                break
            }
            // It ends by itself; the limit around it is for what hangs all the same.
            let found = await within(limit + .milliseconds(500), on: transport) {
                await pipeline.compare(group, within: limit)
            }
            findings.append(found ?? nil)
        }
        return findings
    }
}

/// Whose a result is, for the end of a sentence.
private func name(of result: CheckResult) -> String {
    result.identity.map { " as \($0.arn)" } ?? ""
}

/// A part with more findings; what nobody asked IAM about can have some as well.
private func joined(
    _ section: DoctorSection<DoctorUser>, _ found: DoctorUser, _ notes: [String]
) -> DoctorSection<DoctorUser> {
    var section = section
    guard !found.evidence.isEmpty || !found.advisories.isEmpty || !notes.isEmpty else {
        return section
    }
    var user = section.content ?? DoctorUser()
    user.evidence += found.evidence
    for advisory in found.advisories where !user.advisories.contains(advisory) {
        user.advisories.append(advisory)
    }
    section.content = user
    section.notes += notes
    let isOdd = !found.advisories.isEmpty || !notes.isEmpty
    switch section.state {
    case .ok, .unknown: if isOdd { section.state = .warning }
    case .notAsked(let reason):
        section.notes.append("IAM was not asked: \(reason).")
        section.state = isOdd ? .warning : .ok
    case .warning, .problem: break
    }
    return section
}
