import Model
import Reporting
import Scheduling
import Tracking

/// When: lining checks up, starting them, and what time does to it.
extension Engine {
    /// Puts every profile on the schedule, spread out from `start`; those that stand there stay.
    func scheduleAll(_ list: [ProfileConfiguration], at start: Moment) {
        profiles = Dictionary(list.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let primaries = Set(configuration.groups.map(\.primary))
        let unknown = list.filter { cadences[$0.name] == nil }
        // Those that a failover may follow from come first: thousands take minutes.
        let new =
            unknown.filter { primaries.contains($0.name) }
            + unknown.filter { !primaries.contains($0.name) }
        for (index, profile) in new.enumerated() {
            let offset = spreadOffset(index: index, of: new.count, interval: profile.interval)
            let cadence = Cadence(
                every: profile.interval, first: start + offset,
                seed: UInt64.random(in: .min ... .max))
            cadences[profile.name] = cadence
            // A little slack: thousands of first checks are not a wake-up each.
            schedule.set(
                .check(profile.name), due: cadence.due,
                slack: min(cadence.slack, .milliseconds(100)))
        }
        for name in cadences.keys where profiles[name] == nil {
            cadences[name] = nil
            schedule.remove(.check(name))
            schedule.remove(.end(name))
            schedule.remove(.look(name))
            investigations.forget(name)
        }
    }

    func checkIsDue(_ name: String, due: Moment) {
        guard let profile = profiles[name] else { return }
        add(.routine(due: due), of: profile)
    }

    /// Starts workers for the jobs that wait.
    func startJobs() {
        let (jobs, pipeline, inbox, transport) = (jobs, pipeline, inbox, parts.transport)
        jobs.hire { worker in
            Task.detached(executorPreference: transport) {
                while let (id, job) = jobs.next(for: worker) {
                    let result = await pipeline.value.check(
                        job.profile, at: job.endpoint, isProof: job.isProof)
                    inbox.put(
                        FinishedJob(id: id, job: job, result: result),
                        isPressing: job.isProof || jobs.backlog == 0)
                }
            }
        }
    }

    /// Sets when a profile is checked next, after a check has ended.
    func scheduleNext(_ name: String, at now: Moment) {
        guard var cadence = cadences[name] else { return }
        cadence.advance(after: now)
        cadences[name] = cadence
        schedule.set(.check(name), due: cadence.due, slack: cadence.slack)
    }

    /// Checks a profile at another interval from now on.
    func setPace(_ name: String, every interval: Duration, at now: Moment) {
        guard var cadence = cadences[name], cadence.interval != interval else { return }
        if cadence.isAtFirst, let due = schedule.due(.check(name)), due < now + interval {
            // What is asked for the first time, after a start say, does not wait for a whole interval.
            cadence.changeBehindFirst(to: interval)
        } else {
            cadence.change(to: interval, at: now)
        }
        cadences[name] = cadence
        // A check that waits or runs sets the time itself when it has ended.
        guard !jobs.hasRoutine(name) else { return }
        schedule.set(.check(name), due: cadence.due, slack: cadence.slack)
    }

    /// When a profile is checked next; now for one that waits or runs.
    func nextCheck(_ name: String, at now: Instant) -> WallTime? {
        schedule.due(.check(name)).map { now.wall(at: $0) }
    }

    /// Tells of a clock that jumped, and spreads out what a suspended machine has missed.
    func watchClock(at now: Instant) {
        for change in clock.look(at: now, suspended: SystemClock.suspended()) {
            switch change {
            case .jumped(let by):
                parts.journal.write(
                    JournalEntry(
                        .clockJumped, .notice,
                        "The wall clock was set \(by < .zero ? "back" : "forward") by \(by.magnitude.rough); the schedule goes on as it was."
                    ))
                publication.markDirty(urgent: true)
            case .slept(let time):
                parts.journal.write(
                    JournalEntry(
                        .resumedFromSuspend, .notice,
                        "The machine was suspended for \(time.rough); missed checks follow one after the other."
                    ))
                spreadMissed(at: now.moment)
            }
        }
    }

    /// Gives the checks that were slept through new times, a moment after the network is back.
    private func spreadMissed(at now: Moment) {
        let missed = profiles.keys.filter { schedule.due(.check($0)).map { $0 <= now } ?? false }
        for (index, name) in missed.sorted().enumerated() {
            guard var cadence = cadences[name] else { continue }
            let settling = min(.seconds(5), cadence.interval / 2)
            let offset = spreadOffset(
                index: index, of: missed.count, interval: cadence.interval)
            cadence.postpone(to: now + settling + offset)
            cadences[name] = cadence
            schedule.set(.check(name), due: cadence.due, slack: .zero)
        }
    }

    // MARK: - The watchdog

    /// Pings the service manager when the scheduler does its work: nothing is long overdue, and the
    /// checks' thread has answered since the last time.
    ///
    /// It ticks on the engine's queue, so that this runs at all proves the queue.
    func pingWatchdog() {
        guard !isStopping, let interval = parts.service.watchdogInterval else { return }
        let now = SystemClock.moment()
        if let next = schedule.next, next.due + next.slack + interval / 2 < now { return }
        guard pulse.isAnswered.isSet else { return }
        parts.service.watchdog()
        pulse.isAnswered.set(false)
        let answer = pulse.isAnswered
        Task.detached(executorPreference: parts.transport) { answer.set(true) }
    }

    /// Writes the daily entry.
    func summarize(at now: Instant) {
        schedule.set(.summary, due: now.moment + .seconds(86_400), slack: .seconds(60))
        parts.journal.write(entry(forSummaryOf: document(at: now)))
    }
}

extension Configuration {
    /// How many checks run at the same time: what is configured, or enough for the number of profiles
    /// when many hang until their time limit.
    var inFlightLimit: Int {
        maxInFlight ?? min(max(16, profiles.count / 40), 256)
    }
}
