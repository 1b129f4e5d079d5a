import HTTP
package import Model
import Obtaining
import Probing
import Reporting
import Scheduling
import FailingOver
import Tracking

/// Checks every profile of a configuration once, at the same time, and sums the results up.
///
/// `progress` is told how many have finished. Returns the document that `credwatch check` shows.
package func checkOnce(
    _ configuration: Configuration, progress: @escaping @Sendable (Int) -> Void
) async throws(TransportFailure) -> StatusDocument {
    let startedAt = SystemClock.now()
    let transport = try makeTransport(for: configuration)
    let canaries = CanaryMemory()
    let pipeline = makePipeline(
        for: configuration, transport, Obtainer(transport: transport), remembering: canaries)
    let results = await withTaskGroup(of: CheckResult.self) { group in
        var results: [CheckResult] = []
        for (index, profile) in configuration.profiles.enumerated() {
            // A place is free when one that ran has ended.
            if index >= configuration.inFlightLimit, let result = await group.next() {
                results.append(result)
                progress(results.count)
            }
            group.addTask(executorPreference: transport) { await pipeline.check(profile) }
        }
        for await result in group {
            results.append(result)
            progress(results.count)
        }
        return results
    }
    let weighed = results.map { pipeline.weighed($0, at: SystemClock.moment()) }
    let explained = await explained(weighed, in: configuration, transport)
    transport.shutdown()
    var tracker = Tracker(configuration, remembered: nil, makeIncidentID: { "" })
    for result in explained {
        _ = tracker.handle(.checked(result), at: result.finishedAt)
        _ = tracker.handle(
            .advised(
                profile: result.profile, by: .canary,
                canaries.advisories(of: result.profile)), at: result.finishedAt)
    }
    let now = SystemClock.now()
    let profiles = tracker.profileStatuses(at: now.wall) { _ in nil }
    return StatusDocument(
        generatedAt: now.wall, validUntil: now.wall,
        overall: overall(profiles: profiles, groups: [], advisories: tracker.advisories),
        daemon: DaemonStatus(
            version: credwatchVersion, pid: processID(), startedAt: startedAt.wall,
            host: hostName()),
        clock: tracker.clockStatus(at: now), advisories: tracker.advisories,
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
    of name: String, in configuration: Configuration, report: @escaping @Sendable (String) -> Void
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
    let outcome = await HookRunner().run(
        run, hook: hook, statusFile: configuration.statusFile,
        onOutputLine: { report($0.text) })
    report(entry(forEndOf: run, record: HookRecord(run, outcome)).message)
    return outcome.result.isSuccess ? .done : .failed
}
