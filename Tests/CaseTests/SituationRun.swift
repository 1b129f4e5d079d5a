import Model
import Obtaining
import Probing
import Reporting
import Resolving
import Scheduling

@testable import Daemon

/// What `credwatch lint` and `credwatch check` say of a situation.
struct SituationRun {
    /// The text of `expected`.
    private(set) var text = ""
    /// The codes of all that is named: the cause, what else it could be, and the findings.
    private(set) var named: Set<String>

    init(_ situation: Situation, _ tree: FileTree, _ world: RecordedWorld) async {
        var variables = situation.variables.mapValues(tree.place)
        if variables["HOME"] == nil { variables["HOME"] = tree.path + "/home" }
        if variables["HOME"] == "" { variables["HOME"] = nil }
        variables["PATH"] = variables["PATH"] ?? "/usr/bin:/bin"
        let resolver = Resolver(
            environment: AWSEnvironment(
                variables: variables, passwordHome: situation.passwordHome.map(tree.place),
                user: situation.user))
        let report = await resolver.lint(
            [situation.profile], in: .own, now: SystemClock.wall(), within: .seconds(5))
        let pipeline = CheckPipeline(
            resolver: resolver, obtainer: Obtainer(transport: world),
            prober: Prober(transport: world, clock: SystemClock.wall))
        let diagnosis = await pipeline.check(situation.profile).diagnosis
        named = Set(
            report.findings.map(\.code.rawValue) + diagnosis.others.map(\.cause.rawValue)
                + [diagnosis.cause.rawValue])
        var lines = [
            "\(diagnosis.cause.rawValue), \(diagnosis.verdict.rawValue), "
                + diagnosis.confidence.rawValue, diagnosis.summary,
        ]
        if !diagnosis.remedy.isEmpty { lines.append(diagnosis.remedy) }
        lines += diagnosis.commands.map { "    \($0)" }
        lines += diagnosis.evidence.compactMap(seen)
        lines += diagnosis.others.map { "or \($0.cause.rawValue): \($0.what)? \($0.test)" }
        text = (lines.map { "\($0)\n" }.joined() + renderLint(report))
            .replacing(tree.path, with: "@FS@")
    }
}

/// A fact as a line; nil for those that are the same in every case, or never.
private func seen(_ evidence: Evidence) -> String? {
    switch evidence {
    case .requestID, .httpStatus, .skew, .endpoint: nil
    case .serviceError, .secondOpinion, .transport, .location, .character, .expectation, .inquiry,
        .keyAccount, .finding, .note:
        "seen: \(text(of: evidence))"
    }
}
