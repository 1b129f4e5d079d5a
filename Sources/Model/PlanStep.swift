/// One thing to do on the way to a profile's credentials; pure data, found before anything is done.
package enum PlanStep: Sendable, Hashable {
    /// Keys that stand in the environment or a file.
    case keys(Credentials)
    /// `sts:AssumeRole`, signed with the credentials of the step before.
    case assumeRole(RoleAssumption)
    /// `sts:AssumeRoleWithWebIdentity`, which nobody signs.
    case webIdentity(WebIdentity)
    /// IAM Identity Center: a cached token, refreshed if need be, then `GetRoleCredentials`.
    case sso(SSOLogin)
    /// The session of `aws login`.
    case loginSession(LoginSession)
    /// A program that prints credentials.
    case process(CredentialProcess)
    /// The endpoint of ECS, EKS Pod Identity and their like.
    case container(ContainerEndpoint)
    /// The instance metadata service, version 2.
    case instanceMetadata(InstanceMetadata)

    /// The kind of source that the step stands for; ``Plan/rows`` tells keys apart by their place.
    package var source: CredentialSource {
        switch self {
        case .keys(let credentials):
            if case .environment = credentials.accessKeyID.provenance {
                .environmentKeys
            } else {
                .profileKeys
            }
        case .assumeRole: .assumeRole
        case .webIdentity: .webIdentity
        case .sso: .sso
        case .loginSession: .loginSession
        case .process: .credentialProcess
        case .container: .container
        case .instanceMetadata: .instanceMetadata
        }
    }
}

/// A role to be assumed with the credentials of the step before.
package struct RoleAssumption: Sendable, Hashable {
    package var roleARN: Sourced<String>
    /// `RoleSessionName`; nil lets credwatch name the session.
    package var sessionName: String?
    package var externalID: String?
    /// `DurationSeconds`, 900 to 43,200; nil leaves it to AWS.
    package var durationSeconds: Int?
    /// Where STS is asked.
    package var endpoint: Endpoint

    package init(
        roleARN: Sourced<String>, sessionName: String? = nil, externalID: String? = nil,
        durationSeconds: Int? = nil, endpoint: Endpoint
    ) {
        self.roleARN = roleARN
        self.sessionName = sessionName
        self.externalID = externalID
        self.durationSeconds = durationSeconds
        self.endpoint = endpoint
    }
}

/// A role to be assumed with a token that somebody else signed.
package struct WebIdentity: Sendable, Hashable {
    package var roleARN: Sourced<String>
    package var sessionName: String?
    /// The path of the file that holds the token.
    package var tokenFile: Sourced<String>
    package var durationSeconds: Int?
    package var endpoint: Endpoint
    /// The user whose application reads the file; nil for the one that credwatch runs as.
    package var user: UInt32?

    package init(
        roleARN: Sourced<String>, sessionName: String? = nil, tokenFile: Sourced<String>,
        durationSeconds: Int? = nil, endpoint: Endpoint, user: UInt32? = nil
    ) {
        self.roleARN = roleARN
        self.sessionName = sessionName
        self.tokenFile = tokenFile
        self.durationSeconds = durationSeconds
        self.endpoint = endpoint
        self.user = user
    }
}

/// A role of IAM Identity Center, by the token that `aws sso login` left.
package struct SSOLogin: Sendable, Hashable {
    /// The `[sso-session]` section's name; nil for the older keys, whose tokens nobody can refresh.
    package var session: String?
    package var startURL: Sourced<String>
    package var region: String
    package var accountID: String
    package var roleName: String
    /// The path of the cached token: `~/.aws/sso/cache/SHA1.json`.
    package var cacheFile: String
    /// The portal's URL, where `GET /federation/credentials` is asked.
    package var portalURL: String
    /// The URL of the token service, where `POST /token` refreshes.
    package var oidcURL: String
    /// The user whose cache it is; nil for the one that credwatch runs as.
    package var user: UInt32?

    package init(
        session: String?, startURL: Sourced<String>, region: String, accountID: String,
        roleName: String, cacheFile: String, portalURL: String, oidcURL: String,
        user: UInt32? = nil
    ) {
        self.session = session
        self.startURL = startURL
        self.region = region
        self.accountID = accountID
        self.roleName = roleName
        self.cacheFile = cacheFile
        self.portalURL = portalURL
        self.oidcURL = oidcURL
        self.user = user
    }
}

