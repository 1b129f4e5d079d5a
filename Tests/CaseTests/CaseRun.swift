import Diagnosing
import Model
import Obtaining
import Resolving

/// What a case came to, in the words of `expected.json`.
struct CaseRun {
    var outcome = ""
    var facts: [String] = []
    /// The sentences that a person would get to read, one after the other.
    var text = ""
    var places: [String] = []
    var steps: [String]?
    var rows: [String]?

    private let root: String

    /// Resolves and obtains as a check does, up to the first request with the credentials themselves.
    init(_ folder: CaseFolder, _ tree: FileTree, _ world: RecordedWorld) async {
        root = tree.path + "/"
        let machine = folder.machine
        var variables = machine.variables.mapValues(tree.place)
        if variables["HOME"] == nil { variables["HOME"] = tree.path + "/home" }
        // Credential processes need to find their programs.
        variables["PATH"] = variables["PATH"] ?? "/usr/bin:/bin"
        let profile = ProfileConfiguration(
            name: machine.profile ?? "app", awsProfile: machine.profile,
            origin: machine.profile == nil ? .defaultChain : .profile, timeout: .seconds(5),
            defaultRegion: Sourced("us-east-1", from: .builtIn("a case")))
        let now = Instant(moment: Moment(nanoseconds: 86_400_000_000_000), wall: machine.now)
        let resolver = Resolver(
            environment: AWSEnvironment(variables: variables, user: machine.user))
        let obtainer = Obtainer(transport: world, now: { now })
        do throws(ResolveProblem) {
            let plan = try await resolver.explain(profile)
            steps = plan.steps.map { shorten($0.line) }
            rows = plan.rows.map { shorten($0.line) }
            text = plan.notes.map { "\($0.sentence)\n" }.joined()
            do throws(ObtainProblem) {
                let obtained = try await obtainer.obtain(plan.steps, within: profile.timeout)
                conclude(obtained, plan, profile)
            } catch {
                conclude(diagnosis(of: error, profile: profile.name))
            }
        } catch {
            conclude(diagnosis(of: error, profile: profile.name))
        }
    }

    private mutating func conclude(
        _ obtained: ObtainedCredentials, _ plan: Plan, _ profile: ProfileConfiguration
    ) {
        let credentials = obtained.credentials
        let subject = Subject(
            profile: profile.name, resolved: ResolvedProfile(plan, with: credentials),
            expected: ExpectedIdentity())
        if case .conclude(let diagnosis) = nextStep(for: subject, after: []) {
            return conclude(diagnosis)
        }
        outcome = "credentials"
        facts = [
            "access_key_id: \(credentials.accessKeyID.value)",
            "secret_access_key: \(credentials.secretAccessKey.value.reveal())",
        ]
        if let token = credentials.sessionToken {
            facts.append("session_token: \(token.value.reveal())")
        }
        if let end = credentials.expiresAt { facts.append("expires_at: \(end.value.rfc3339)") }
        if let account = credentials.accountID { facts.append("account_id: \(account)") }
        describe(obtained.evidence)
    }

    private mutating func conclude(_ diagnosis: Diagnosis) {
        text += "\(diagnosis.summary)\n\(diagnosis.remedy)\n"
        describe(diagnosis.evidence)
        guard diagnosis.cause != .noCredentials else {
            outcome = "none"
            return
        }
        outcome = "error"
        facts = ["cause: \(diagnosis.cause.rawValue)", "place: \(places.last ?? "nowhere")"]
    }

    private mutating func describe(_ evidence: [Evidence]) {
        for item in evidence {
            if case .location(let place) = item { places.append(shorten(place.description)) }
            text += "\(item)\n"
        }
        text = shorten(text)
    }

    /// Names files by their place in `fs/`.
    private func shorten(_ text: String) -> String { text.replacing(root, with: "") }
}

extension PlanStep {
    /// The step in one line.
    fileprivate var line: String {
        func more(_ pairs: KeyValuePairs<String, String?>) -> String {
            pairs.compactMap { name, value in value.map { " \(name)=\($0)" } }.joined()
        }
        switch self {
        case .keys(let credentials):
            return "keys \(credentials.accessKeyID.value)"
                + (credentials.sessionToken == nil ? "" : " with a token")
        case .assumeRole(let role):
            return "assume_role \(role.roleARN.value)"
                + more([
                    "session": role.sessionName, "external_id": role.externalID,
                    "duration": role.durationSeconds.map(String.init), "at": role.endpoint.url,
                ])
        case .webIdentity(let step):
            return "web_identity \(step.roleARN.value)"
                + more([
                    "session": step.sessionName, "token_file": step.tokenFile.value,
                    "at": step.endpoint.url,
                ])
        case .sso(let step):
            return "sso \(step.accountID) \(step.roleName)"
                + more(["session": step.session, "cache": step.cacheFile, "at": step.portalURL])
        case .loginSession(let step):
            return "login_session \(step.session.value)"
                + more(["cache": step.cacheFile, "at": step.signInURL])
        case .process(let step): return "credential_process of \(step.command.provenance)"
        case .container(let step):
            return "container \(step.url.value)"
                + (step.token == nil ? "" : " with a token")
                + more(["token_file": step.tokenFile?.value])
        case .instanceMetadata(let step): return "instance_metadata \(step.url.value)"
        }
    }
}

extension Plan.Row {
    /// The row in one line.
    fileprivate var line: String {
        let standing =
            switch standing {
            case .chosen: "chosen"
            case .shadowed(let source): "shadowed by \(source.rawValue)"
            case .notConsulted: "not consulted"
            }
        return "\(source.rawValue), \(standing): \(title)"
            + (accessKeyID.map { " (\($0))" } ?? "") + (detail.map { ", \($0)" } ?? "")
            + (problem == nil ? "" : ", would fail")
    }
}
