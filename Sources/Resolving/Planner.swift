package import Model

/// The pure half of resolving: which source wins, and where its request goes.
package struct Planner: Sendable {
    let overrides: AWSOverrides
    let environment: EnvironmentSettings
    let endpoints = EndpointCache()

    package init(_ environment: AWSEnvironment, _ overrides: AWSOverrides = AWSOverrides()) {
        self.overrides = overrides
        self.environment = EnvironmentSettings(environment)
    }

    /// Makes the plan of a profile from what the shared files hold.
    ///
    /// Touches neither disk nor network. The sources come in the SDKs' order: the environment's keys,
    /// web identity of the environment, the profile, the container's endpoint, instance metadata. A
    /// check that names its profile asks that alone.
    package func plan(
        _ configuration: ProfileConfiguration, in files: SharedFiles
    ) throws(ResolveProblem) -> Plan {
        let profile = files.profile(name(of: configuration))
        let candidates = candidates(configuration, profile)
        let isOfEnvironment =
            candidates.first == .environmentKeys || candidates.first == .environmentWebIdentity
        // The files give settings only to a source of the environment, so one that cannot be read is
        // no reason to stop then: the SDKs use the source all the same.
        if !isOfEnvironment {
            if let problem = files.problem { throw problem }
            if profile == nil, let problem = missing(configuration, files) { throw problem }
        }
        let context = try context(configuration, profile, files)
        guard let first = candidates.first else {
            throw .noSource(searched: searched(configuration, context, before: nil))
        }
        let chosen = try context.draft(first)
        return Plan(
            profile: profile?.name, steps: chosen.steps,
            rows: rows(configuration, context, chosen, candidates), region: context.place.region,
            endpoint: context.place.endpoint, mainEndpoint: context.place.main,
            source: chosen.rows.first?.title ?? "", sourceModifiedAt: chosen.modifiedAt,
            searched: searched(configuration, context, before: first))
    }

    /// Makes the plan, and looks at what the SDKs pass over in the profiles that it rests on.
    package func explain(
        _ configuration: ProfileConfiguration, in files: SharedFiles
    ) throws(ResolveProblem) -> Plan {
        var plan = try plan(configuration, in: files)
        plan.notes = files.profile(name(of: configuration)).map { notes(on: $0, in: files) } ?? []
        return plan
    }

    // MARK: The order

    /// The sources that are there, the one that counts first.
    private func candidates(
        _ configuration: ProfileConfiguration, _ profile: SharedProfile?
    ) -> [Candidate] {
        let ofProfile = (profile?.sources ?? []).map(Candidate.profile)
        guard configuration.origin == .defaultChain else { return ofProfile }
        var candidates: [Candidate] = environment.keysPlace == nil ? [] : [.environmentKeys]
        let hasWebIdentity = environment.webIdentityTokenFile != nil && environment.roleARN != nil
        // A role of the profile that AWS_PROFILE names comes before web identity of the environment in
        // all of botocore, Rust and Kotlin.
        let isRoleNamed = environment.profile != nil && ofProfile.first == .profile(.assumeRole)
        if hasWebIdentity, !isRoleNamed { candidates.append(.environmentWebIdentity) }
        candidates += ofProfile
        if hasWebIdentity, isRoleNamed { candidates.append(.environmentWebIdentity) }
        if environment.containerURI != nil { candidates.append(.container) }
        if environment.metadataDisabled == nil { candidates.append(.instanceMetadata) }
        return candidates
    }

    private func rows(
        _ configuration: ProfileConfiguration, _ context: PlanContext, _ chosen: Draft,
        _ candidates: [Candidate]
    ) -> [Plan.Row] {
        let isExplicit = configuration.origin == .profile
        let hasToken = environment.webIdentityTokenFile != nil
        let winner = chosen.rows.first?.source ?? .profileKeys
        var before: [Plan.Row] = []
        if isExplicit, environment.keysPlace != nil {
            before.append(row(context, .environmentKeys, .notConsulted))
        }
        if hasToken, isExplicit || environment.roleARN == nil {
            before.append(row(context, .environmentWebIdentity, .notConsulted))
        }
        var after = candidates.dropFirst().map { row(context, $0, .shadowed(by: winner)) }
        if isExplicit, environment.containerURI != nil {
            after.append(row(context, .container, .notConsulted))
        }
        // A link of the chosen chain is not a source that the chain hides.
        let links = chosen.rows.map(\.provenance)
        return before.filter { !links.contains($0.provenance) } + chosen.rows
            + after.filter { !links.contains($0.provenance) }
    }

    /// The row of a source that is not the one, with what it would lead to.
    private func row(
        _ context: PlanContext, _ candidate: Candidate, _ standing: Plan.Standing
    ) -> Plan.Row {
        do throws(ResolveProblem) {
            let draft = try context.draft(candidate)
            var row = draft.rows.first ?? context.row(candidate, standing)
            row.standing = standing
            return row
        } catch {
            return context.row(candidate, standing, problem: error)
        }
    }
}
