import Model

/// A chain of roles as steps and rows.
extension PlanContext {
    /// What the role of the profile in use leads to.
    func chain() throws(ResolveProblem) -> Draft {
        guard let profile else { return Draft() }
        let chain = try ProfileChain(from: profile, in: files)
        var draft =
            switch chain.base {
            case .profile(let profile, let source): try leaf(profile, source)
            case .named(let source, let profile): try named(source, profile)
            }
        var serial: Provenance?
        for role in chain.roles.reversed() {
            try role.refuseEndlessValues()
            draft.steps.append(.assumeRole(try assumption(role)))
            draft.rows.append(row(role, draft.steps))
            if role.has(.mfaSerial) { serial = role.place(.mfaSerial) }
            if let file = role.header(of: .roleARN)?.file, let facts = files.facts(of: file) {
                draft.modifiedAt = max(draft.modifiedAt ?? facts.modifiedAt, facts.modifiedAt)
            }
        }
        // Only now: what is wrong with the chain itself comes before what a person would have to do.
        if let serial { throw .needsMFA(serial: serial) }
        draft.rows.reverse()
        return draft
    }

    /// A source that `credential_source` names.
    private func named(
        _ source: Sourced<String>, _ profile: SharedProfile
    ) throws(ResolveProblem) -> Draft {
        var draft = Draft()
        let lack: String
        switch source.value.lowercased() {
        case "environment":
            draft = try self.draft(.environmentKeys)
            lack = "the environment has no keys"
        case "ecscontainer":
            draft = try self.draft(.container)
            lack = "the environment names no container endpoint"
        case "ec2instancemetadata":
            let disabled = environment.metadataDisabled
            if disabled == nil { draft = try metadata(isNamed: true) }
            let title = disabled.map(environment.title) ?? ""
            lack = "the instance metadata service is switched off by \(title)"
        default:
            throw .badSetting(
                name: KnownProperty.credentialSource.name,
                what: "it has to be Environment, Ec2InstanceMetadata or EcsContainer",
                source.provenance)
        }
        if draft.steps.isEmpty {
            throw .badChain(
                what: "[\(profile.name)] has credential_source = \(source.value), but \(lack)",
                source.provenance)
        }
        return draft
    }

    private func row(_ role: SharedProfile, _ steps: [PlanStep]) -> Plan.Row {
        Plan.Row(
            source: .assumeRole, provenance: role.place(.roleARN), standing: .chosen,
            title: "role_arn of \(role.title(of: .roleARN))",
            detail: role.text(.roleARN).map { "assumes \($0.value)" }, steps: steps)
    }

    private func assumption(_ role: SharedProfile) throws(ResolveProblem) -> RoleAssumption {
        RoleAssumption(
            roleARN: try role.need(.roleARN, beside: .sourceProfile),
            sessionName: role.text(.roleSessionName)?.value,
            externalID: role.text(.externalID)?.value, durationSeconds: try duration(role),
            endpoint: place.endpoint.value)
    }

    private func duration(_ role: SharedProfile) throws(ResolveProblem) -> Int? {
        guard let text = role.text(.durationSeconds) else { return nil }
        if let seconds = Int(text.value), (900...43_200).contains(seconds) { return seconds }
        throw .badSetting(
            name: KnownProperty.durationSeconds.name,
            what: "it has to be a whole number from 900 to 43200", text.provenance)
    }
}
