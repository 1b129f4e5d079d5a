import Dispatch
import FailingOver
import Faults
import Glibc
import Model
import Reporting
import Scheduling
import Tracking

/// The built-in switcher in place of, or before, a group's hook; and new keys for the profile in use.
extension Engine {
    /// How long a renewal that failed waits for the next try.
    private static let renewalPause = Duration.seconds(60)

    /// Looks whether the files of all groups could be written, and goes on with sessions that have to be
    /// renewed; for a start and a reload.
    func startSwitching() {
        learnWhoIsInUse()
        let now = SystemClock.now()
        for known in renewals.remembered {
            guard let renewAt = known.renewAt else { continue }
            schedule.set(.renewal(known.group), due: now.moment + max(renewAt - now.wall, .zero))
        }
        let groups = configuration.groups.filter { !$0.switchTargets.isEmpty }
        // Root and a daemon without a privileged half have looked already, as they read the config.
        guard !groups.isEmpty, geteuid() != 0, access(configuration.moverSocket, F_OK) == 0 else {
            return
        }
        let (parts, configuration, pipeline) = (parts, configuration, pipeline.value)
        Task.detached(executorPreference: parts.transport) {
            for group in groups {
                let request = MoveRequest(.look, group: group.name, profile: group.primary)
                let outcome = await Daemon.carryOut(request, configuration, pipeline) { _ in }
                guard case .failed(let reason) = outcome.end else { continue }
                parts.journal.write(
                    JournalEntry(
                        .switchFailed, .warning,
                        "group \(group.name): a failover could not switch its files: \(reason)",
                        [.init("CREDWATCH_GROUP", group.name)]))
            }
        }
    }

    /// Learns which profile each group with files uses now.
    func learnWhoIsInUse() {
        let groups = configuration.groups.filter { !$0.switchTargets.isEmpty }
        guard !groups.isEmpty || renewals.users != nil else { return }
        renewals.update(
            active: groups.map { ($0.name, tracker.activeProfile(of: $0.name) ?? $0.primary) })
    }

    /// Keeps which key a proof was about.
    func noteProof(_ result: CheckResult, for group: String) {
        guard result.diagnosis.verdict == .good else { return }
        proofs[group] = result
    }

    // MARK: Moves

    /// Whether a run may start now; else it waits for the move of its group that goes on.
    func mayMove(_ run: HookRun) -> Bool {
        guard renewals.isBusy(run.group) else { return true }
        waitingRuns[run.group] = run
        return false
    }

    /// Makes the move that a run asks for.
    func makeMove(for run: HookRun) -> Move {
        renewals.begin(run.group)
        let proof = proofs[run.group].flatMap { $0.profile == run.to ? $0 : nil }
        // The key of a session is another one each time.
        let keyID = proof.flatMap { $0.expiresAt == nil ? $0.accessKeyID : nil }
        return Move(
            request: MoveRequest(.move, group: run.group, profile: run.to, keyID: keyID),
            occasion: MoveOccasion(group: run.group, to: run.to, incident: run.incident),
            configuration: configuration, pipeline: pipeline.value, journal: parts.journal)
    }

    /// Takes in how a move ended, and lets the next one of its group start.
    func moveEnded(_ group: String, to profile: String, _ outcome: MoveOutcome) {
        renewals.end(group)
        let now = SystemClock.now()
        let hasWritten =
            switch outcome.end {
            case .failed: false
            case .done, .incomplete: true
            }
        if hasWritten {
            renewals.written(group, profile, outcome, at: now.wall)
            // Also when credwatch stops: the files are written, and the next start has to know with what.
            keepSwitches()
        }
        guard !isStopping else { return }
        if hasWritten { scheduleRenewal(of: group, at: now) }
        if let run = waitingRuns.removeValue(forKey: group) { startHook(run) }
    }

    private func scheduleRenewal(of group: String, at now: Instant) {
        if let renewAt = renewals.known[group]?.renewAt {
            schedule.set(.renewal(group), due: now.moment + max(renewAt - now.wall, .zero))
        } else {
            schedule.remove(.renewal(group))
        }
    }

    // MARK: New keys

