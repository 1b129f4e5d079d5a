import EventLoops
import Model
import Reporting
import Rotating
import Scheduling
import Tracking

/// When the daemon rotates keys by itself: looked at once a day, one profile at a time.
extension Engine {
    private static let day = Duration.seconds(86_400)

    /// Puts the first look at each profile with `rotate` on the schedule; those that stand there stay.
    func scheduleRotations(at start: Moment) {
        for name in rotations.profiles where profiles[name]?.rotation == nil {
            rotations.profiles.remove(name)
            schedule.remove(.rotation(name))
            handle(.advised(profile: name, by: .rotation, []), at: SystemClock.now())
        }
        for profile in configuration.profiles where profile.rotation != nil {
            rotations.profiles.insert(profile.name)
            guard schedule.due(.rotation(profile.name)) == nil else { continue }
            schedule.set(
                .rotation(profile.name),
                due: start + .seconds(30) + .seconds(60) * Double.random(in: 0..<1),
                slack: .seconds(5))
        }
    }

    /// Looks at all of them once they were checked, two seconds apart.
    func rotateSoon(at now: Moment) {
        let names = configuration.profiles.map(\.name).filter(rotations.profiles.contains)
        for (index, name) in names.enumerated() {
            schedule.set(.rotation(name), due: now + .seconds(2) + .seconds(2) * index)
        }
    }

    /// Rotates the key of a profile, or goes on with that, if it is time and nothing fails.
    ///
    /// What is old enough, and what is open, `rotateOnce` finds out by itself.
    func rotationIsDue(_ name: String, at now: Instant) {
        guard let profile = profiles[name], let rule = profile.rotation else { return }
        guard !rotations.isRunning, mayRotate(name, at: now.moment), let loop = EventLoop(),
            let keyID = tracker.lastResult(of: name)?.accessKeyID
        else {
            schedule.set(.rotation(name), due: now.moment + .seconds(600), slack: .seconds(60))
            return
        }
        schedule.set(
            .rotation(name), due: now.moment + Self.day * Double.random(in: 0.95..<1.05),
            slack: .seconds(60))
        rotations.isRunning = true
        var order = RotationOrder(rule, in: configuration)
        order.refresh = { [weak self] in
            await self?.refresh($0) ?? MoveOutcome(.failed("credwatch stops"))
        }
        order.askForCheck = { [weak self] in await self?.checkRotated(name) }
        let (configuration, given) = (configuration, order)
        // Files are written there, and may block; the checks go on meanwhile.
        Task.detached(executorPreference: LoopTasks(loop)) { [weak self] in
            let words = Gathering<String>()
            let result = await rotateAsDaemon(profile, given, keyID: keyID, in: configuration) {
                words.add($0)
            }
            await self?.rotated(name, result, words.all)
        }
    }

    /// Writes new keys for a group's applications on behalf of a rotation, as ``renew(_:)`` does.
    private func refresh(_ request: MoveRequest) async -> MoveOutcome {
        let (group, profile) = (request.group, request.profile)
        guard !isStopping, !renewals.isBusy(group), tracker.activeProfile(of: group) == profile,
            tracker.isSettled(group)
        else { return MoveOutcome(.failed("the group is moving")) }
        renewals.begin(group)
        // What the checks have read may be the file before.
        let fresh = makePipeline(for: configuration, parts.transport, parts.obtainer)
        let outcome = await Move(
            request: request, occasion: MoveOccasion(group: group, to: profile),
            configuration: configuration, pipeline: fresh, journal: parts.journal
        ).carryOut().outcome
        moveEnded(group, to: profile, outcome)
        turn()
        return outcome
    }

    /// Checks a profile at once, so that its new key is handed out.
    private func checkRotated(_ name: String) {
        guard !isStopping, let profile = profiles[name] else { return }
        add(.routine(due: nil), of: profile)
        turn()
    }

    /// Whether a profile is healthy, and no group of it in trouble.
    private func mayRotate(_ name: String, at now: Moment) -> Bool {
        guard tracker.lastResult(of: name)?.diagnosis.verdict == .good else { return false }
        return tracker.groupStatuses(at: now).allSatisfy { group in
            let isMember = group.primary == name || group.backups.contains(name)
            return !isMember || group.state == .ready || group.state == .failedOver
        }
    }

    private func rotated(_ name: String, _ result: RotationResult, _ words: [String]) {
        rotations.isRunning = false
        guard !isStopping, profiles[name] != nil else { return }
        let now = SystemClock.now()
        counters.rotations[name, default: .init()].ended(isDone: result == .done, at: now.wall)
        if let entry = entry(forRotationOf: name, words, isDone: result == .done) {
            parts.journal.write(entry)
        }
        var warnings: [Advisory] = []
        if result != .done, let reason = words.last {
            warnings = [Advisory(.rotationFailed, "The key of \(name) was not rotated: \(reason)")]
        }
        handle(.advised(profile: name, by: .rotation, warnings), at: now)
        // Both keys may be active: that is not left for a day.
        if result == .unfinished || result == .done && !words.isEmpty {
            schedule.set(.rotation(name), due: now.moment + .seconds(1_800), slack: .seconds(60))
        }
        // The new key shows at once, and so does whatever has to follow from it.
        if result == .done, !words.isEmpty, let profile = profiles[name] {
            add(.routine(due: nil), of: profile)
        }
        // The age of the old key is no warning any more.
        if !words.isEmpty, schedule.due(.look(name)) != nil {
            schedule.set(.look(name), due: now.moment + .seconds(3))
        }
        publication.markDirty(urgent: false)
        turn()
    }
}

/// What the engine keeps about rotations.
struct Rotations: Sendable {
    /// The profiles that stand on the schedule for one.
    var profiles: Set<String> = []
    var isRunning = false
}
