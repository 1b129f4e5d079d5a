import Model

/// Everything that planning one profile looks at.
struct PlanContext {
    let environment: EnvironmentSettings
    let files: SharedFiles
    /// The profile in use; nil when there is none.
    let profile: SharedProfile?
    let settings: SettingsLookup
    let place: RequestPlace
}

/// Where requests to STS go.
struct RequestPlace {
    var region: Sourced<String>
    var endpoint: Sourced<Endpoint>
    var main: Endpoint?
}

/// A source that may be the one, in the order of the SDKs.
enum Candidate: Equatable {
    case environmentKeys, environmentWebIdentity
    case profile(CredentialSource)
    case container, instanceMetadata
}

/// What one source alone would lead to.
struct Draft {
    var steps: [PlanStep] = []
    /// The source, or each link of a chain, the selected profile's first.
    var rows: [Plan.Row] = []
    /// When the youngest of the files that it rests on was modified.
    var modifiedAt: WallTime?

    init() {}

    init(_ row: Plan.Row, _ step: PlanStep, _ modifiedAt: WallTime? = nil) {
        steps = [step]
        rows = [row]
        rows[0].steps = steps
        self.modifiedAt = modifiedAt
    }
}

extension PlanContext {
    /// Works out what a source leads to; throws why it would fail.
    func draft(_ candidate: Candidate) throws(ResolveProblem) -> Draft {
        switch candidate {
        case .environmentKeys: try environmentKeys()
        case .environmentWebIdentity: try environmentWebIdentity()
        case .profile(.assumeRole): try chain()
        case .profile(let source):
            if let profile { try leaf(profile, source) } else { Draft() }
        case .container: try container()
        case .instanceMetadata: try metadata(isNamed: false)
        }
    }

    /// The row of a source that is not worked out, or could not be.
    func row(
        _ candidate: Candidate, _ standing: Plan.Standing, problem: ResolveProblem? = nil
    ) -> Plan.Row {
        var row: Plan.Row
        switch candidate {
        case .environmentKeys:
            row = environmentRow(.environmentKeys, environment.keysPlace)
            row.accessKeyID = environment.accessKeyID?.value
        case .environmentWebIdentity:
            row = environmentRow(.webIdentity, environment.webIdentityTokenFile?.provenance)
            if environment.roleARN == nil { row.detail = "skipped, since AWS_ROLE_ARN is not set" }
        case .profile(let source):
            let property = profile?.property(of: source) ?? .accessKeyID
            row = Plan.Row(
                source: source, provenance: profile?.place(property) ?? .builtIn("no profile"),
                standing: standing, title: profile.map { title($0, source) } ?? "")
            if source == .profileKeys { row.accessKeyID = profile?.text(.accessKeyID)?.value }
        case .container:
            row = environmentRow(.container, environment.containerURI?.provenance)
        case .instanceMetadata:
            row = environmentRow(.instanceMetadata, nil)
            row.title = "the instance metadata service"
        }
        row.standing = standing
        row.problem = problem
        return row
    }

    private func environmentRow(_ source: CredentialSource, _ place: Provenance?) -> Plan.Row {
        Plan.Row(
            source: source, provenance: place ?? .builtIn("the end of the SDKs' order"),
            standing: .notConsulted, title: place.map(environment.title) ?? "")
    }

    // MARK: The environment and what is around it

    private func environmentKeys() throws(ResolveProblem) -> Draft {
        guard let credentials = try environment.credentials() else { return Draft() }
        var row = row(.environmentKeys, .chosen)
        if credentials.accessKeyID.variable != "AWS_ACCESS_KEY_ID"
            || credentials.secretAccessKey.variable != "AWS_SECRET_ACCESS_KEY"
        {
            row.detail = "by older names, which only some SDKs read"
        }
        return Draft(row, .keys(credentials))
    }

    private func environmentWebIdentity() throws(ResolveProblem) -> Draft {
        guard let file = environment.webIdentityTokenFile, let role = environment.roleARN else {
            return Draft()
        }
        var row = row(.environmentWebIdentity, .chosen)
        row.detail = "assumes \(role.value)"
        let step = WebIdentity(
            roleARN: role, sessionName: environment.roleSessionName?.value, tokenFile: file,
            endpoint: place.endpoint.value, user: environment.environment.user)
        return Draft(row, .webIdentity(step))
    }

    private func container() throws(ResolveProblem) -> Draft {
        guard let endpoint = try settings.containerEndpoint() else { return Draft() }
        return Draft(row(.container, .chosen), .container(endpoint))
    }

    func metadata(isNamed: Bool) throws(ResolveProblem) -> Draft {
        let metadata = try settings.instanceMetadata(isNamed: isNamed)
        var row = row(.instanceMetadata, .chosen)
        row.provenance = metadata.url.provenance
        row.title += " at \(metadata.url.value)"
        return Draft(row, .instanceMetadata(metadata))
    }

    // MARK: Profiles

    /// A source of a profile for a sentence.
    private func title(_ profile: SharedProfile, _ source: CredentialSource) -> String {
        let property = profile.property(of: source)
        let title = profile.title(of: property)
        return source == .profileKeys ? title : "\(property.name) of \(title)"
    }

    /// What one profile's own source leads to.
    func leaf(
        _ profile: SharedProfile, _ source: CredentialSource
    ) throws(ResolveProblem) -> Draft {
        try profile.refuseEndlessValues()
        let property = profile.property(of: source)
        let facts = profile.header(of: property).flatMap { files.facts(of: $0.file) }
        var row = Plan.Row(
            source: source, provenance: profile.place(property), standing: .chosen,
            title: title(profile, source))
        let step: PlanStep
        switch source {
        case .webIdentity:
            let web = try webIdentity(profile)
            row.detail = "assumes \(web.roleARN.value)"
            step = .webIdentity(web)
        case .sso: step = .sso(try ssoLogin(profile))
        case .loginSession: step = .loginSession(try loginSession(profile))
        case .credentialProcess:
            guard let command = profile.secret(.credentialProcess), let facts else {
                return Draft()
            }
            step = .process(
                CredentialProcess(
                    command: command, file: facts.ownership, environment: environment.environment,
                    accountID: profile.text(.accountID)?.value))
        default:
            let credentials = try profile.keys()
            row.accessKeyID = credentials.accessKeyID.value
            step = .keys(credentials)
        }
        return Draft(row, step, facts?.modifiedAt)
    }

    private func webIdentity(_ profile: SharedProfile) throws(ResolveProblem) -> WebIdentity {
        // `duration_seconds` does not count here: the SDKs leave it to AWS.
        WebIdentity(
            roleARN: try profile.need(.roleARN, beside: .webIdentityTokenFile),
            sessionName: profile.text(.roleSessionName)?.value,
            tokenFile: try profile.need(.webIdentityTokenFile, beside: .roleARN),
            endpoint: place.endpoint.value, user: environment.environment.user)
    }
}
