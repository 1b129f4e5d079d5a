package import Model

/// The resolving stage: from a configured profile to the plan of its credentials, and where it asks.
package final class Resolver: Sendable {
    private let planner: Planner
    private let store: FileStore
    private let cache = ResolvedCache()

    /// Makes a resolver for one environment; nothing is read yet.
    package init(
        environment: AWSEnvironment, overrides: AWSOverrides = AWSOverrides()
    ) {
        planner = Planner(environment, overrides)
        store = FileStore(SharedFilePaths(environment, overrides))
    }

    /// Resolves a profile from the files as they are now, within the profile's time limit.
    package func resolve(
        _ profile: ProfileConfiguration
    ) async throws(ResolveProblem) -> Resolution {
        let files = try await store.snapshot(within: profile.timeout)
        if let resolution = cache.resolution(of: profile, from: files) { return resolution }
        let resolution = Resolution(try planner.plan(profile, in: files))
        cache.keep(resolution, of: profile, from: files)
        return resolution
    }

    /// Makes the whole plan of a profile for a person, from the files as they are now.
    package func explain(
        _ profile: ProfileConfiguration
    ) async throws(ResolveProblem) -> Plan {
        try planner.explain(profile, in: await store.snapshot(within: profile.timeout))
    }

    /// Returns what the SDKs skip in the shared files as they are now.
    package func findings(
        within limit: Duration = .seconds(10)
    ) async throws(ResolveProblem) -> [FileFinding] {
        try await store.snapshot(within: limit).findings
    }
}

/// Returns a number that changes with any part of a credential that signs.
///
/// It is seeded anew in each process and says nothing about the credential.
package func fingerprint(of credentials: Credentials) -> Int {
    var hasher = Hasher()
    hasher.combine(credentials.accessKeyID.value)
    hasher.combine(credentials.secretAccessKey.value)
    hasher.combine(credentials.sessionToken?.value)
    return hasher.finalize()
}
