package import Model

/// Says how a CI job gets credentials without long-term keys; nil outside of CI, or without such a key.
///
/// `environment` has the job's variables, `accessKeyID` is the key in use, `identity` whose it is. Names that
/// the environment tells are filled in, the others stay words in capitals.
package func pipelineAdvice(
    in environment: [String: String], accessKeyID: String?, identity: CallerIdentity?,
    region: String?
) -> PipelineAdvice? {
    guard let system = CISystem(in: environment), let accessKeyID, accessKeyID.hasPrefix("AKIA")
    else { return nil }
    let job = CIJob(environment, identity, region: region)
    let trust = federation(of: system, in: job)
    let policy = trust.map { $0.trustPolicy(in: job) }
    let shown = accessKeyID.utf8.count < opaqueLength ? accessKeyID : redacted(accessKeyID)
    var sentences = [
        "This is a job of \(system.name), and it uses the long-term access key \(shown): whoever sees the job's secrets has it until somebody revokes it."
    ]
    sentences.append(contentsOf: explanation(of: system))
    let usage = usage(of: system, in: job)
    return PipelineAdvice(
        system: system.name, variable: system.variable, sentences: sentences, file: usage?.file,
        snippet: usage?.snippet, trustPolicy: policy,
        commands: trust.map { $0.commands(in: job) } ?? [])
}

/// What is known of a job, each value checked to be harmless in a snippet, a policy and a shell.
struct CIJob {
    private let environment: [String: String]
    /// 12 digits, or the word ACCOUNT.
    let account: String
    /// `aws`, of the identity's ARN.
    let partition: String
    let region: String

    init(_ environment: [String: String], _ identity: CallerIdentity?, region: String?) {
        self.environment = environment
        let isAccount = identity.map { identity in
            identity.account.utf8.count == 12
                && identity.account.utf8.allSatisfy { $0 &- 0x30 < 10 }
        }
        account = isAccount == true ? identity?.account ?? "ACCOUNT" : "ACCOUNT"
        let arn = identity?.arn.split(separator: ":", omittingEmptySubsequences: false) ?? []
        let known = Partition.all.map(\.id)
        partition = arn.count > 1 && known.contains(String(arn[1])) ? String(arn[1]) : "aws"
        self.region = region.flatMap { Self.isHarmless($0) ? $0 : nil } ?? "REGION"
    }

    /// A variable's value; nil when it is not set, or has characters that no such name has.
    subscript(name: String) -> String? {
        guard let value = environment[name], Self.isHarmless(value) else { return nil }
        return value
    }

    /// The host, with path, of a URL of https in a variable; a stand-in when the variable is not set, or has
    /// something else, since AWS asks issuers by https only.
    func issuer(_ name: String, otherwise usual: String, unusable: String) -> String {
        guard environment[name]?.isEmpty == false else { return usual }
        guard var value = self[name], value.hasPrefix("https://") else { return unusable }
        while value.hasSuffix("/") { value.removeLast() }
        value.removeFirst("https://".count)
        return value.isEmpty ? unusable : value
    }

    var roleARN: String { "arn:\(partition):iam::\(account):role/ROLE" }

    /// Letters, digits and what paths, URLs and UUIDs have; nothing that ends a word or a quotation.
    private static func isHarmless(_ value: String) -> Bool {
        (1...256).contains(value.utf8.count)
            && value.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                case 0x2D, 0x2E, 0x2F, 0x3A, 0x5F, 0x7B, 0x7D: true
                default: false
                }
            }
    }
}

/// Why another way is better, and what it rests on.
private func explanation(of system: CISystem) -> [String] {
    let oidc =
        "With OpenID Connect the job shows a token that \(system.name) signs for it, and STS gives it a role for an hour (sts:AssumeRoleWithWebIdentity): no key is stored anywhere."
    switch system {
    case .gitHub:
        return [
            oidc,
            "Repositories made or renamed from 15 July 2026 on have their ids in the token's subject, older ones only the names: the policy takes both.",
        ]
    case .gitLab, .circleCI, .buildkite:
        return [oidc]
    case .bitbucket:
        return [
            oidc,
            "The exact provider URL and audience stand in the repository's settings, OpenID Connect.",
        ]
    case .azure:
        return [
            oidc,
            "The AWS Toolkit for Azure DevOps does this in its tasks, when the AWS service connection has \"Use OIDC\" ticked and names the role.",
            "ORGANIZATION_ID is the organization's GUID: https://dev.azure.com/ORGANIZATION/_apis/connectionData shows it as instanceId.",
        ]
    case .jenkins:
        return [
            oidc,
            "Jenkins needs the plugin OpenID Connect Provider (oidc-provider), a credential \"OpenID Connect id token as file\" with the audience sts.amazonaws.com, and an address that AWS reaches by https. On EC2 or EKS the agent's own role is simpler still.",
        ]
    case .codeBuild:
        return [
            "CodeBuild gives each build the role of its project, and the SDKs find it by themselves. The key that hides it is not needed: remove it from the project's variables, and give the service role what it may do."
        ]
    case .teamCity:
        return [
            "An AWS connection (project settings, Connections) with the build feature \"AWS Credentials\" gives the build a session of a role in place of the key; with the server or the agent on EC2 no key is left at all."
        ]
    case .travis:
        return [
            "Travis CI gives its jobs no token that AWS could trust. Give the key a role to assume and nothing else, renew it often, or move the deployment to where a role is at hand."
        ]
    }
}
