package import Model
import Resolving
import Scheduling

/// The longest that reading one file may take; what hangs for longer is a finding.
private let lintLimit = Duration.seconds(5)

/// Reads the sources of profiles as text, before any request: all that is wrong in them at once.
///
/// Each environment that the profiles name is looked at once, with its files. Without profiles: everything
/// in our own environment and the shared AWS files. Sends nothing and runs nothing.
package func lintOnce(
    _ profiles: [ProfileConfiguration], in configuration: Configuration
) async -> LintReport {
    let resolver = Resolver(environment: .current(), overrides: configuration.aws)
    let now = SystemClock.wall()
    guard !profiles.isEmpty else { return await resolver.lint(now: now, within: lintLimit) }
    var surroundings: [Surroundings] = []
    var groups: [Surroundings: [ProfileConfiguration]] = [:]
    for profile in profiles {
        if groups[profile.surroundings] == nil { surroundings.append(profile.surroundings) }
        groups[profile.surroundings, default: []].append(profile)
    }
    let reports = await withTaskGroup(of: (Int, LintReport).self) { group in
        for (index, place) in surroundings.enumerated() {
            let asked = groups[place] ?? []
            group.addTask {
                (index, await resolver.lint(asked, in: place, now: now, within: lintLimit))
            }
        }
        var reports = [LintReport](repeating: LintReport(), count: surroundings.count)
        for await (index, report) in group { reports[index] = report }
        return reports
    }
    return joined(reports)
}

/// Reads everything that some surroundings have, whatever profile it belongs to.
package func lintOnce(
    everythingIn surroundings: Surroundings, in configuration: Configuration
) async -> LintReport {
    await Resolver(environment: .current(), overrides: configuration.aws).lint(
        in: surroundings, now: SystemClock.wall(), within: lintLimit)
}

/// Reads one file by itself.
package func lintOnce(file path: String, as dialect: LintDialect) async -> LintReport {
    await Resolver.lint(file: path, as: dialect, now: SystemClock.wall(), within: lintLimit)
}

/// Puts reports together; what several of them have is told once, and variables come last.
private func joined(_ reports: [LintReport]) -> LintReport {
    var seen: Set<LintFinding> = []
    let all = reports.flatMap(\.findings).filter { seen.insert($0).inserted }
    let (files, others) = all.reduce(into: ([LintFinding](), [LintFinding]())) { parts, finding in
        if case .file = finding.place { parts.0.append(finding) } else { parts.1.append(finding) }
    }
    var looked: [String] = []
    for place in reports.flatMap(\.looked) where !looked.contains(place) { looked.append(place) }
    return LintReport(findings: files + others, looked: looked)
}
