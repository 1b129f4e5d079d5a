import Model

/// What AWS has to know of a CI system that signs tokens.
struct CIFederation {
    /// The issuer without `https://`, as IAM names the provider.
    var issuer: String
    var audience: String
    /// What the token's `sub` may be, with `*` for any.
    var subjects: [String]

    /// The trust policy of the role, as JSON.
    func trustPolicy(in job: CIJob) -> String {
        var json = JSONWriter(pretty: true)
        json.object { json in
            json.member("Version", "2012-10-17")
            json.array("Statement") { json in
                json.object { json in
                    json.member("Effect", "Allow")
                    json.object("Principal") { json in
                        json.member("Federated", providerARN(in: job))
                    }
                    json.member("Action", "sts:AssumeRoleWithWebIdentity")
                    json.object("Condition") { json in
                        json.object("StringEquals") { $0.member(named: "\(issuer):aud", audience) }
                        json.object("StringLike") { json in
                            if subjects.count == 1 {
                                json.member(named: "\(issuer):sub", subjects[0])
                            } else {
                                json.array(named: "\(issuer):sub") { json in
                                    for subject in subjects { json.element(subject) }
                                }
                            }
                        }
                    }
                }
            }
        }
        return json.text
    }

    /// What an administrator runs once; the policy of above is in trust.json then.
    func commands(in job: CIJob) -> [String] {
        [
            "aws iam create-open-id-connect-provider --url 'https://\(issuer)' --client-id-list '\(audience)'",
            "aws iam create-role --role-name ROLE --assume-role-policy-document file://trust.json",
            "aws iam attach-role-policy --role-name ROLE --policy-arn POLICY_ARN",
        ]
    }

    private func providerARN(in job: CIJob) -> String {
        "arn:\(job.partition):iam::\(job.account):oidc-provider/\(issuer)"
    }
}

/// Who signs the tokens of a job, and how they name it; nil where nobody does.
///
/// By the systems' own pages, November 2026.
func federation(of system: CISystem, in job: CIJob) -> CIFederation? {
    switch system {
    case .gitHub:
        return gitHub(job)
    case .gitLab:
        let host = job.issuer("CI_SERVER_URL", otherwise: "gitlab.com", unusable: "GITLAB_HOST")
        let project = job["CI_PROJECT_PATH"] ?? "GROUP/PROJECT"
        let kind = job["CI_COMMIT_TAG"] == nil ? "branch" : "tag"
        let ref = job["CI_COMMIT_REF_NAME"] ?? "BRANCH"
        return CIFederation(
            issuer: host, audience: "https://\(host)",
            subjects: ["project_path:\(project):ref_type:\(kind):ref:\(ref)"])
    case .bitbucket:
        let workspace = job["BITBUCKET_WORKSPACE"] ?? "WORKSPACE"
        let owner = job["BITBUCKET_REPO_OWNER_UUID"]?.filter { $0 != "{" && $0 != "}" }
        return CIFederation(
            issuer:
                "api.bitbucket.org/2.0/workspaces/\(workspace)/pipelines-config/identity/oidc",
            audience: "ari:cloud:bitbucket::workspace/\(owner ?? "WORKSPACE_UUID")",
            subjects: ["\(job["BITBUCKET_REPO_UUID"] ?? "{REPOSITORY_UUID}")*:*"])
    case .circleCI:
        let organization = job["CIRCLE_ORGANIZATION_ID"] ?? "ORGANIZATION_ID"
        let project = job["CIRCLE_PROJECT_ID"] ?? "PROJECT_ID"
        return CIFederation(
            issuer: "oidc.circleci.com/org/\(organization)", audience: organization,
            subjects: ["org/\(organization)/project/\(project)/user/*"])
    case .azure:
        let organization = job.organization ?? "ORGANIZATION"
        let project = job["SYSTEM_TEAMPROJECT"] ?? "PROJECT"
        return CIFederation(
            issuer: "vstoken.dev.azure.com/\(job["SYSTEM_COLLECTIONID"] ?? "ORGANIZATION_ID")",
            audience: "api://AzureADTokenExchange",
            subjects: ["sc://\(organization)/\(project)/CONNECTION"])
    case .buildkite:
        let organization = job["BUILDKITE_ORGANIZATION_SLUG"] ?? "ORGANIZATION"
        let pipeline = job["BUILDKITE_PIPELINE_SLUG"] ?? "PIPELINE"
        let branch = job["BUILDKITE_BRANCH"] ?? "BRANCH"
        return CIFederation(
            issuer: "agent.buildkite.com", audience: "sts.amazonaws.com",
            subjects: [
                "organization:\(organization):pipeline:\(pipeline):ref:refs/heads/\(branch):commit:*:step:*"
            ])
    case .jenkins:
        return CIFederation(
            issuer: job.issuer(
                "JENKINS_URL", otherwise: "JENKINS_HOST", unusable: "JENKINS_HOST") + "/oidc",
            audience: "sts.amazonaws.com",
            subjects: [job["JOB_URL"] ?? "https://JENKINS_HOST/job/JOB/"])
    case .codeBuild, .teamCity, .travis:
        return nil
    }
}

/// The token of GitHub, or of a server of one's own, where the issuer is another one.
private func gitHub(_ job: CIJob) -> CIFederation {
    let server = job.issuer(
        "GITHUB_SERVER_URL", otherwise: "github.com", unusable: "GITHUB_HOST")
    let repository = job["GITHUB_REPOSITORY"] ?? "OWNER/REPOSITORY"
    // A pull request has a subject of its own, which a role for deployments should not trust.
    let ref =
        job["GITHUB_REF"].flatMap {
            $0.hasPrefix("refs/heads/") || $0.hasPrefix("refs/tags/") ? $0 : nil
        } ?? "refs/heads/BRANCH"
    var subjects = ["repo:\(repository):ref:\(ref)"]
    let names = repository.split(separator: "/")
    if names.count == 2, let owner = job["GITHUB_REPOSITORY_OWNER_ID"],
        let id = job["GITHUB_REPOSITORY_ID"]
    {
        subjects.append("repo:\(names[0])@\(owner)/\(names[1])@\(id):ref:\(ref)")
    }
    return CIFederation(
        issuer: server == "github.com"
            ? "token.actions.githubusercontent.com" : "\(server)/_services/token",
        audience: "sts.amazonaws.com", subjects: subjects)
}

extension CIJob {
    /// The organization of `https://dev.azure.com/ORGANIZATION/` or `https://ORGANIZATION.visualstudio.com/`.
    fileprivate var organization: String? {
        let place = issuer("SYSTEM_COLLECTIONURI", otherwise: "", unusable: "")
        let parts = place.split(separator: "/")
        if parts.first == "dev.azure.com" { return parts.count > 1 ? String(parts[1]) : nil }
        return parts.first?.split(separator: ".").first.map { String($0) }
    }
}
