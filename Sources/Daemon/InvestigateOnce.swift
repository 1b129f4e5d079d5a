package import HTTP
package import Model
import Diagnosing
import Obtaining
import Probing
import Resolving
import Scheduling

/// Asks IAM and STS about the key of a check, with the profile's second identity.
///
/// That is who `diagnose_with` names, else another member of its groups; with `allowingItself` a key
/// that works may ask about itself when there is nobody else. Nil without anybody to ask, or without a
/// long-term key. It ends within `limit` with what it knows, and says what it could not ask.
package func investigateOnce(
    _ profile: ProfileConfiguration, result: CheckResult, in configuration: Configuration,
    transport: any Transport, within limit: Duration,
    mostOfQuestion: Duration = Investigator.usualMostOfQuestion, allowingItself: Bool = false
) async -> Investigation? {
    let isAccepted = result.diagnosis.verdict == .good
    guard let id = result.accessKeyID, isLongTerm(id),
        isAccepted || isWorthInquiry(result.diagnosis.cause)
    else { return nil }
    let profiles = Dictionary(
        configuration.profiles.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    let mates = (configuration.mates[profile.name] ?? []).compactMap { profiles[$0] }
    var askers = profile.asker(among: profiles).map { [$0] } ?? mates
    if askers.isEmpty, allowingItself, isAccepted { askers = [profile] }
    guard !askers.isEmpty else { return nil }
    var candidates = candidates(for: profile, mates: [])
    if isAccepted {
        guard let arn = result.identity?.arn, let owner = UserCandidate(arn: arn, basis: .seen)
        else { return nil }
        candidates = [owner]
    }
    let obtainer = Obtainer(transport: transport)
    let investigator = Investigator(
        makePipeline(for: configuration, transport, obtainer), transport,
        mostOfQuestion: mostOfQuestion)
    let investigation = await investigator.investigate(
        InvestigationRequest(
            profile: profile, result: result,
            purpose: isAccepted ? .look : .refusal(result.diagnosis.cause), askers: askers,
            candidates: candidates),
        within: limit)
    await obtainer.shutDown()
    return investigation
}

/// How many refusals of one pass are explained; more of them have one reason in common, mostly.
private let mostExplained = 8

/// Puts what second identities say into the results of one pass, within ten seconds.
func explained(
    _ results: [CheckResult], in configuration: Configuration, _ transport: CurlTransport
) async -> [CheckResult] {
    let profiles = Dictionary(
        configuration.profiles.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    let refused = results.indices.filter {
        results[$0].diagnosis.verdict != .good && isWorthInquiry(results[$0].diagnosis.cause)
    }
    return await withTaskGroup(of: (Int, CheckResult).self) { group in
        var explained = results
        for index in refused.prefix(mostExplained) {
            let result = results[index]
            guard let profile = profiles[result.profile] else { continue }
            group.addTask(executorPreference: transport) {
                let investigation = await investigateOnce(
                    profile, result: result, in: configuration, transport: transport,
                    within: .seconds(10))
                guard let investigation else { return (index, result) }
                let diagnosis = refined(
                    result.diagnosis, by: investigation, profile: profile,
                    at: SystemClock.wall())
                return (index, result.diagnosed(diagnosis))
            }
        }
        for await (index, result) in group { explained[index] = result }
        return explained
    }
}
