import Dispatch
import FailingOver
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
        let metrics = metrics(of: document)
        heartbeatHears(of: document.overall, at: now.moment)
        let page = configuration.pageFile.map { StatusFile(path: $0) }
        parts.statusQueue.async { [self] in
            var problem = file.problem(writing: bytes)
            // Made here: of thousands of profiles it takes a while, and the checks go on meanwhile.
            if let other = page?.problem(writing: renderPage(document, .daemon)) {
                problem = problem ?? other
            }
            if let metrics, let other = metrics.file.problem(writing: metrics.bytes) {
                problem = problem ?? other
            }
            queue.async { [self, problem] in assumeIsolated { $0.published(document, problem) } }
        }
    }

    /// The metrics of a document with the file that they belong to; nil where none is configured.
    func metrics(of document: StatusDocument) -> (file: StatusFile, bytes: [UInt8])? {
        configuration.metricsFile.map { (StatusFile(path: $0), renderMetrics(document)) }
    }

    private func published(_ document: StatusDocument, _ problem: StatusFileProblem?) {
        publication.end(at: SystemClock.moment())
        report(problem)
        guard !isStopping else { return }
        let sentence = sentence(
            for: document,
            problems: [refusal, problem?.clause, keeping.problem?.clause].compactMap(\.self))
        if publication.isFirst {
            publication.isFirst = false
            parts.service.ready(sentence)
            startHeartbeat(at: SystemClock.moment())
        } else {
            parts.service.status(sentence)
        }
        if problem != nil {
            // It heals by itself: tried again soon, and then with every change.
            publication.markDirty(urgent: false)
            schedule.set(.publish, due: SystemClock.moment() + .seconds(5))
        }
        turn()
    }

    /// Tells agents and the service manager that the journal takes nothing, or takes entries again.
    func journalChanged() {
        guard !isStopping else { return }
        publication.markDirty(urgent: true)
        turn()
    }

    /// Says once that the status file cannot be written, and once that it can again.
    private func report(_ problem: StatusFileProblem?) {
        switch (publication.problem, problem) {
        case (nil, let new?):
            publication.failingSince = SystemClock.moment()
            parts.journal.write(entry(for: new))
        case (let old?, nil):
            let length = SystemClock.moment() - (publication.failingSince ?? SystemClock.moment())
            parts.journal.write(entry(forRestored: old.path, after: length))
        default: break
        }
        publication.problem = problem
    }

    /// Everything that the status file says, as of now.
    ///
    /// It is valid until the next check should have been published, with time for that check to run
    /// into its limits.
    func document(at now: Instant, isLast: Bool = false) -> StatusDocument {
        var earliest: WallTime?
        let statuses = tracker.profileStatuses(at: now.wall) { name in
            let next = nextCheck(name, at: now)
            if let next { earliest = min(earliest ?? next, next) }
            return next
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
            clock: tracker.clockStatus(at: now), journal: parts.journal.status,
            heartbeat: heartbeatStatus, advisories: tracker.advisories,
            profiles: statuses, groups: groups)
    }
}
