/// The CI systems that say by their variables that a job of theirs runs here.
enum CISystem: CaseIterable {
    case gitHub, gitLab, bitbucket, circleCI, azure, codeBuild, buildkite, travis, teamCity, jenkins

    /// The variable that each of them sets, and documents.
    var variable: String {
        switch self {
        case .gitHub: "GITHUB_ACTIONS"
        case .gitLab: "GITLAB_CI"
        case .bitbucket: "BITBUCKET_BUILD_NUMBER"
        case .circleCI: "CIRCLECI"
        case .azure: "TF_BUILD"
        case .codeBuild: "CODEBUILD_BUILD_ARN"
        case .buildkite: "BUILDKITE"
        case .travis: "TRAVIS"
        case .teamCity: "TEAMCITY_VERSION"
        case .jenkins: "JENKINS_URL"
        }
    }

    var name: String {
        switch self {
        case .gitHub: "GitHub Actions"
        case .gitLab: "GitLab CI"
        case .bitbucket: "Bitbucket Pipelines"
        case .circleCI: "CircleCI"
        case .azure: "Azure Pipelines"
        case .codeBuild: "AWS CodeBuild"
        case .buildkite: "Buildkite"
        case .travis: "Travis CI"
        case .teamCity: "TeamCity"
        case .jenkins: "Jenkins"
        }
    }

    /// The system of an environment; nil outside of all of them.
    ///
    /// Jenkins comes last, since its variable is inherited by what it starts elsewhere.
    init?(in environment: [String: String]) {
        let found = Self.allCases.first { system in
            guard let value = environment[system.variable], !value.isEmpty else { return false }
            return value.lowercased() != "false"
        }
        guard let found else { return nil }
        self = found
    }
}