/// The session that `aws login` left, with credentials that are refreshed by a key of its own.
package struct LoginSession: Sendable, Hashable {
    /// `login_session`: the ARN of the identity that logged in.
    package var session: Sourced<String>
    /// The path of the cached session: `~/.aws/login/cache/SHA256.json`.
    package var cacheFile: String
    /// The URL of the sign-in service, where `POST /v1/token` refreshes.
    package var signInURL: String
    package var region: String
    /// The user whose cache it is; nil for the one that credwatch runs as.
    package var user: UInt32?

    package init(
        session: Sourced<String>, cacheFile: String, signInURL: String, region: String,
        user: UInt32? = nil
    ) {
        self.session = session
        self.cacheFile = cacheFile
        self.signInURL = signInURL
        self.region = region
        self.user = user
    }
}

/// A program that prints credentials, as the SDKs run it: by `sh -c`.
package struct CredentialProcess: Sendable, Hashable {
    /// The command line; its arguments may be secret.
    package var command: Sourced<Secret>
    /// Who may have written the command: the file that names it, as it was when it was read.
    package var file: FileOwnership
    /// What the program gets to see, as the application would give it.
    package var environment: AWSEnvironment
    /// `aws_account_id` of the profile: the account, where the program does not name it.
    package var accountID: String?

    package init(
        command: Sourced<Secret>, file: FileOwnership, environment: AWSEnvironment,
        accountID: String? = nil
    ) {
        self.command = command
        self.file = file
        self.environment = environment
        self.accountID = accountID
    }
}

/// Whose a file is, and who may write it, at the moment when it was read.
package struct FileOwnership: Sendable, Hashable {
    package var user: UInt32
    package var group: UInt32
    /// The permission bits: `0o600`.
    package var mode: UInt32

    package init(user: UInt32, group: UInt32, mode: UInt32) {
        self.user = user
        self.group = group
        self.mode = mode
    }
}

/// Where a container's agent hands credentials out.
package struct ContainerEndpoint: Sendable, Hashable {
    /// The whole URL, a relative one put behind `http://169.254.170.2`.
    package var url: Sourced<String>
    /// Whether AWS_CONTAINER_CREDENTIALS_RELATIVE_URI names it, whose host is AWS's own.
    package var isRelative: Bool
    /// Sent as `Authorization`.
    package var token: Sourced<Secret>?
    /// The path of a file that holds the token; it wins over `token`, and is read for every request.
    package var tokenFile: Sourced<String>?
    /// The user whose application reads the file; nil for the one that credwatch runs as.
    package var user: UInt32?

    package init(
        url: Sourced<String>, isRelative: Bool, token: Sourced<Secret>? = nil,
        tokenFile: Sourced<String>? = nil, user: UInt32? = nil
    ) {
        self.url = url
        self.isRelative = isRelative
        self.token = token
        self.tokenFile = tokenFile
        self.user = user
    }
}

/// How the instance metadata service is asked.
package struct InstanceMetadata: Sendable, Hashable {
    /// `http://169.254.169.254`, without a slash at its end.
    package var url: Sourced<String>
    /// How often each request is tried, at least once.
    package var attempts: Int
    /// The time limit of each try.
    package var timeout: Duration
    /// Whether a profile names the service; otherwise a machine without it just has no credentials.
    package var isNamed: Bool

    package init(
        url: Sourced<String>, attempts: Int = 1, timeout: Duration = .seconds(1),
        isNamed: Bool
    ) {
        self.url = url
        self.attempts = attempts
        self.timeout = timeout
        self.isNamed = isNamed
    }
}
