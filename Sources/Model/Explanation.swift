/// What `credwatch explain` says about a profile: its plan or why there is none, and what the SDKs skip.
package struct Explanation: Sendable {
    /// How a source fared when it was probed on its own.
    package struct Probe: Sendable {
        package var row: Int
        package var result: CheckResult

        package init(row: Int, result: CheckResult) {
            self.row = row
            self.result = result
        }
    }

    package var profile: String
    package var plan: Plan?
    /// Why there is no plan.
    package var problem: Diagnosis?
    /// What SDKs, or systemd, pass over in the files, and in the profiles of the plan.
    package var notes: [Plan.Note]
    /// Nil when nobody asked for it; else one for each row that leads to credentials.
    package var probes: [Probe]?

    package init(
        profile: String, plan: Plan? = nil, problem: Diagnosis? = nil, notes: [Plan.Note] = [],
        probes: [Probe]? = nil
    ) {
        self.profile = profile
        self.plan = plan
        self.problem = problem
        self.notes = notes
        self.probes = probes
    }

    /// The row that wins.
    package var winner: Int? {
        plan?.rows.firstIndex { $0.standing == .chosen }
    }

    /// Whether the winning source is accepted; nil when there is no plan, or nobody asked.
    package var verdict: Verdict? {
        probes?.first { $0.row == winner }?.result.diagnosis.verdict
    }
}

extension CredentialSource {
    /// The source in two or three words: `assumed role`.
    package var title: String {
        switch self {
        case .environmentKeys: "environment keys"
        case .webIdentity: "web identity"
        case .assumeRole: "assumed role"
        case .sso: "IAM Identity Center"
        case .loginSession: "aws login"
        case .profileKeys: "profile keys"
        case .credentialProcess: "credential process"
        case .container: "container endpoint"
        case .instanceMetadata: "instance metadata"
        case .credentialsDirectory: "systemd credential"
        }
    }
}

extension PlanStep {
    /// What is done, as a clause without secrets: `assume arn:aws:iam::1:role/app at https://sts…`.
    package var summary: String {
        switch self {
        case .keys(let keys):
            let token = keys.sessionToken == nil ? "" : " with its session token"
            return "take an access key\(token) (\(keys.accessKeyID.provenance))"
        case .assumeRole(let role):
            return "assume \(role.roleARN.value) (\(role.roleARN.provenance)) at "
                + role.endpoint.url
                + options(
                    session: role.sessionName, duration: role.durationSeconds,
                    hasExternalID: role.externalID != nil)
        case .webIdentity(let identity):
            return "read the token in \(identity.tokenFile.value) "
                + "(\(identity.tokenFile.provenance)), and assume \(identity.roleARN.value) with it "
                + "at \(identity.endpoint.url)"
                + options(session: identity.sessionName, duration: identity.durationSeconds)
        case .sso(let login):
            let renewal =
                login.session == nil ? ", which nobody can renew" : ", renewed at \(login.oidcURL)"
            return "read the login in \(login.cacheFile)\(renewal), and ask \(login.portalURL) for "
                + "the role \(login.roleName) of account \(login.accountID)"
        case .loginSession(let login):
            return "read the session in \(login.cacheFile), renewed at \(login.signInURL)"
        case .process(let process):
            return "run the program that \(process.command.provenance) names"
        case .container(let endpoint):
            let token: String
            if let file = endpoint.tokenFile {
                token = " with the token in \(file.value)"
            } else {
                token = endpoint.token.map { " with the token of \($0.provenance)" } ?? ""
            }
            return "ask \(endpoint.url.value)\(token)"
        case .instanceMetadata(let service):
            return "ask \(service.url.value) (version 2) for the instance's role"
        }
    }

    private func options(
        session: String?, duration: Int?, hasExternalID: Bool = false
    ) -> String {
        var parts: [String] = []
        if let session { parts.append("session name \(session)") }
        if hasExternalID { parts.append("an external id") }
        if let duration { parts.append("\(duration) seconds") }
        return parts.isEmpty ? "" : ", with " + parts.joined(separator: ", ")
    }
}
