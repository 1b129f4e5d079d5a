import Diagnosing
import Model
import Resolving
import Rotating

/// A profile's static keys, and where they stand, as they are now.
struct StandingKeys: Sendable {
    var place: SwitchPlace
    /// For a sentence: `[app] in /home/app/.aws/credentials:4`.
    var title: String
    var resolved: ResolvedProfile

    var keyID: String { resolved.credentials.accessKeyID.value }
}

extension Resolver {
    /// Finds the place of a profile's keys; throws when they are none that a rotation can replace.
    func standingKeys(
        of profile: ProfileConfiguration, _ overrides: AWSOverrides
    ) async throws(NotRotatable) -> StandingKeys {
        let plan: Plan
        let environment: AWSEnvironment
        do throws(ResolveProblem) {
            plan = try await explain(profile)
            environment = try await self.environment(
                of: profile.surroundings, within: profile.timeout)
        } catch {
            throw NotRotatable(diagnosisText(error, profile.name))
        }
        guard let keys = plan.keys else { throw NotRotatable(reason(plan, profile.name)) }
        guard keys.sessionToken == nil, !keys.accessKeyID.value.hasPrefix("ASIA") else {
            throw NotRotatable(
                "A session token stands beside the key of \(profile.name) (\(plan.source)); "
                    + "temporary credentials are renewed where they come from.")
        }
        return StandingKeys(
            place: try place(
                of: keys, plan, profile, SharedFilePaths(environment, overrides)),
            title: plan.source, resolved: ResolvedProfile(plan, with: keys))
    }
}

private func place(
    of keys: Credentials, _ plan: Plan, _ profile: ProfileConfiguration, _ paths: SharedFilePaths
) throws(NotRotatable) -> SwitchPlace {
    switch (keys.accessKeyID.provenance, keys.secretAccessKey.provenance) {
    case (.file(let id), .file(let secret)):
        switch profile.surroundings {
        case .own, .environmentFile: break
        case .unit, .process, .credential:
            throw NotRotatable(
                "\(id.file) is a file of somebody else's environment; name it as a profile of its own."
            )
        }
        guard id.file == secret.file, let name = plan.profile else {
            throw NotRotatable(
                "The key id of \(profile.name) stands in \(id), its secret in \(secret).")
        }
        return id.file == paths.config?.value
            ? .configFile(id.file, profile: name) : .credentialsFile(id.file, profile: name)
    case (.environment, .environment):
        guard case .environmentFile(let path) = profile.surroundings else {
            throw NotRotatable(
                "The keys of \(profile.name) come from \(keys.accessKeyID.provenance), which cannot be "
                    + "changed from outside. Where a file sets it, name that as `environment_file`."
            )
        }
        return .environmentFile(path)
    case (let id, let secret):
        throw NotRotatable(
            "The key id of \(profile.name) comes from \(id), its secret from \(secret).")
    }
}

/// Says what a profile has in place of static keys.
private func reason(_ plan: Plan, _ name: String) -> String {
    switch plan.steps.last {
    case .assumeRole:
        var base = "the profile whose keys it is assumed with"
        if case .keys(let keys)? = plan.steps.first {
            base += " (\(keys.accessKeyID.value), \(keys.accessKeyID.provenance))"
        }
        return "\(name) is a role, and a role has no access keys. Rotate \(base)."
    case .webIdentity: return "\(name) is a role by web identity, which has no access keys."
    case .sso: return "\(name) is a login of IAM Identity Center, which has no access keys."
    case .loginSession: return "\(name) is a console login, which has no access keys."
    case .process:
        return "The credentials of \(name) come from a program, which has to rotate them itself."
    case .container, .instanceMetadata:
        return "The credentials of \(name) are a role's, handed out by AWS, and renew themselves."
    case .keys, nil: return "\(name) has no static keys (\(plan.source))."
    }
}

private func diagnosisText(_ problem: ResolveProblem, _ name: String) -> String {
    diagnosis(of: problem, profile: name).summary
}
