import Model

/// Which profile is meant, where its requests go, and what to say when it leads nowhere.
extension Planner {
    /// The name of the profile in the shared files.
    func name(of configuration: ProfileConfiguration) -> String {
        configuration.origin == .profile
            ? configuration.awsProfile : environment.profile?.value ?? "default"
    }

    /// Why a profile that is not there ends the search; nil when nobody asked for it.
    func missing(
        _ configuration: ProfileConfiguration, _ files: SharedFiles
    ) -> ResolveProblem? {
        guard configuration.origin == .profile || environment.profile != nil else { return nil }
        let name = name(of: configuration)
        return .profileMissing(
            name: name, searched: files.searched(for: name),
            candidates: nearestNames(to: name, in: files.profileNames))
    }

    /// What was looked at in vain, up to a source at the end of the order; none for any other source.
    func searched(
        _ configuration: ProfileConfiguration, _ context: PlanContext, before source: Candidate?
    ) -> [String] {
        guard source == nil || source == .container || source == .instanceMetadata else {
            return []
        }
        let files =
            context.profile?.searched ?? context.files.searched(for: name(of: configuration))
        guard configuration.origin == .defaultChain else { return files }
        var searched = ["environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"]
        if source == nil {
            let slips = environment.slips(for: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
            if !slips.isEmpty {
                searched[0] += " (not \(slips.joined(separator: " and ")), which no SDK reads)"
            }
        }
        if let token = environment.webIdentityTokenFile {
            let title = environment.title(token.provenance)
            searched.append("\(title) (skipped, since AWS_ROLE_ARN is not set)")
        }
        searched += files
        if let disabled = environment.metadataDisabled {
            let title = environment.title(disabled)
            searched.append("the instance metadata service (switched off by \(title))")
        }
        return searched
    }

    /// Finds where requests go, from the settings of a profile or of the environment alone.
    func context(
        _ configuration: ProfileConfiguration, _ profile: SharedProfile?, _ files: SharedFiles
    ) throws(ResolveProblem) -> PlanContext {
        let settings = settings(configuration, profile, files)
        return PlanContext(
            environment: environment, files: files, profile: profile, settings: settings,
            place: try place(settings))
    }

    /// The settings of a profile, or of the environment alone.
    func settings(
        _ configuration: ProfileConfiguration, _ profile: SharedProfile?, _ files: SharedFiles
    ) -> SettingsLookup {
        SettingsLookup(
            ownRegion: configuration.region, defaultRegion: configuration.defaultRegion,
            overrides: overrides, environment: environment, profile: profile, services: files)
    }

    private func place(_ settings: SettingsLookup) throws(ResolveProblem) -> RequestPlace {
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
        return RequestPlace(
            region: region, endpoint: Sourced(pair.endpoint, from: provenance), main: pair.main)
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

extension SharedProfile {
    /// The profile's sections for a list of what was looked at, with what has no effect there.
    fileprivate var searched: [String] {
        guard !has(.roleARN), has(.sourceProfile) || has(.credentialSource) else { return headers }
        let property: KnownProperty = has(.sourceProfile) ? .sourceProfile : .credentialSource
        return headers.map { "\($0) (\(property.name) counts beside role_arn only)" }
    }
}
