package import Model
import Diagnosing
import HTTP
import Obtaining
import Resolving
import Scheduling

/// Explains how a profile's credentials come about; with `isolating` probes each source on its own.
package func explainOnce(
    _ profile: ProfileConfiguration, in configuration: Configuration, isolating: Bool
) async throws(TransportFailure) -> Explanation {
    let resolver = Resolver(environment: .current(), overrides: configuration.aws)
    var explanation = Explanation(profile: profile.name)
    // A file that cannot be read is the plan's problem.
    let findings = try? await resolver.findings(
        of: profile.surroundings, within: profile.timeout)
    explanation.notes = (findings ?? []).map { Plan.Note($0.sentence, at: $0.location) }
    let plan: Plan
    do {
        plan = try await resolver.explain(profile)
    } catch {
        explanation.problem = diagnosis(of: error, profile: profile.name)
        return explanation
    }
    explanation.plan = plan
    explanation.notes += plan.notes
    guard isolating else { return explanation }
    let transport = try makeTransport(for: configuration)
    let obtainer = Obtainer(transport: transport)
    let pipeline = makePipeline(for: configuration, transport, obtainer)
    explanation.probes = await withTaskGroup(of: Explanation.Probe.self) { group in
        for (index, row) in plan.rows.enumerated() where !row.steps.isEmpty {
            group.addTask(executorPreference: transport) {
                await pipeline.probe(plan, row: index, for: profile)
            }
        }
        var probes: [Explanation.Probe] = []
        for await probe in group { probes.append(probe) }
        return probes.sorted { $0.row < $1.row }
    }
    await obtainer.shutDown()
    transport.shutdown()
    return explanation
}

extension CheckPipeline {
    /// Checks what one source of a plan leads to; who is expected counts for the chosen one only.
    fileprivate func probe(
        _ plan: Plan, row index: Int, for profile: ProfileConfiguration
    ) async -> Explanation.Probe {
        let row = plan.rows[index]
        var alone = plan
        alone.steps = row.steps
        alone.source = row.title
        var asked = profile
        // Whether a source is accepted is the question here, and not what it may do.
        asked.canary = nil
        if index != plan.rows.firstIndex(where: { $0.standing == .chosen }) {
            asked.expected = ExpectedIdentity()
        }
        let result = await check(Resolution(alone), for: asked, since: SystemClock.now())
        return Explanation.Probe(row: index, result: result)
    }
}