    /// Sees in a good answer whether the profile has other keys than its applications.
    func watchKeys(of result: CheckResult) {
        guard let groups = renewals.users?[result.profile], result.diagnosis.verdict == .good,
            let keyID = result.accessKeyID
        else { return }
        for group in groups {
            switch renewals.accepted(
                result.profile, keyID: keyID, isSession: result.expiresAt != nil, in: group)
            {
            case .nothing: break
            case .noted: keepSwitches()
            case .renew(let group):
                if schedule.due(.renewal(group)) == nil { renew(group) }
            }
        }
    }

    /// Writes the keys that the profile in use has now, as no part of an incident.
    func renew(_ name: String) {
        guard !renewals.isBusy(name),
            let group = configuration.groups.first(where: { $0.name == name }),
            !group.switchTargets.isEmpty, let active = tracker.activeProfile(of: name),
            tracker.isSettled(name)
        else { return }
        renewals.begin(name)
        let move = Move(
            request: MoveRequest(.refresh, group: name, profile: active),
            occasion: MoveOccasion(group: name, to: active), configuration: configuration,
            pipeline: pipeline.value, journal: parts.journal)
        Task.detached(executorPreference: parts.transport) { [self] in
            let outcome = await move.carryOut().outcome
            await renewed(name, active, outcome)
        }
    }

    private func renewed(_ group: String, _ profile: String, _ outcome: MoveOutcome) {
        moveEnded(group, to: profile, outcome)
        if case .failed = outcome.end, !isStopping {
            schedule.set(.renewal(group), due: SystemClock.moment() + Self.renewalPause)
        }
        turn()
    }

    private func keepSwitches() {
        let (parts, switches) = (parts, renewals.remembered)
        parts.stateQueue.async { [self] in
            let problem = failure { () throws(StateProblem) in
                try parts.store.saveSwitches(switches)
            }
            queue.async { [self] in assumeIsolated { $0.keptSwitches(problem) } }
        }
    }

    private func keptSwitches(_ problem: StateProblem?) {
        guard !isStopping else { return }
        tell(
            problem, after: switchesProblem, .warning,
            "After a restart, new keys of the profile in use are not written before the next move.",
            "What is known of switched keys")
        switchesProblem = problem
    }
}

/// One move with all that it needs, away from the engine's queue.
struct Move: Sendable {
    var request: MoveRequest
    var occasion: MoveOccasion
    var configuration: Configuration
    var pipeline: CheckPipeline
    var journal: any Journal

    /// Carries it out and tells the journal of each step; the report stands for a hook's.
    func carryOut() async -> (outcome: MoveOutcome, report: HookReport) {
        let startedAt = SystemClock.now()
        let (journal, occasion) = (journal, occasion)
        let outcome = await Daemon.carryOut(request, configuration, pipeline) { step in
            journal.write(entry(for: step, of: occasion))
        }
        journal.write(entry(for: outcome, of: occasion))
        faultPoint("move.done")
        return (
            outcome,
            HookReport(
                result: outcome.hookResult, pid: nil, startedAt: startedAt,
                finishedAt: SystemClock.now())
        )
    }
}

extension MoveOutcome {
    fileprivate var hookResult: HookResult {
        switch end {
        case .done: .exited(code: 0)
        case .failed(let reason): .switchFailed(reason)
        case .incomplete(let reason): .incomplete(reason)
        }
    }
}

extension HookReport {
    /// The report of a hook that ran after a move: its failure leaves the files switched.
    var afterMove: HookReport {
        var report = self
        if !result.isSuccess {
            report.result = .incomplete("the hook failed: \(words(for: result))")
        }
        return report
    }
}

extension Parts {
    /// Runs a hook, and tells the journal of its start, its output and its end.
    func runHook(_ run: HookRun, _ hook: HookConfiguration, _ statusFile: String) async
        -> HookReport
    {
        let journal = journal
        journal.write(entry(forStartOf: run))
        let report = await hookRunner.run(
            run, hook: hook, statusFile: statusFile,
            onOutputLine: { journal.write(entry(forOutput: $0.text, of: run)) })
        journal.write(entry(forEndOf: run, record: HookRecord(run, report)))
        return report
    }
}

/// Takes what an earlier daemon knew of switched keys; without it the daemon learns it anew.
func recallSwitches(_ store: StateStore, _ journal: any Journal) -> [RememberedSwitch] {
    let loss = "Which keys applications have is learnt anew."
    return recall(journal, unreadable: loss, unusable: loss) { () throws(StateProblem) in
        try store.loadSwitches(now: SystemClock.wall())
    }
}
