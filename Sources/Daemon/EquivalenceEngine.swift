import Diagnosing
import Model
import Scheduling
import Tracking

/// When the permissions of a group's members are compared, and what follows.
extension Engine {
    /// Days of comparing, and how soon a comparison is tried again that was not whole.
    private static let day = Duration.seconds(86_400)
    private static let retry = Duration.seconds(3_600)
    /// A whole comparison asks some dozen questions, one after the other.
    private static let limit = Duration.seconds(120)

    /// Puts every group with `equivalent_actions` on the schedule, and takes the others off.
    ///
    /// The first time is some minutes after the start, so that it is not one more burst beside the checks,
    /// and spread over more time the more groups there are, since IAM bears few requests.
    func scheduleEquivalence(at now: Moment) {
        var wanted: [String: GroupConfiguration] = [:]
        for group in configuration.groups where !group.equivalentActions.isEmpty {
            wanted[group.name] = group
        }
        for (name, group) in equivalenceGroups where wanted[name] != group {
            schedule.remove(.equivalence(name))
            handle(.advisedGroup(group: name, by: .equivalence, []), at: SystemClock.now())
        }
        let new = wanted.filter { equivalenceGroups[$0.key] != $0.value }
        let window = comparisonWindow(for: new.count)
        for name in new.keys {
            schedule.set(
                .equivalence(name),
                due: now + .seconds(180) + window * Double.random(in: 0..<1), slack: .seconds(60))
        }
        equivalenceGroups = wanted
    }

    /// Compares a group, away from the engine's queue.
    func compare(_ name: String, at now: Moment) {
        guard let group = equivalenceGroups[name] else { return }
        schedule.set(
            .equivalence(name), due: now + Self.day + .seconds(.random(in: -1_800...1_800)),
            slack: .seconds(60))
        let pipeline = pipeline.value
        Task.detached(executorPreference: parts.transport) { [self] in
            let finding = await pipeline.compare(group, within: Self.limit)
            await compared(group, finding)
        }
    }

    private func compared(_ group: GroupConfiguration, _ finding: EquivalenceFinding?) {
        guard !isStopping, let finding, equivalenceGroups[group.name] == group else { return }
        let now = SystemClock.now()
        if finding.incomplete != nil {
            schedule.set(
                .equivalence(group.name), due: now.moment + Self.retry, slack: .seconds(60))
        }
        // What is known stands until there is something better to say.
        if finding.incomplete == nil || !finding.advisories.isEmpty {
            handle(
                .advisedGroup(group: group.name, by: .equivalence, finding.advisories), at: now)
        }
        turn()
    }
}

/// The time over which the first comparisons of so many groups are spread: each asks some dozen questions.
func comparisonWindow(for groups: Int) -> Duration {
    min(max(.seconds(240), .seconds(10) * groups), .seconds(43_200))
}

extension CheckPipeline {
    /// Compares what the members of a group may do; nil when this pipeline has nobody to ask.
    func compare(
        _ group: GroupConfiguration, within limit: Duration
    ) async -> EquivalenceFinding? {
        guard let canaries else { return nil }
        return await EquivalenceAsking(
            identities: canaries.identities, profiles: canaries.profiles
        ).compare(group, within: limit)
    }
}
