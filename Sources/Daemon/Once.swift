package import Model
import Probing
import Reporting
import Scheduling
import Synchronization
import FailingOver
import Tracking

/// Checks every profile of a configuration once, at the same time, and sums the results up.
///
/// `progress` is told how many have finished. Returns the document that `credwatch check` shows.
package func checkOnce(
    _ configuration: Configuration, progress: @escaping @Sendable (Int) -> Void
) async throws(TransportFailure) -> StatusDocument {
    let startedAt = SystemClock.now()
    let transport = try makeTransport()
    let pipeline = makePipeline(for: configuration, transport)
    let finished = Mutex(0)
    let results = await withTaskGroup(of: CheckResult.self) { group in
        var waiting = configuration.profiles.makeIterator()
        let add = { (group: inout TaskGroup<CheckResult>) in
            guard let profile = waiting.next() else { return }
            group.addTask(executorPreference: transport) {
                let result = await pipeline.check(profile)
                progress(
                    finished.withLock {
                        $0 += 1
                        return $0
                    })
                return result
            }
        }
        for _ in 0..<configuration.inFlightLimit { add(&group) }
        var results: [CheckResult] = []
        while let result = await group.next() {
            results.append(result)
            add(&group)
        }
        return results
    }
    transport.shutdown()
    var tracker = Tracker(configuration, remembered: nil, makeIncidentID: { "" })
    for result in results { _ = tracker.handle(.checked(result), at: result.finishedAt) }
    let profiles = tracker.profileStatuses { _ in nil }
    let now = SystemClock.wall()
    return StatusDocument(
        generatedAt: now, validUntil: now,
        overall: overall(profiles: profiles, groups: []),
        daemon: DaemonStatus(
            version: credwatchVersion, pid: processID(), startedAt: startedAt.wall,
            host: hostName()),
        profiles: profiles, groups: [])
}

/// How the trial of a hook ended.
package enum HookTrial: Sendable {
    case done
    case failed
    case unknown(String)
}

/// Runs a group's hook with the event `test`, and reports each line of its output.
package func testHook(
    of name: String, in configuration: Configuration, report: @Sendable (String) -> Void
) async -> HookTrial {
    guard let group = configuration.groups.first(where: { $0.name == name }) else {
        let known = configuration.groups.map(\.name).joined(separator: ", ")
        return .unknown(
            "there is no failover group \(name); configured: \(known.isEmpty ? "none" : known)")
    }
    guard let hook = group.hook else { return .unknown("group \(name) has no hook") }
    for problem in inspectHook(hook) { report("warning: \(problem)") }
    let run = HookRun(
        event: .test, group: name, from: group.primary, to: group.backups.first ?? group.primary,
        cause: .ok, message: "This is a test; nothing has failed.", incident: makeUUID(),
        attempt: 1)
    let outcome = await HookRunner().run(run, hook, statusFile: configuration.statusFile)
    for line in outcome.output { report(line) }
    report(entry(forEndOf: run, record: outcome.record).message)
    return outcome.record.result?.isSuccess == true ? .done : .failed
}
