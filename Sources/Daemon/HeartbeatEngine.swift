import Model
import Reporting
import Scheduling

/// What became of the heartbeats so far.
struct Beats {
    /// Counts the configs, so that an answer to the one before says nothing about this one.
    var generation = 0
    var isUnderWay = false
    /// Whether the last one told of a failure.
    var toldFailure = false
    var lastSuccessAt: WallTime?
    var failingSince: Instant?
    var failure: BeatFailure?
    /// What the status file says, as of its last writing.
    var overall: Overall?
    var progress = Progress()
}

/// Whether checks go on, looked at now and then.
struct Progress {
    private var started: UInt64 = 0
    private var since: Moment?

    /// Returns for how long jobs wait of which none was started; nil while there is nothing to wait for.
    mutating func standstill(started: UInt64, isIdle: Bool, at now: Moment) -> Duration? {
        guard !isIdle, started == self.started, let since else {
            self.started = started
            since = now
            return nil
        }
        return now - since
    }
}

/// Telling a dead-man service that the schedule goes on.
///
/// A heartbeat stands on the schedule, starts on the engine's queue and travels on the checks' thread: each
/// that arrives proves the three of them, as a ping of the watchdog does.
extension Engine {
    /// Begins with the heartbeats of the config, after the service is ready; the first is due now.
    func startHeartbeat(at now: Moment) {
        guard !publication.isFirst else { return }
        let overall = beats.overall
        beats = Beats(generation: beats.generation + 1, overall: overall)
        if configuration.heartbeat == nil {
            schedule.remove(.heartbeat)
        } else {
            schedule.set(.heartbeat, due: now)
        }
    }

    /// Sends a heartbeat, unless the one before is under way or the checks have come to a standstill.
    func heartbeatIsDue(_ due: Moment, at now: Instant) {
        guard let heartbeat = configuration.heartbeat else { return }
        let next = due + heartbeat.interval
        scheduleHeartbeat(
            heartbeat, due: next > now.moment ? next : now.moment + heartbeat.interval)
        guard !beats.isUnderWay else { return }
        if let standstill = standstill(at: now.moment) {
            return beatEnded(
                BeatFailure(
                    kind: "standstill",
                    clause: "it is held back, since no check was started for \(standstill.rough)"),
                of: beats.generation)
        }
        beats.isUnderWay = true
        beats.toldFailure = beats.overall == .failing
        let target = (beats.toldFailure ? heartbeat.failTarget : nil) ?? heartbeat.target
        let (transport, generation) = (parts.transport, beats.generation)
        Task.detached(executorPreference: transport) { [self] in
            let failure = await sendHeartbeat(
                to: target, timeout: heartbeat.timeout, by: transport)
            await beatEnded(failure, of: generation)
        }
    }

    /// Lets a dead-man service that is told of failures hear of one at once, and of its end.
    func heartbeatHears(of overall: Overall, at now: Moment) {
        let isNews = (beats.overall == .failing) != (overall == .failing)
        beats.overall = overall
        guard isNews, configuration.heartbeat?.failTarget != nil, !publication.isFirst else {
            return
        }
        schedule.set(.heartbeat, due: now)
    }

    /// How the heartbeats arrive; nil where none is configured.
    var heartbeatStatus: HeartbeatStatus? {
        configuration.heartbeat.map {
            HeartbeatStatus(
                host: $0.target.host, lastSuccessAt: beats.lastSuccessAt,
                failingSince: beats.failingSince?.wall, failure: beats.failure?.clause)
        }
    }

    private func scheduleHeartbeat(_ heartbeat: HeartbeatConfiguration, due: Moment) {
        // Dead-man services have a grace of a minute and more, so that a wake-up can be shared.
        let slack = min(.nanoseconds(heartbeat.interval.nanoseconds / 10), Duration.seconds(10))
        schedule.set(.heartbeat, due: due, slack: slack)
    }

    /// Returns for how long no check was started while some wait, when that is longer than a check can hang.
    private func standstill(at now: Moment) -> Duration? {
        let standstill = beats.progress.standstill(
            started: jobs.started, isIdle: jobs.isIdle, at: now)
        return standstill.flatMap { $0 > configuration.longestSilence ? $0 : nil }
    }

    private func beatEnded(_ failure: BeatFailure?, of generation: Int) {
        guard !isStopping, generation == beats.generation,
            let heartbeat = configuration.heartbeat
        else { return }
        beats.isUnderWay = false
        let now = SystemClock.now()
        let before = beats.failure
        beats.failure = failure
        if let failure {
            if before == nil { beats.failingSince = now }
            if before?.kind != failure.kind {
                parts.journal.write(
                    entry(forHeartbeatTo: heartbeat.target.host, failure: failure.clause))
            }
            let soon = now.moment + min(heartbeat.interval, .seconds(30))
            if schedule.due(.heartbeat).map({ $0 > soon }) ?? true {
                scheduleHeartbeat(heartbeat, due: soon)
            }
        } else {
            if let since = beats.failingSince {
                parts.journal.write(
                    entry(
                        forRestoredHeartbeatTo: heartbeat.target.host,
                        after: now.moment - since.moment))
            }
            beats.failingSince = nil
            beats.lastSuccessAt = now.wall
            // What came up while this one was under way.
            if heartbeat.failTarget != nil, beats.toldFailure != (beats.overall == .failing) {
                schedule.set(.heartbeat, due: now.moment)
            }
        }
        publication.markDirty(urgent: before?.kind != failure?.kind)
        turn()
    }
}
