/// What stands in a job's definition so that it uses a role.
struct CIUsage {
    /// Where it belongs.
    var file: String
    /// YAML, or Groovy for Jenkins.
    var snippet: String
}

/// Writes the part of a job's definition that takes the role; nil where nothing has to be written.
func usage(of system: CISystem, in job: CIJob) -> CIUsage? {
    switch system {
    case .gitHub:
        CIUsage(
            file: ".github/workflows/WORKFLOW.yml",
            snippet: """
                permissions:
                  id-token: write
                  contents: read
                steps:
                  - uses: aws-actions/configure-aws-credentials@v6
                    with:
                      role-to-assume: \(job.roleARN)
                      aws-region: \(job.region)
                """)
    case .gitLab:
        CIUsage(
            file: ".gitlab-ci.yml",
            snippet: """
                JOB:
                  id_tokens:
                    AWS_ID_TOKEN:
                      aud: https://\(job.issuer("CI_SERVER_URL", otherwise: "gitlab.com", unusable: "GITLAB_HOST"))
                  variables:
                    AWS_ROLE_ARN: \(job.roleARN)
                    AWS_WEB_IDENTITY_TOKEN_FILE: $CI_PROJECT_DIR.tmp/aws-id-token
                  before_script:
                    - mkdir -p "$CI_PROJECT_DIR.tmp"
                    - (umask 077; printf %s "$AWS_ID_TOKEN" >"$AWS_WEB_IDENTITY_TOKEN_FILE")
                    - unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
                """)
    case .bitbucket:
        CIUsage(
            file: "bitbucket-pipelines.yml",
            snippet: """
                - step:
                    oidc: true
                    script:
                      - export AWS_ROLE_ARN=\(job.roleARN)
                      - export AWS_WEB_IDENTITY_TOKEN_FILE=$(mktemp)
                      - printf %s "$BITBUCKET_STEP_OIDC_TOKEN" >"$AWS_WEB_IDENTITY_TOKEN_FILE"
                      - unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
                """)
    case .circleCI:
        CIUsage(
            file: ".circleci/config.yml",
            snippet: """
                - run: |
                    token=$(mktemp)
                    printf %s "$CIRCLE_OIDC_TOKEN_V2" >"$token"
                    echo "export AWS_ROLE_ARN=\(job.roleARN)" >>"$BASH_ENV"
                    echo "export AWS_WEB_IDENTITY_TOKEN_FILE=$token" >>"$BASH_ENV"
                    echo "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN" >>"$BASH_ENV"
                """)
    case .azure:
        CIUsage(
            file: "azure-pipelines.yml",
            snippet: """
                - task: AWSShellScript@1
                  inputs:
                    awsCredentials: CONNECTION
                    regionName: \(job.region)
                    scriptType: inline
                    inlineScript: aws sts get-caller-identity
                  env:
                    SYSTEM_ACCESSTOKEN: $(System.AccessToken)
                """)
    case .buildkite:
        CIUsage(
            file: ".buildkite/pipeline.yml",
            snippet: """
                - command: |
                    export AWS_ROLE_ARN=\(job.roleARN)
                    export AWS_WEB_IDENTITY_TOKEN_FILE=$$(mktemp)
                    buildkite-agent oidc request-token --audience sts.amazonaws.com >"$$AWS_WEB_IDENTITY_TOKEN_FILE"
                    unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
                    aws sts get-caller-identity
                """)
    case .jenkins:
        CIUsage(
            file: "Jenkinsfile",
            snippet: """
                withCredentials([file(credentialsId: 'CREDENTIAL', variable: 'AWS_WEB_IDENTITY_TOKEN_FILE')]) {
                  withEnv(['AWS_ROLE_ARN=\(job.roleARN)']) {
                    sh 'unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN; aws sts get-caller-identity'
                  }
                }
                """)
    case .codeBuild, .teamCity, .travis:
        nil
    }
}
