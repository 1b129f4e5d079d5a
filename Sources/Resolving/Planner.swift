package import Model

/// The pure half of resolving: which source wins, and where its request goes.
package struct Planner: Sendable {
    private let overrides: AWSOverrides
    private let environment: EnvironmentSettings
    private let endpoints = EndpointCache()

    package init(_ environment: AWSEnvironment, _ overrides: AWSOverrides = AWSOverrides()) {
        self.overrides = overrides
        self.environment = EnvironmentSettings(environment)
    }

    /// Makes the plan of a profile from what the shared files hold.
    ///
    /// Touches neither disk nor network.
    package func plan(
        _ configuration: ProfileConfiguration, in files: SharedFiles
    ) throws(ResolveProblem) -> Plan {
        if configuration.origin == .defaultChain,
            let plan = try environmentPlan(configuration, files)
        {
            return plan
        }
        if let problem = files.problem { throw problem }
        let profile = try profile(configuration, files)
        guard let credentials = try profile.keys() else {
            throw .noSource(searched: environmentSearched(configuration) + profile.headers)
        }
        var rows: [Plan.Row] = []
        if configuration.origin == .profile, let id = environment.accessKeyID {
            rows.append(row(.environmentKeys, id, .notConsulted))
        }
        rows.append(row(.profileKeys, credentials.accessKeyID, .chosen))
        rows += profile.shadowedByKeys()
        let header = profile.header(of: .accessKeyID)
        return try plan(
            configuration, profile, files, credentials, rows,
            source: header.map { "\($0.text) in \($0.file.path):\($0.line)" } ?? profile.name,
            modifiedAt: header.flatMap { files.modifiedAt(of: $0.file) })
    }

    /// The plan of the environment's own sources; nil when it has none.
    private func environmentPlan(
        _ configuration: ProfileConfiguration, _ files: SharedFiles
    ) throws(ResolveProblem) -> Plan? {
        guard let credentials = try environment.credentials() else {
            if let file = environment.webIdentityTokenFile, environment.roleARN != nil {
                throw .badSetting(
                    name: "AWS_WEB_IDENTITY_TOKEN_FILE",
                    what: "it comes before the shared files, and this version cannot use it",
                    file.provenance)
            }
            return nil
        }
        // The files give settings only, so one that cannot be read is no reason to stop: the SDKs
        // use the keys all the same.
        let profile = files.profile(environment.profile?.value ?? "default")
        var rows = [row(.environmentKeys, credentials.accessKeyID, .chosen)]
        if let id = profile?.text(.accessKeyID) {
            rows.append(row(.profileKeys, id, .shadowed(by: .environmentKeys)))
        }
        return try plan(
            configuration, profile, files, credentials, rows,
            source: "AWS_ACCESS_KEY_ID in the environment", modifiedAt: nil)
    }

    private func profile(
        _ configuration: ProfileConfiguration, _ files: SharedFiles
    ) throws(ResolveProblem) -> SharedProfile {
        let isNamed = configuration.origin == .profile || environment.profile != nil
        let name =
            configuration.origin == .profile
            ? configuration.awsProfile : environment.profile?.value ?? "default"
        if let profile = files.profile(name) { return profile }
        let searched = files.searched(for: name)
        guard isNamed else {
            throw .noSource(searched: environmentSearched(configuration) + searched)
        }
        throw .profileMissing(
            name: name, searched: searched,
            candidates: nearestNames(to: name, in: files.profileNames))
    }

    private func environmentSearched(_ configuration: ProfileConfiguration) -> [String] {
        configuration.origin == .defaultChain
            ? ["environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"] : []
    }

    private func plan(
        _ configuration: ProfileConfiguration, _ profile: SharedProfile?, _ files: SharedFiles,
        _ credentials: Credentials, _ rows: [Plan.Row], source: String, modifiedAt: WallTime?
    ) throws(ResolveProblem) -> Plan {
        let settings = SettingsLookup(
            ownRegion: configuration.region, defaultRegion: configuration.defaultRegion,
            overrides: overrides, environment: environment, profile: profile, services: files)
        let region = try settings.region()
        let (variant, special) = try settings.variant()
        let url = try settings.customURLText()
        if let url, let special { throw conflict(special, url.provenance, variant) }
        let key = EndpointCache.Key(
            customURL: url?.value, region: region.value, variant: variant)
        let pair = try endpoints.pair(key) { () throws(ResolveProblem) -> EndpointPair in
            guard let url else { return EndpointPair(region: region.value, variant) }
            return EndpointPair(try settings.parse(url), region: region.value)
        }
        let provenance = url?.provenance ?? region.provenance
        return Plan(
            profile: profile?.name, steps: [.keys(credentials)], rows: rows, region: region,
            endpoint: Sourced(pair.endpoint, from: provenance), mainEndpoint: pair.main,
            source: source, sourceModifiedAt: modifiedAt)
    }

    private func row(
        _ source: CredentialSource, _ id: Sourced<String>, _ standing: Plan.Standing
    ) -> Plan.Row {
        Plan.Row(
            source: source, provenance: id.provenance, accessKeyID: id.value, standing: standing)
    }

    /// The SDKs refuse the combination too.
    private func conflict(
        _ setting: Sourced<String>, _ url: Provenance, _ variant: EndpointVariant
    ) -> ResolveProblem {
        .badSetting(
            name: variant.isFIPS ? "use_fips_endpoint" : "use_dualstack_endpoint",
            what: "it cannot be combined with the endpoint URL of \(url)", setting.provenance)
    }
}
