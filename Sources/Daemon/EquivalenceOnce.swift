import Diagnosing
import HTTP
package import Model
import Obtaining
import Scheduling

/// Compares once what the primary and the backups of a group may do, for a report to a person.
///
/// Empty when nothing is missing, and when the group has no `equivalent_actions`. Takes `limit` at most;
/// what could not be asked is an advisory, too.
package func compareOnce(
    _ group: GroupConfiguration, in configuration: Configuration,
    within limit: Duration = .seconds(20)
) async -> [Advisory] {
    guard !group.equivalentActions.isEmpty else { return [] }
    let transport: CurlTransport
    do {
        transport = try makeTransport(for: configuration)
    } catch {
        return [notCompared(group, error.reason)]
    }
    let obtainer = Obtainer(transport: transport)
    let pipeline = makePipeline(for: configuration, transport, obtainer)
    let work = Task(executorPreference: transport) {
        await pipeline.compare(group, within: limit)
    }
    let finding = await work.value
    await obtainer.shutDown()
    transport.shutdown()
    guard let finding else { return [] }
    return finding.advisories + (finding.incomplete.map { [notCompared(group, $0)] } ?? [])
}

private func notCompared(_ group: GroupConfiguration, _ reason: String) -> Advisory {
    Advisory(
        .lookDenied, "The permissions of group \(group.name) could not be compared now: \(reason).")
}
