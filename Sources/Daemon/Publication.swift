import Dispatch
import Model
import Reporting
import Scheduling
import Tracking

/// When the status file is written: at once after a change, and else so seldom that writing takes less
/// than a hundredth of the time.
struct Publication {
    private(set) var isDirty = false
    private(set) var isUrgent = false
    /// Set when the wait that was scheduled is over.
    var gapIsOver = false
    var isWriting = false
    var problem: StatusFileProblem?
    var failingSince: Moment?
    /// The same for the metrics' file.
    var metricsProblem: StatusFileProblem?
    var metricsFailingSince: Moment?
    /// Until when the status file that was written last may be gone by.
    var validUntil: WallTime?
    var isFirst = true
    private var lastStart: Moment?
    private var lastCost = Duration.zero

    mutating func markDirty(urgent: Bool) {
        isDirty = true
        isUrgent = isUrgent || urgent
    }

    /// The earliest moment for the next writing.
    var notBefore: Moment {
        guard let lastStart else { return Moment(nanoseconds: .min / 2) }
        let gap =
            isUrgent
            ? min(lastCost * 20, .seconds(2))
            : min(max(lastCost * 250, .milliseconds(200)), .seconds(30))
        return lastStart + gap
    }

    mutating func begin(at now: Moment) {
        isDirty = false
        isUrgent = false
        gapIsOver = false
        isWriting = true
        lastStart = now
    }

    mutating func end(at now: Moment) {
        isWriting = false
        if let lastStart { lastCost = now - lastStart }
    }
}

extension StatusFile {
    /// Replaces the file; returns the problem, if there is one.
    func problem(writing bytes: [UInt8]) -> StatusFileProblem? {
        do {
            try write(bytes)
            return nil
        } catch {
            return error
        }
    }
}

extension Engine {
    /// Writes the status file when it is time, or says when it will be.
    func publishIfDue() {
        guard publication.isDirty, !publication.isWriting else { return }
        let now = SystemClock.now()
        let earliest = publication.notBefore
        // While other checks of the same wake-up run, their results come along in one writing.
        let mayWait = !publication.isUrgent && !publication.gapIsOver && !jobs.isIdle
        guard earliest <= now.moment, !mayWait else {
            if schedule.due(.publish) == nil {
                schedule.set(.publish, due: max(earliest, now.moment + .milliseconds(200)))
            }
            return
        }
        publish(at: now)
    }

    /// Writes the status file now.
    private func publish(at now: Instant) {
        schedule.remove(.publish)
        publication.begin(at: now.moment)
        if !isListening { listen() }
        let document = document(at: now)
        let bytes = renderStatus(document)
        let file = StatusFile(path: configuration.statusFile)
        let (metricsFile, daemonMetrics) = (metricsFile, daemonMetrics)
        parts.statusQueue.async { [self] in
            let problem = file.problem(writing: bytes)
            let other = metricsFile?.problem(writing: renderMetrics(document, daemonMetrics))
            queue.async { [self, problem, other] in
                assumeIsolated { $0.published(document, problem, metrics: other) }
            }
        }
    }

    /// The file of the metrics; nil where none is configured.
    var metricsFile: StatusFile? {
        configuration.metricsFile.map { StatusFile(path: $0, what: "metrics file") }
    }

    /// Removes the metrics of a config whose place is another one now: node_exporter would tell them for
    /// ever.
    func leaveMetricsFile(for new: String?) {
        guard let metricsFile, metricsFile.path != new else { return }
        publication.metricsProblem = nil
        parts.statusQueue.async { metricsFile.remove() }
    }

    private func published(
        _ document: StatusDocument, _ problem: StatusFileProblem?,
        metrics metricsProblem: StatusFileProblem?
    ) {
        publication.end(at: SystemClock.moment())
        if problem == nil { publication.validUntil = document.validUntil }
        report(problem, \.problem, \.failingSince)
        report(metricsProblem, \.metricsProblem, \.metricsFailingSince)
        guard !isStopping else { return }
        let sentence = sentence(for: document, problems: outputClauses)
        if publication.isFirst {
            publication.isFirst = false
            parts.service.ready(sentence)
        } else {
            parts.service.status(sentence)
        }
        if problem != nil || metricsProblem != nil {
            // It heals by itself: tried again soon, and then with every change.
            publication.markDirty(urgent: false)
            schedule.set(.publish, due: SystemClock.moment() + .seconds(5))
        }
        turn()
    }

    /// Says once that a file cannot be written, and once that it can again.
    private func report(
        _ problem: StatusFileProblem?, _ old: WritableKeyPath<Publication, StatusFileProblem?>,
        _ since: WritableKeyPath<Publication, Moment?>
    ) {
        switch (publication[keyPath: old], problem) {
        case (nil, let new?):
            publication[keyPath: since] = SystemClock.moment()
            parts.journal.write(entry(for: new))
        case (let old?, nil):
            let now = SystemClock.moment()
            parts.journal.write(
                entry(
                    forRestored: old.path, after: now - (publication[keyPath: since] ?? now)))
        default: break
        }
        publication[keyPath: old] = problem
    }

    /// Everything that the status file says, as of now.
    ///
    /// It is valid until the next check should have been published, with time for that check to run
    /// into its limits.
    func document(at now: Instant, isLast: Bool = false) -> StatusDocument {
        var earliest: WallTime?
        var statuses = tracker.profileStatuses { name in
            let next = nextCheck(name, at: now)
            if let next { earliest = min(earliest ?? next, next) }
            return next
        }
        if investigations.knowsDates {
            for index in statuses.indices {
                statuses[index].keyCreatedAt = investigations.keyCreatedAt(
                    statuses[index].accessKeyID, of: statuses[index].name)
            }
        }
        let groups = tracker.groupStatuses(at: now.moment)
        let timeout = configuration.profiles.map(\.timeout).max() ?? .seconds(10)
        let next = jobs.isIdle ? max(earliest ?? now.wall, now.wall) : now.wall
        return StatusDocument(
            generatedAt: now.wall,
            validUntil: isLast ? now.wall : next + timeout * 5 + .seconds(35),
            overall: overall(
                profiles: statuses, groups: groups, advisories: tracker.advisories),
            daemon: DaemonStatus(
                version: credwatchVersion, pid: parts.processID, startedAt: startedAt.wall,
                host: parts.host),
            clock: tracker.clockStatus(at: now), advisories: tracker.advisories,
            profiles: statuses, groups: groups)
    }
}
