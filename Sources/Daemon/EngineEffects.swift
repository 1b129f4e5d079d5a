import Dispatch
import FailingOver
import Model
import Reporting
import Scheduling
import Tracking

/// So what: performing what Tracking decided.
extension Engine {
    /// Performs effects in their order.
    func perform(_ effects: [Effect], at now: Instant) {
        for effect in effects {
            switch effect {
            case .announce(let announcement):
                parts.journal.write(entry(for: announcement))
                publication.markDirty(urgent: announcement.isUrgent)
                if case .group(let change) = announcement { keyUsersHear(of: change, at: now) }
            case .pace(let profile, let interval):
                setPace(profile, every: interval, at: now.moment)
            case .prove(let group, let profile, let endpoint):
                guard let profile = profiles[profile] else { continue }
                add(.proof(group: group, at: endpoint), of: profile)
            case .remember:
                keeping.isDirty = true
            case .runHook(let run):
                startHook(run)
            case .wake(let group, let moment):
                if let moment {
                    schedule.set(.group(group), due: moment)
                } else {
                    schedule.remove(.group(group))
                }
            case .remind(let group, let moment):
                if let moment {
                    schedule.set(.reminder(group), due: moment, slack: .seconds(1))
                } else {
                    schedule.remove(.reminder(group))
                }
            case .watchEnd(let profile, let moment):
                if let moment {
                    schedule.set(.end(profile), due: moment)
                } else {
                    schedule.remove(.end(profile))
                }
            case .check(let profile):
                guard let profile = profiles[profile] else { continue }
                add(.routine(due: nil), of: profile)
            case .reply(let order, let done, let text):
                orders.removeValue(forKey: order)?(ControlReply(done: done, text: text))
            }
        }
    }

    /// Takes an operator's order.
    func ordered(_ request: ControlRequest, _ reply: @escaping ControlServer.Reply) {
        guard !isStopping else { return reply(ControlReply(done: false, text: "credwatch stops")) }
        let kind: OrderKind
        switch request.command {
        case .failover: kind = .failover
        case .failback: kind = .failback
        case .drill: kind = .drill
        case .reload: return reload(reply)
        case .check:
            guard let profile = profiles[request.group] else {
                return reply(
                    ControlReply(done: false, text: "there is no profile \(request.group)"))
            }
            add(.routine(due: nil), of: profile)
            turn()
            return reply(ControlReply(done: true, text: "\(request.group) is checked"))
        }
        nextOrder += 1
        orders[nextOrder] = reply
        parts.journal.write(
            JournalEntry(
                .commandReceived, .notice,
                "An operator orders a \(kind.rawValue) of group \(request.group)\(request.force ? ", without proof" : "").",
                [.init("CREDWATCH_GROUP", request.group)]))
        handle(
            .ordered(
                Order(id: nextOrder, kind: kind, group: request.group, force: request.force)),
            at: SystemClock.now())
        turn()
    }

    /// Opens the control socket; when that fails, it is tried again with every status file.
    func listen() {
        guard let control else { return }
        // Until the answer comes there is no second try.
        isListening = true
        Task.detached(executorPreference: parts.transport) { [self] in
            do throws(SocketProblem) {
                try await control.start()
            } catch {
                await listeningFailed(error)
            }
        }
    }

    private func listeningFailed(_ problem: SocketProblem) {
        isListening = false
        guard problem != controlProblem else { return }
        controlProblem = problem
        parts.journal.write(
            JournalEntry(
                .internalProblem, .warning, "Orders by hand are not possible: \(problem)."))
    }

    // MARK: - Hooks

    /// Runs a move or a hook, after the intent has reached the disk.
    ///
    /// When it cannot be written (a full disk), the hook runs all the same: a dead key does not wait for
    /// the disk, and the worst that a crash in between can do is another run.
    func startHook(_ run: HookRun) {
        guard let group = configuration.groups.first(where: { $0.name == run.group }) else {
            return
        }
        let needsIntent = run.event == .failover || run.event == .failback
        let moves = needsIntent && !group.switchTargets.isEmpty
        guard moves || group.hook != nil else { return }
        if moves, !mayMove(run) { return }
        let state = needsIntent ? tracker.remembered : nil
        let parts = parts
        let move = moves ? makeMove(for: run) : nil
        let statusFile = configuration.statusFile
        runningHooks += 1
        publication.markDirty(urgent: true)
        // After what is being written now, so that an older state never replaces this one.
        parts.stateQueue.async { [self] in
            if let state {
                let problem = parts.save(state)
                queue.async { [self] in assumeIsolated { $0.kept(problem) } }
            }
            Task.detached(executorPreference: parts.transport) { [self] in
                var report: HookReport?
                var outcome: MoveOutcome?
                if let move {
                    let moved = await move.carryOut()
                    outcome = moved.outcome
                    report = moved.report
                }
                if let hook = group.hook, report?.result.isSuccess != false {
                    let own = await parts.runHook(run, hook, statusFile)
                    report = outcome == nil ? own : own.afterMove
                }
                if let report { await hookFinished(run, report, outcome) }
            }
        }
    }

    private func hookFinished(_ run: HookRun, _ report: HookReport, _ outcome: MoveOutcome?) {
        runningHooks -= 1
        if let outcome { moveEnded(run.group, to: run.to, outcome) }
        counters.hookRuns[run.group, default: .init()].count(report.result)
        // A hook that this daemon ended at its own stop is run again by the next one.
        guard !isStopping else { return }
        let now = SystemClock.now()
        handle(.hookFinished(run, report.result, finishedAt: report.finishedAt), at: now)
        learnWhoIsInUse()
        // The outcome goes to the disk at once, not with the next batch, and is told when it is there: who
        // has seen it acts on it, and after a crash in between the daemon would know nothing of it.
        if keeping.isDirty {
            keeping.gapIsOver = true
            publication.outcomeWaits = now.moment + .seconds(2)
        }
        turn()
    }
}

extension Announcement {
    /// Whether agents should see it at once: all but the first good answer after a start, which thousands
    /// of profiles give at the same time.
    fileprivate var isUrgent: Bool {
        if case .profile(let change) = self, change.to == .healthy {
            change.from != .pending
        } else {
            true
        }
    }
}

extension HookRecord {
    /// What a run left behind.
    init(_ run: HookRun, _ report: HookReport) {
        self.init(
            event: run.event, attempt: run.attempt, startedAt: report.startedAt.wall,
            finishedAt: report.finishedAt.wall, result: report.result)
    }
}
