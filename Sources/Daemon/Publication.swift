import Dispatch
import FailingOver
import Model
import Reporting
import Scheduling
import Tracking

/// When the status file is written: at once after a change, and else so seldom that writing takes less
/// than a hundredth of the time.
struct Publication {
    /// The files that are written together, in the order in which their problems are told.
    enum Output: CaseIterable, Sendable { case status, metrics, page }

    private(set) var isDirty = false
    private(set) var isUrgent = false
    /// Set when the wait that was scheduled is over.
    var gapIsOver = false
    var isWriting = false
    /// What keeps a file from being written, and since when.
    private(set) var troubles: [Output: (problem: StatusFileProblem, since: Moment)] = [:]
    /// Until when the status file that was written last may be gone by.
    var validUntil: WallTime?
    /// Until when an outcome waits to be on the disk before it is told.
    var outcomeWaits: Moment?
    var isFirst = true
    private var lastStart: Moment?
    private var lastCost = Duration.zero

    mutating func markDirty(urgent: Bool) {
        isDirty = true
        isUrgent = isUrgent || urgent
    }

    /// The earliest moment for the next writing.
    var notBefore: Moment {
        let waits = outcomeWaits ?? Moment(nanoseconds: .min / 2)
        guard let lastStart else { return waits }
        let gap =
            isUrgent
            ? min(lastCost * 20, .seconds(2))
            : min(max(lastCost * 250, .milliseconds(200)), .seconds(30))
        return max(lastStart + gap, waits)
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

    /// Takes what came of writing a file; returns the entry for what is new of it.
    mutating func note(
        _ problem: StatusFileProblem?, of output: Output, at now: Moment
    ) -> JournalEntry? {
        let old = troubles[output]
        troubles[output] = problem.map { ($0, old?.since ?? now) }
        return switch (old, problem) {
        case (nil, let new?): entry(for: new)
        case (let old?, nil): entry(forRestored: old.problem.path, after: now - old.since)
        default: nil
        }
    }

    /// Forgets the problem of a file that is written no more.
    mutating func forget(_ output: Output) {
        troubles[output] = nil
    }

    /// The problems as clauses of a sentence.
    var clauses: [String] {
        Output.allCases.compactMap { troubles[$0]?.problem.clause }
    }
}

extension StatusFile {
    /// Replaces the file; returns the problem, if there is one.
    func problem(writing bytes: [UInt8]) -> StatusFileProblem? {
        failure { () throws(StatusFileProblem) in try write(bytes) }
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
        if handout.socketProblem != nil { listenForCredentials() }
        let document = document(at: now)
        let bytes = renderStatus(document)
        let file = StatusFile(path: configuration.statusFile)
        let (metricsFile, daemonMetrics) = (metricsFile, daemonMetrics)
        let page = pageFile
        heartbeatHears(of: document.overall, at: now.moment)
        parts.statusQueue.async { [self] in
            var results: [(Publication.Output, StatusFileProblem?)] = [
                (.status, file.problem(writing: bytes))
            ]
            if let metricsFile {
                let text = renderMetrics(document, daemonMetrics)
                results.append((.metrics, metricsFile.problem(writing: text)))
            }
            // Made here: of thousands of profiles it takes a while, and the checks go on meanwhile.
            if let page {
                results.append((.page, page.problem(writing: renderPage(document, .daemon))))
            }
            queue.async { [self, results] in
                assumeIsolated { $0.published(document, results) }
            }
        }
    }

    /// The file of the page; nil where none is configured.
    var pageFile: StatusFile? {
        configuration.pageFile.map { StatusFile(path: $0, what: "page") }
    }

    /// The file of the metrics; nil where none is configured.
    var metricsFile: StatusFile? {
        configuration.metricsFile.map { StatusFile(path: $0, what: "metrics file") }
    }

    /// Removes the metrics of a config whose place is another one now: node_exporter would tell them for
    /// ever.
    func leaveMetricsFile(for new: String?) {
        guard let metricsFile, metricsFile.path != new else { return }
        publication.forget(.metrics)
        parts.statusQueue.async { metricsFile.remove() }
    }

    private func published(
        _ document: StatusDocument, _ results: [(Publication.Output, StatusFileProblem?)]
    ) {
        let now = SystemClock.moment()
        publication.end(at: now)
        for (output, problem) in results {
            if let entry = publication.note(problem, of: output, at: now) {
                parts.journal.write(entry)
            }
        }
        if publication.troubles[.status] == nil { publication.validUntil = document.validUntil }
        guard !isStopping else { return }
        let sentence = sentence(for: document, problems: outputClauses)
        if publication.isFirst {
            publication.isFirst = false
            parts.service.ready(sentence)
            startHeartbeat(at: SystemClock.moment())
            forgetStartup()
        } else {
            parts.service.status(sentence)
        }
        if !publication.troubles.isEmpty {
            // It heals by itself: tried again soon, and then with every change.
            publication.markDirty(urgent: false)
            schedule.set(.publish, due: now + .seconds(5))
        }
        turn()
    }

    /// Tells agents and the service manager that the journal takes nothing, or takes entries again.
    func journalChanged() {
        guard !isStopping else { return }
        publication.markDirty(urgent: true)
        turn()
    }

    /// Everything that the status file says, as of now.
    ///
    /// It is valid until the next check should have been published, with time for that check to run
    /// into its limits.
    func document(at now: Instant, isLast: Bool = false) -> StatusDocument {
        var earliest: WallTime?
        var statuses = tracker.profileStatuses(at: now.wall) { name in
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
        var groups = tracker.groupStatuses(at: now.moment)
        for index in groups.indices where !keyUsers.isEmpty {
            groups[index].staleUsers = keyUsers[groups[index].name]?.status
        }
        let next = jobs.isIdle ? max(earliest ?? now.wall, now.wall) : now.wall
        return StatusDocument(
            generatedAt: now.wall,
            validUntil: isLast ? now.wall : next + configuration.longestSilence,
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
