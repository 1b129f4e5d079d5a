import Dispatch
import FailingOver
import Model
import Probing
import Reporting
import Scheduling
import Tracking

/// The daemon itself: one queue that owns all state, one timer that is armed for the next thing due.
///
/// A check travels once through it: the schedule lines a job up, the pipeline resolves, probes and
/// diagnoses it elsewhere, Tracking decides here what it means, and the effects are performed.
actor Engine {
    let executor: QueueExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }
    nonisolated var queue: DispatchQueue { executor.queue }

    let parts: Parts
    let startedAt: Instant
    let inbox: Inbox<FinishedJob>

    var configuration: Configuration
    let pipeline: Current<CheckPipeline>
    let canaries = CanaryMemory()
    /// The groups whose permissions are compared, as the schedule has them.
    var equivalenceGroups: [String: GroupConfiguration] = [:]
    var profiles: [String: ProfileConfiguration] = [:]
    var cadences: [String: Cadence] = [:]
    var tracker: Tracker
    var schedule = DueQueue<DueKey>()
    let jobs: JobBoard
    var publication = Publication()
    var keeping = Keeping()
    var historyProblem: StateProblem?
    var investigations = InvestigationQueue()
    var rotations = Rotations()
    var clock: ClockWatch
    var orders: [Int: ControlServer.Reply] = [:]
    var nextOrder = 0
    var runningHooks = 0
    var renewals: Renewals
    /// The keys that proofs were about, by group.
    var proofs: [String: CheckResult] = [:]
    /// Runs that wait until another move of their group has ended.
    var waitingRuns: [String: HookRun] = [:]
    var switchesProblem: StateProblem?
    var pulse = Pulse()
    var beats = Beats()
    /// By the names of the groups: whom they look for, and the key that a move under way leaves behind.
    var keyUsers: [String: KeyUserWatch] = [:]
    var oldKeys: [String: OldKey] = [:]
    /// Why the config on disk is not the one in force.
    var refusal: String?
    var isStopping = false
    var isReloading = false
    /// How many configs there were before this one.
    var generation = 0
    var reloads = Reloads()
    var onStopped: (@Sendable () -> Void)?
    var isListening = false
    var controlProblem: SocketProblem?
    var metricsServer: MetricsServer?
    var metricsProblem: SocketProblem?
    var handout = Handout()
    /// What may be handed out of the profiles that are served.
    let proven = ProvenCredentials()
    /// What only the metrics tell.
    var counters: DaemonMetrics

    private var timer: WakeTimer?
    private var watchdog: Ticker?
    private var signals: SignalWatch?
    var control: ControlServer?

    /// Makes the engine; nothing runs before ``start(onStopped:)``.
    init(
        parts: Parts, configuration: Configuration, remembered: RememberedState?,
        histories: [RememberedHistory] = [], switches: [RememberedSwitch] = []
    ) {
        renewals = Renewals(switches)
        executor = QueueExecutor(label: "credwatch")
        self.parts = parts
        self.configuration = configuration
        pipeline = Current(
            makePipeline(
                for: configuration, parts.transport, parts.obtainer, remembering: canaries,
                keeping: proven))
        startedAt = SystemClock.now()
        counters = DaemonMetrics(startedAt: startedAt.wall)
        clock = ClockWatch(at: startedAt, suspended: SystemClock.suspended())
        inbox = Inbox(queue: executor.queue)
        tracker = Tracker(
            configuration, remembered: remembered, makeIncidentID: { makeUUID() })
        tracker.takeUp(histories)
        jobs = JobBoard(
            limit: configuration.inFlightLimit, keepsLateness: parts.latenessFile != nil)
    }

    /// Starts the schedule; `onStopped` is called once, when everything has come to its end.
    func start(onStopped: @escaping @Sendable () -> Void) {
        self.onStopped = onStopped
        inbox.onValues { [weak self] in self?.assumeIsolated { $0.drainInbox() } }
        timer = WakeTimer(queue: queue) { [weak self] in self?.assumeIsolated { $0.timerFired() } }
        signals = SignalWatch(queue: queue) { [weak self] signal in
            self?.assumeIsolated { $0.received(signal) }
        }
        control = ControlServer(path: configuration.controlSocket) { [self] request, reply in
            queue.async { self.assumeIsolated { $0.ordered(request, reply) } }
        }
        parts.journal.onChange { [self] in
            queue.async { self.assumeIsolated { $0.journalChanged() } }
        }
        listen()
        serveMetrics()
        serveGroups()
        parts.journal.write(
            JournalEntry(
                .daemonStarted, .info,
                "credwatch \(credwatchVersion) checks \(configuration.extent)."
            ))
        scheduleAll(configuration.profiles, at: startedAt.moment)
        scheduleLooks(at: startedAt.moment)
        if let interval = parts.service.watchdogInterval {
            watchdog = Ticker(queue: queue, every: interval / 2) { [weak self] in
                self?.assumeIsolated { $0.pingWatchdog() }
            }
        }
        scheduleEquivalence(at: startedAt.moment)
        startSwitching()
        scheduleRotations(at: startedAt.moment)
        scheduleHistory(at: startedAt.moment)
        schedule.set(.summary, due: startedAt.moment + .seconds(86_400), slack: .seconds(60))
        perform(tracker.start(at: startedAt), at: startedAt)
        resumeKeyUsers(at: startedAt)
        publication.markDirty(urgent: true)
        turn()
    }

    // MARK: - The turn

    /// Ends every event: starts what may start, publishes what is due, and arms the timer.
    func turn() {
        guard !isStopping else { return }
        if !handout.waiters.isEmpty { answerWaiters() }
        startJobs()
        startInvestigations()
        publishIfDue()
        keepIfDue()
        watchDeadlines()
        let next = schedule.next
        timer?.arm(for: next?.due, leeway: next?.slack ?? .zero, now: SystemClock.moment())
    }

    private func timerFired() {
        guard !isStopping else { return }
        timer?.fired()
        let now = SystemClock.now()
        watchClock(at: now)
        for (key, due) in schedule.takeDue(at: now.moment) {
            switch key {
            case .check(let name): checkIsDue(name, due: due)
            case .group(let name): handle(.woken(group: name), at: now)
            case .reminder(let name): handle(.reminderDue(group: name), at: now)
            case .end(let name): handle(.endNears(profile: name), at: now)
            case .look(let name): lookIsDue(name, at: now)
            case .investigations: break
            case .publish: publication.gapIsOver = true
            case .heartbeat: heartbeatIsDue(due, at: now)
            case .keep: keeping.gapIsOver = true
            case .history: keepHistory(at: now.moment)
            case .overdue: giveUpOverdue(at: now)
            case .handout: break
            case .summary: summarize(at: now)
            case .equivalence(let name): compare(name, at: now.moment)
            case .renewal(let name): renew(name)
            case .keyUsers(let name): keyUsersAreDue(name)
            case .rotation(let name): rotationIsDue(name, at: now)
            }
        }
        turn()
    }

    private func drainInbox() {
        guard !isStopping else { return }
        for finished in inbox.takeAll() where jobs.finished(finished.id) {
            take(finished.result, of: finished.job)
        }
        turn()
    }

    /// Hands a result to Tracking, and sets the profile's next check.
    ///
    /// What was found by a config that a reload has replaced meanwhile does not count: it is asked again.
    func take(_ result: CheckResult, of job: Job) {
        if job.generation != generation, !isUnchanged(job) { return }
        let now = result.finishedAt
        switch job.purpose {
        case .routine:
            counters.checks.count(result.diagnosis.verdict)
            let (known, before) = explained(result, of: job.profile)
            handle(.checked(known), at: now)
            if job.profile.canary != nil { tellCanary(of: result, at: now) }
            scheduleNext(job.profile.name, at: now.moment)
            investigate(result, after: before, of: job.profile, at: now)
            publication.markDirty(urgent: false)
            if renewals.users != nil { watchKeys(of: result) }
        case .proof(let group, _):
            noteProof(result, for: group)
            handle(.proved(group: group, result), at: now)
        }
    }

    /// Whether the config of a job's profile is still the same; else it is asked again, if it is there.
    private func isUnchanged(_ job: Job) -> Bool {
        guard let profile = profiles[job.profile.name] else { return false }
        guard profile != job.profile else { return true }
        add(job.purpose.unscheduled, of: profile)
        return false
    }

    /// Lines a job up.
    func add(_ purpose: Job.Purpose, of profile: ProfileConfiguration) {
        jobs.add(Job(profile: profile, purpose: purpose, generation: generation))
    }

    func handle(_ event: Event, at now: Instant) {
        perform(tracker.handle(event, at: now), at: now)
    }

    private func giveUpOverdue(at now: Instant) {
        for (job, result) in jobs.giveUpOverdue(at: now) { take(result, of: job) }
    }

    /// Keeps the timer armed for the first job that has to be given up, while any runs.
    private func watchDeadlines() {
        if jobs.isIdle {
            schedule.remove(.overdue)
        } else if schedule.due(.overdue) == nil, let deadline = jobs.earliestDeadline {
            schedule.set(.overdue, due: deadline)
        }
    }

    // MARK: - The end

    private func received(_ signal: SignalWatch.Signal) {
        guard !isStopping else { return }
        switch signal {
        case .terminate, .interrupt: stop()
        case .reload: reload()
        case .checkNow:
            for profile in configuration.profiles {
                add(.routine(due: nil), of: profile)
            }
            lookSoon(at: SystemClock.moment())
            rotateSoon(at: SystemClock.moment())
            turn()
        }
    }

    func releaseTimers() {
        timer?.cancel()
        watchdog?.cancel()
        signals?.cancel()
    }
}
