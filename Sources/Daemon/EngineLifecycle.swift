import Configuring
import Dispatch
import EventLoops
import FailingOver
import HTTP
import Model
import Obtaining
import Probing
import Reporting
import Scheduling
import Tracking

/// Who waits for a reading of the config.
struct Reloads: Sendable {
    var running: [ControlServer.Reply] = []
    /// Came while one was going on.
    var again: [ControlServer.Reply] = []
}

/// Taking a new config, and coming to an end.
extension Engine {
    /// Reads the config again. The health of what keeps its name survives; a config that is refused
    /// leaves the old one in force.
    ///
    /// `reply` is told how it went. Who asks while one goes on gets a reading that begins after it: what
    /// is read now may be older than the wish.
    func reload(_ reply: ControlServer.Reply? = nil) {
        if isReloading {
            reloads.again.append(reply ?? { _ in })
            return
        }
        if let reply { reloads.running.append(reply) }
        isReloading = true
        parts.service.reloading()
        let file = parts.configurationFile
        // Reading a config can take its time, so neither the engine nor the checks wait for it.
        guard let loop = EventLoop() else {
            return reloadEnded(
                done: false, "credwatch has no descriptor left to read the config with")
        }
        Task.detached(executorPreference: LoopTasks(loop)) { [weak self] in
            let inspected = await inspectConfiguration(file)
            await self?.reloaded(inspected)
        }
    }

    private func reloaded(_ inspected: InspectedConfiguration) {
        guard !isStopping else { return }
        report(inspected.problems, to: parts.journal)
        // A file that was emptied, by a full disk perhaps, is no order to check nothing any more.
        let isEmptied =
            inspected.configuration?.profiles.isEmpty == true && !configuration.profiles.isEmpty
        guard let new = inspected.configuration, !isEmptied else {
            let reasons = inspected.problems.filter { isEmptied || $0.isError }.map(\.description)
            parts.journal.write(
                JournalEntry(
                    .configRefused, .error,
                    "The new config is refused, the old one stays in force: \(reasons.first ?? "unknown reason")"
                ))
            refusal = "the new config is refused (\(reasons.first ?? "unknown reason"))"
            counters.isReloadSuccessful = false
            parts.service.ready(
                "\(refusal ?? ""), the old one stays in force; see the journal")
            publication.markDirty(urgent: true)
            turn()
            return reloadEnded(
                done: false,
                (["The new config is refused, the old one stays in force:"] + reasons)
                    .joined(separator: "\n"))
        }
        refusal = nil
        adopt(new)
        counters.isReloadSuccessful = true
        counters.reloadedAt = SystemClock.wall()
        let sentence =
            "The config was read again: \(new.extent)."
        parts.journal.write(JournalEntry(.configReloaded, .notice, sentence))
        parts.service.ready("the config was read again")
        publication.markDirty(urgent: true)
        keeping.isDirty = true
        reloadEnded(done: true, sentence)
        turn()
    }

    private func reloadEnded(done: Bool, _ text: String) {
        isReloading = false
        for reply in reloads.running { reply(ControlReply(done: done, text: text)) }
        reloads.running = reloads.again
        reloads.again = []
        if !reloads.running.isEmpty { reload() }
    }

    private func adopt(_ new: Configuration) {
        var new = new
        let fixed = [
            ("state_directory", configuration.stateDirectory, new.stateDirectory),
            ("control.socket", configuration.controlSocket, new.controlSocket),
        ]
        for (key, old, wanted) in fixed where old != wanted {
            parts.journal.write(
                JournalEntry(
                    .configReloaded, .warning,
                    "\(key) stays \(old) until credwatch is restarted; \(wanted) is not used yet."))
        }
        new.stateDirectory = configuration.stateDirectory
        new.controlSocket = configuration.controlSocket
        let oldProfiles = profiles
        let oldHeartbeat = configuration.heartbeat
        leaveMetricsFile(for: new.metricsFile)
        // Profiles of the same name mean other keys when other files are read.
        if configuration.aws != new.aws { proven.forgetAll() }
        configuration = new
        serveMetrics()
        serveGroups()
        generation += 1
        // The environment is the one of the start; what is cached of the files is read again.
        pipeline.value = makePipeline(
            for: new, parts.transport, parts.obtainer, remembering: canaries, keeping: proven)
        jobs.setLimit(new.inFlightLimit)
        tracker.reconfigure(new, at: SystemClock.now())
        let now = SystemClock.moment()
        scheduleAll(new.profiles, at: now)
        scheduleLooks(at: now)
        forgetCanaries(at: SystemClock.now())
        dropKeyUsers()
        scheduleEquivalence(at: now)
        startSwitching()
        scheduleRotations(at: now)
        if new.heartbeat != oldHeartbeat { startHeartbeat(at: now) }
        for profile in new.profiles where oldProfiles[profile.name] != nil {
            if oldProfiles[profile.name]?.interval != profile.interval {
                setPace(profile.name, every: profile.interval, at: now)
            }
        }
    }

    // MARK: - The end

    /// Stops: nothing new starts, requests end at once, what is known reaches the disk.
    func stop() {
        isStopping = true
        parts.service.stopping()
        let now = SystemClock.now()
        releaseTimers()
        let hadHooks = runningHooks > 0
        jobs.cancelAll()
        parts.transport.shutdown()
        for reply in orders.values { reply(ControlReply(done: false, text: "credwatch stops")) }
        orders = [:]
        let handout = endHandout()
        for reply in reloads.running + reloads.again {
            reply(ControlReply(done: false, text: "credwatch stops"))
        }
        reloads = Reloads()
        let end = document(at: now, isLast: true)
        let last = renderStatus(end)
        let (metricsFile, daemonMetrics) = (metricsFile, daemonMetrics)
        let (state, histories) = (tracker.remembered, tracker.histories)
        let (parts, statusFile) = (parts, configuration.statusFile)
        let page = pageFile
        let summary = jobs.lateness?.summary()
        let finish = onStopped
        onStopped = nil
        let (control, metricsServer) = (control, metricsServer)
        Task.detached(executorPreference: parts.transport) {
            await control?.stop()
            await metricsServer?.stop()
            await handout.stop()
            await parts.obtainer.shutDown()
            if hadHooks { await parts.hookRunner.terminateAll(grace: .milliseconds(500)) }
            parts.stateQueue.sync {
                _ = parts.save(state)
                _ = parts.save(histories)
            }
            parts.statusQueue.sync {
                try? StatusFile(path: statusFile).write(last)
                try? metricsFile?.write(renderMetrics(end, daemonMetrics))
                try? page?.write(renderPage(end, .daemon))
            }
            if let summary, let file = parts.latenessFile {
                try? StatusFile(path: file).write(summary)
            }
            parts.journal.write(JournalEntry(.daemonStopping, .info, "credwatch stops."))
            finish?()
        }
    }
}

extension Configuration {
    /// How much it has, in words: `2 profiles, 1 failover group`.
    var extent: String {
        func counted(_ count: Int, _ noun: String) -> String {
            "\(count) \(noun)\(count == 1 ? "" : "s")"
        }
        return "\(counted(profiles.count, "profile")), \(counted(groups.count, "failover group"))"
    }
}
