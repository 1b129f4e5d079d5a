import Model
import Tracking

/// What a group does by itself beside the first failover, as the judge sees it.
extension RandomWalk {
    /// An answer of a primary that is good for a while and bad for a while.
    mutating func moody() -> Cause {
        if isRare() { isGoodMood.toggle() }
        return isGoodMood ? (isRare() ? .networkDNS : .ok) : cause(of: verdicts)
    }

    /// How often something was to be switched.
    var moves: Int { runs[.failover, default: 0] + runs[.failback, default: 0] }

    mutating func noteRow(_ result: CheckResult) {
        goodRow = result.diagnosis.verdict == .good ? goodRow + [result] : []
    }

    /// A routine check of a backup; with a policy one of them is sick for a while.
    mutating func checkBackup() {
        if isRare() { sickBackup = sickBackup == nil ? world.group.active : nil }
        let name = sickBackup.flatMap { $0 == "app" || isRare() ? nil : $0 } ?? backup()
        let isSick = name == sickBackup && !isRare()
        let result = result(
            name, isSick ? .keyInactive : cause(of: [.ok, .ok, .tls, .wrongSecret]))
        switch result.diagnosis.verdict {
        case .good: backupRefusals[name] = []
        case .bad: backupRefusals[name, default: []].append(result)
        case .unknown: break
        }
        take(world.handle(.checked(result)))
    }

    /// Takes note of the end of a move, and of a drill.
    mutating func judge(_ change: GroupChange) {
        switch change.kind {
        case .failedOver, .failedBack, .failoverFailed:
            // A turn after a restart is no end: its move goes on elsewhere.
            guard autoRuns, !change.message.contains("before the restart") else { return }
            autoEnds = world.now.moment
            autoRuns = false
        case .drillFinished:
            guard let outcome = world.group.drill?.outcome else { return }
            drills[outcome, default: 0] += 1
        default: break
        }
    }

    /// Finds fault with a move that comes too soon after others.
    mutating func judgePace(_ run: HookRun) {
        let now = world.now.moment
        if let autoEnds, now - autoEnds < group.policy.cooldown { faults.append("no cooldown") }
        guard run.event == .failover else { return }
        autoFailovers.removeAll { now - $0 >= .seconds(3_600) }
        if let most = group.policy.mostPerHour, autoFailovers.count >= most {
            faults.append("too many an hour")
        }
        autoFailovers.append(now)
    }

    /// Finds fault with a move away from a backup that nobody ordered.
    mutating func judgeOnBackup(_ run: HookRun) {
        guard run.attempt == 1 else { return }
        judgePace(run)
        let isBack = run.event == .failback
        if isBack != (run.to == "app") { faults.append("\(run.event) to \(run.to)") }
        if isBack, world.group.advisories.contains(where: { $0.kind == .primaryFlapping }) {
            faults.append("a failback of a flapping primary")
        }
        if isBack, run.cause == .ok {
            automaticFailbacks += 1
            return judgeRow()
        }
        successions += 1
        let bad = backupRefusals[run.from] ?? []
        guard bad.count >= group.fall, let first = bad.first, let last = bad.last,
            let proof = proofs[run.to]
        else { return faults.append("\(run.from) was left for nothing") }
        if last.startedAt.moment - first.startedAt.moment < group.minimumSpan {
            faults.append("too short a span of \(run.from)")
        }
        if world.now.moment - last.finishedAt.moment > .seconds(60) { faults.append("old") }
        if proof.diagnosis.cause != .ok || proof.endpoint != last.endpoint
            || (proof.finishedAt.moment - last.finishedAt.moment).magnitude > .seconds(60)
            || proof.accessKeyID == last.accessKeyID
        {
            faults.append("no proof of \(run.to) against \(run.from)")
        }
    }

    private mutating func judgeRow() {
        if group.policy.failback != .auto { faults.append("a failback that is not wanted") }
        guard goodRow.count >= group.rise, let first = goodRow.first, let last = goodRow.last,
            last.startedAt.moment - first.startedAt.moment >= group.policy.failbackSpan
        else { return faults.append("a failback after \(goodRow.count) good answers") }
    }
}

extension HookRun {
    var isMove: Bool { event == .failover || event == .failback }
}
