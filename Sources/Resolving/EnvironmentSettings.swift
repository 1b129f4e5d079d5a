import Model

/// The variables that resolving looks at, looked up once per environment.
///
/// An object, because every check of every profile passes it on.
final class EnvironmentSettings: Sendable {
    let accessKeyID, expiration: Sourced<String>?
    let secretAccessKey, sessionToken: Sourced<Secret>?
    /// AWS_PROFILE, or the older name that botocore still reads.
    let profile: Sourced<String>?
    let webIdentityTokenFile, roleARN: Sourced<String>?
    let region: Sourced<String>?
    let endpointURL, ignoreEndpointURLs, useFIPS, useDualStack,
        stsRegionalEndpoints: Sourced<String>?

    init(_ environment: AWSEnvironment) {
        accessKeyID = environment["AWS_ACCESS_KEY_ID"]
        secretAccessKey = environment.secret("AWS_SECRET_ACCESS_KEY")
        sessionToken = environment.secret("AWS_SESSION_TOKEN")
        expiration = environment["AWS_CREDENTIAL_EXPIRATION"]
        profile = environment["AWS_PROFILE"] ?? environment["AWS_DEFAULT_PROFILE"]
        webIdentityTokenFile = environment["AWS_WEB_IDENTITY_TOKEN_FILE"]
        roleARN = environment["AWS_ROLE_ARN"]
        region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"]
        endpointURL = environment["AWS_ENDPOINT_URL_STS"] ?? environment["AWS_ENDPOINT_URL"]
        ignoreEndpointURLs = environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]
        useFIPS = environment["AWS_USE_FIPS_ENDPOINT"]
        useDualStack = environment["AWS_USE_DUALSTACK_ENDPOINT"]
        stsRegionalEndpoints = environment["AWS_STS_REGIONAL_ENDPOINTS"]
    }

    /// The keys of the environment; nil when it has none, an error when it has half of them.
    func credentials() throws(ResolveProblem) -> Credentials? {
        switch (accessKeyID, secretAccessKey) {
        case (nil, nil): return nil
        case (let id?, nil):
            throw .incomplete(missing: "AWS_SECRET_ACCESS_KEY", present: id.provenance)
        case (nil, let secret?):
            throw .incomplete(missing: "AWS_ACCESS_KEY_ID", present: secret.provenance)
        case (let id?, let secret?):
            return Credentials(
                accessKeyID: id, secretAccessKey: secret, sessionToken: sessionToken,
                expiresAt: sessionToken == nil ? nil : expiration.flatMap(parseExpiry))
        }
    }
}

extension AWSEnvironment {
    fileprivate func secret(_ name: String) -> Sourced<Secret>? {
        self[name].map { Sourced(Secret($0.value), from: $0.provenance) }
    }
}

/// Reads an expiry hint; nil when it is no time, since it is a hint.
func parseExpiry(_ text: Sourced<String>) -> Sourced<WallTime>? {
    WallTime(parsing: text.value).map { Sourced($0, from: text.provenance) }
}
