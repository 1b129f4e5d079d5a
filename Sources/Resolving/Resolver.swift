package import Model
import Synchronization
import SystemBus

/// The resolving stage: from a configured profile to the plan of its credentials, and where it asks.
package final class Resolver: Sendable {
    private let own: Site
    private let environment: AWSEnvironment
    private let overrides: AWSOverrides
    private let units: any UnitDirectory
    /// Who looks at surroundings that are not our own.
    private let lookouts = Mutex<[Surroundings: Lookout]>([:])

    /// Makes a resolver for one environment; nothing is read yet.
    package convenience init(
        environment: AWSEnvironment, overrides: AWSOverrides = AWSOverrides()
    ) {
        self.init(environment: environment, overrides: overrides, units: SystemdBus())
    }

    init(environment: AWSEnvironment, overrides: AWSOverrides, units: any UnitDirectory) {
        own = Site(environment, overrides)
        self.environment = environment
        self.overrides = overrides
        self.units = units
    }

    /// Resolves a profile from the files as they are now, within a limit, else the profile's own.
    package func resolve(
        _ profile: ProfileConfiguration, within limit: Duration? = nil
    ) async throws(ResolveProblem) -> Resolution {
        var site = own
        var limit = limit ?? profile.timeout
        if profile.surroundings != .own {
            let start = monotonicNow()
            site = try await self.site(of: profile.surroundings, within: limit)
            limit -= .nanoseconds(Int64(clamping: monotonicNow() &- start))
        }
        let files =
            if let fixed = site.fixed { fixed } else {
                try await site.store.snapshot(within: limit)
            }
        if let resolution = site.cache.resolution(of: profile, from: files) { return resolution }
        let resolution = Resolution(try site.plan(profile, in: files))
        site.cache.keep(resolution, of: profile, from: files)
        return resolution
    }

    /// Makes the whole plan of a profile for a person, from the files as they are now.
    package func explain(_ profile: ProfileConfiguration) async throws(ResolveProblem) -> Plan {
        let (site, files) = try await look(at: profile)
        return try site.plan(profile, in: files, isExplained: true)
    }

    /// Returns what the SDKs, or systemd, skip in the files of some surroundings as they are now.
    package func findings(
        of surroundings: Surroundings = .own, within limit: Duration = .seconds(10)
    ) async throws(ResolveProblem) -> [FileFinding] {
        let site = try await site(of: surroundings, within: limit)
        if let files = site.fixed { return site.findings + files.findings }
        return site.findings + (try await site.store.snapshot(within: limit).findings)
    }

    /// Returns the environment of some surroundings as it is now.
    package func environment(
        of surroundings: Surroundings, within limit: Duration
    ) async throws(ResolveProblem) -> AWSEnvironment {
        try await site(of: surroundings, within: limit).planner.environment.environment
    }

    /// Returns the environment of a profile with its files as they are now, within a limit, else the
    /// profile's own.
    func look(
        at profile: ProfileConfiguration, within limit: Duration? = nil
    ) async throws(ResolveProblem) -> (site: Site, files: SharedFiles) {
        let limit = limit ?? profile.timeout
        let site = try await site(of: profile.surroundings, within: limit)
        let files =
            if let fixed = site.fixed { fixed } else {
                try await site.store.snapshot(within: limit)
            }
        return (site, files)
    }

    func site(
        of surroundings: Surroundings, within limit: Duration
    ) async throws(ResolveProblem) -> Site {
        let lookout = lookouts.withLock { lookouts -> Lookout? in
            if let lookout = lookouts[surroundings] { return lookout }
            guard let looking = looking(surroundings) else { return nil }
            let lookout = Lookout(looking)
            lookouts[surroundings] = lookout
            return lookout
        }
        guard let lookout else { return own }
        return try await lookout.site(within: limit)
    }

    /// Who looks at surroundings; nil for our own, which stay what they are.
    private func looking(_ surroundings: Surroundings) -> (any Looking)? {
        switch surroundings {
        case .own: nil
        case .environmentFile(let path): EnvironmentFileLook(path, overrides)
        case .unit(let unit): ProcessLook(.unit(unit), overrides, units)
        case .process(let process): ProcessLook(.process(process), overrides, units)
        case .credential(let name): CredentialLook(name, environment, overrides)
        }
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
