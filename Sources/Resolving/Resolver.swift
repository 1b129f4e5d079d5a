package import Model

/// The resolving stage: from a configured profile to credentials, region and endpoints.
package final class Resolver: Sendable {
    private let planner: Planner
    private let store: FileStore
    private let provider: any CredentialProvider
    private let cache = ResolvedCache()

    /// Makes a resolver for one environment; nothing is read yet.
    package init(
        environment: AWSEnvironment, overrides: AWSOverrides = AWSOverrides(),
        provider: any CredentialProvider = StaticCredentialProvider()
    ) {
        planner = Planner(environment, overrides)
        store = FileStore(SharedFilePaths(environment, overrides))
        self.provider = provider
    }

    /// Resolves a profile from the files as they are now, within the profile's time limit.
    package func resolve(
        _ profile: ProfileConfiguration
    ) async throws(ResolveProblem) -> ResolvedProfile {
        let files = try await store.snapshot(within: profile.timeout)
        if let resolved = cache.resolved(profile, from: files) { return resolved }
        let plan = try planner.plan(profile, in: files)
        var credentials: Credentials?
        for step in plan.steps {
            credentials = try await provider.credentials(for: step, with: credentials)
        }
        guard let credentials else { throw .noSource(searched: []) }
        let resolved = ResolvedProfile(
            credentials: credentials, region: plan.region, endpoint: plan.endpoint,
            mainEndpoint: plan.mainEndpoint, source: plan.source,
            sourceModifiedAt: plan.sourceModifiedAt)
        if plan.isStatic { cache.keep(resolved, of: profile, from: files) }
        return resolved
    }

    /// Makes the plan of a profile without carrying it out.
    package func plan(_ profile: ProfileConfiguration) async throws(ResolveProblem) -> Plan {
        try planner.plan(profile, in: await store.snapshot(within: profile.timeout))
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
