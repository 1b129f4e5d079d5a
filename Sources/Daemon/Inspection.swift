import Configuring
import FailingOver
package import Model
import Resolving
package import SystemBus

/// What came of looking at a config: every problem, and the value unless it is refused.
package struct InspectedConfiguration: Sendable {
    package var configuration: Configuration?
    /// Errors and warnings, in the order of their places.
    package var problems: [ConfigurationProblem]

    package var isRefused: Bool { configuration == nil }
}

/// Makes the check that start, reload and `credwatch validate` share: the file, the keys of primaries
/// and backups, and the hooks.
///
/// A hook that cannot run is a warning: the health of the credentials is watched all the same. `managers`
/// are asked whether they know the units of `restart_units`, if they can be reached.
package func inspectConfiguration(
    _ file: String, asking managers: [any UnitDirectory] = unitManagers()
) async -> InspectedConfiguration {
    switch loadConfiguration(path: file) {
    case .refused(let problems):
        return InspectedConfiguration(problems: problems)
    case .accepted(let configuration, let warnings):
        var problems = warnings
        let shared = await sharedKeys(in: configuration, file: file)
        for group in configuration.groups {
            guard let hook = group.hook else { continue }
            let place = hook.location ?? group.location ?? SourceLocation(file: file, line: 1)
            problems += inspectHook(hook).map {
                ConfigurationProblem(place, rule: "hook-unusable", $0, severity: .warning)
            }
        }
        problems += shared
        problems += await problemsOfSwitching(in: configuration, file: file)
        problems += await problemsOfUnits(in: configuration, file: file, asking: managers)
        problems += problemsOfServing(in: configuration, file: file)
        problems += await problemsOfAskers(in: configuration, file: file)
        problems.sort {
            ($0.location.line, $0.location.column) < ($1.location.line, $1.location.column)
        }
        return InspectedConfiguration(
            configuration: problems.contains(where: \.isError) ? nil : configuration,
            problems: problems)
    }
}

/// Finds backups that have the same access key as their primary: both would fail together.
private func sharedKeys(in configuration: Configuration, file: String) async
    -> [ConfigurationProblem]
{
    let resolver = Resolver(environment: .current(), overrides: configuration.aws)
    let profiles = Dictionary(
        configuration.profiles.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    func key(_ name: String) async -> Sourced<String>? {
        guard let profile = profiles[name] else { return nil }
        return try? await resolver.resolve(profile).keys?.accessKeyID
    }
    var problems: [ConfigurationProblem] = []
    for group in configuration.groups {
        guard let primary = await key(group.primary) else { continue }
        for (index, backup) in group.backups.enumerated() {
            guard let other = await key(backup), other.value == primary.value else { continue }
            let place =
                group.backupLocations.indices.contains(index)
                ? group.backupLocations[index]
                : group.location ?? SourceLocation(file: file, line: 1)
            problems.append(
                ConfigurationProblem(
                    place, rule: "same-access-key",
                    "backup \(backup) has the same access key \(primary.value) as the primary \(group.primary) (\(other.provenance) and \(primary.provenance)); a backup needs a key of its own"
                ))
        }
    }
    return problems
}

/// Finds second identities that have the very key that they are to ask about, and such as there is no
/// profile for; what other environments hold is not looked at.
private func problemsOfAskers(in configuration: Configuration, file: String) async
    -> [ConfigurationProblem]
{
    let resolver = Resolver(environment: .current(), overrides: configuration.aws)
    let profiles = Dictionary(
        configuration.profiles.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    var problems: [ConfigurationProblem] = []
    var missing: Set<String> = []
    for profile in configuration.profiles {
        guard let asker = profile.asker(among: profiles), asker.surroundings == .own,
            profile.surroundings == .own
        else { continue }
        let place = profile.location ?? SourceLocation(file: file, line: 1)
        let other: Credentials?
        do throws(ResolveProblem) {
            other = try await resolver.resolve(asker).keys
        } catch {
            if case .profileMissing(_, _, let candidates) = error, profiles[asker.name] == nil,
                missing.insert(asker.name).inserted
            {
                let hint = candidates.first.map { "; did you mean \($0)?" } ?? ""
                problems.append(
                    ConfigurationProblem(
                        place, rule: "unknown-diagnose-with",
                        "`diagnose_with` names \(asker.name), which is neither among `profiles` nor in the AWS files\(hint)",
                        severity: .warning))
            }
            continue
        }
        guard let other, let own = try? await resolver.resolve(profile).keys,
            own.accessKeyID.value == other.accessKeyID.value
        else { continue }
        problems.append(
            ConfigurationProblem(
                place, rule: "same-access-key",
                "\(asker.name), which is to ask about \(profile.name) (`diagnose_with`), has the same access key \(own.accessKeyID.value) (\(other.accessKeyID.provenance) and \(own.accessKeyID.provenance)); it needs a key of its own"
            ))
    }
    return problems
}
