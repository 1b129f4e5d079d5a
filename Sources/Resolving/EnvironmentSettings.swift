import Model

/// The variables that resolving looks at, looked up once per environment.
///
/// An object, because every check of every profile passes it on.
final class EnvironmentSettings: Sendable {
    let environment: AWSEnvironment
    let accessKeyID, expiration, accountID: Sourced<String>?
    let secretAccessKey, sessionToken: Sourced<Secret>?
    /// AWS_PROFILE, or the older name that botocore still reads.
    let profile: Sourced<String>?
    let webIdentityTokenFile, roleARN, roleSessionName: Sourced<String>?
    let region: Sourced<String>?
    let ignoreEndpointURLs, useFIPS, useDualStack, stsRegionalEndpoints: Sourced<String>?
    private let endpointURL: Sourced<String>?
    private let endpointURLs: [KnownProperty: Sourced<String>]
    let containerRelativeURI, containerFullURI, containerTokenFile: Sourced<String>?
    let containerToken: Sourced<Secret>?
    let metadataDisabled: Provenance?
    let metadataEndpoint, metadataMode, metadataTimeout, metadataAttempts: Sourced<String>?

    init(_ environment: AWSEnvironment) {
        self.environment = environment
        accessKeyID = environment["AWS_ACCESS_KEY_ID"] ?? environment["AWS_ACCESS_KEY"]
        secretAccessKey =
            environment.secret("AWS_SECRET_ACCESS_KEY") ?? environment.secret("SECRET_ACCESS_KEY")
            ?? environment.secret("AWS_SECRET_KEY")
        sessionToken =
            environment.secret("AWS_SESSION_TOKEN") ?? environment.secret("AWS_SECURITY_TOKEN")
        expiration = environment["AWS_CREDENTIAL_EXPIRATION"]
        accountID = environment["AWS_ACCOUNT_ID"]
        profile = environment["AWS_PROFILE"] ?? environment["AWS_DEFAULT_PROFILE"]
        webIdentityTokenFile = environment["AWS_WEB_IDENTITY_TOKEN_FILE"]
        roleARN = environment["AWS_ROLE_ARN"]
        roleSessionName = environment["AWS_ROLE_SESSION_NAME"]
        region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"]
        endpointURL = environment["AWS_ENDPOINT_URL"]
        endpointURLs = [
            .sts: environment["AWS_ENDPOINT_URL_STS"],
            .iam: environment["AWS_ENDPOINT_URL_IAM"], .sso: environment["AWS_ENDPOINT_URL_SSO"],
            .ssoOIDC: environment["AWS_ENDPOINT_URL_SSO_OIDC"],
            .signIn: environment["AWS_ENDPOINT_URL_SIGNIN"],
        ].compactMapValues { $0 }
        ignoreEndpointURLs = environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]
        useFIPS = environment["AWS_USE_FIPS_ENDPOINT"]
        useDualStack = environment["AWS_USE_DUALSTACK_ENDPOINT"]
        stsRegionalEndpoints = environment["AWS_STS_REGIONAL_ENDPOINTS"]
        containerRelativeURI = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]
        containerFullURI = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
        containerToken = environment.secret("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        containerTokenFile = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]
        let disabled = environment["AWS_EC2_METADATA_DISABLED"]
        metadataDisabled = disabled?.value.lowercased() == "true" ? disabled?.provenance : nil
        metadataEndpoint = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"]
        metadataMode = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]
        metadataTimeout = environment["AWS_METADATA_SERVICE_TIMEOUT"]
        metadataAttempts = environment["AWS_METADATA_SERVICE_NUM_ATTEMPTS"]
    }

    /// The custom URL that the environment sets for a service.
    func endpointURL(of service: KnownProperty) -> Sourced<String>? {
        endpointURLs[service] ?? endpointURL
    }

    /// The variable of the environment that names the container's endpoint.
    var containerURI: Sourced<String>? { containerRelativeURI ?? containerFullURI }

    /// Where the environment's keys are, whole ones or half a key that is an error.
    ///
    /// Half a key of the older names is none: few SDKs read them, and others use them for their own.
    var keysPlace: Provenance? {
        let isHalf = (accessKeyID == nil) != (secretAccessKey == nil)
        let variable = accessKeyID?.variable ?? secretAccessKey?.variable
        let isOfficial = variable == "AWS_ACCESS_KEY_ID" || variable == "AWS_SECRET_ACCESS_KEY"
        if isHalf && !isOfficial { return nil }
        return accessKeyID?.provenance ?? secretAccessKey?.provenance
    }

    /// A variable that is missing, with the one that was probably meant to be it.
    private func withSlip(_ variable: String) -> String {
        guard let slip = slips(for: [variable]).first else { return variable }
        return "\(variable) (\(slip) is set, which the SDKs do not read)"
    }

    /// The variables that were probably meant to be one of those, in the order of their names.
    func slips(for variables: Set<String>) -> [String] {
        environment.variables.keys.filter { name in
            if VariableNames.meant(by: name).map(variables.contains) ?? false { return true }
            return VariableNames.fieldBehindPrefix(of: name).map {
                variables.contains(VariableNames.name(of: $0))
            } ?? false
        }.sorted()
    }

    /// The keys of the environment; nil when it has none, an error when it has half of them.
    func credentials() throws(ResolveProblem) -> Credentials? {
        guard let place = keysPlace else { return nil }
        guard let accessKeyID else {
            throw .incomplete(missing: withSlip("AWS_ACCESS_KEY_ID"), present: place)
        }
        guard let secretAccessKey else {
            throw .incomplete(missing: withSlip("AWS_SECRET_ACCESS_KEY"), present: place)
        }
        return Credentials(
            accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: sessionToken,
            expiresAt: sessionToken == nil ? nil : expiration.flatMap(parseExpiry),
            accountID: accountID?.value)
    }

    /// A variable for a sentence: `AWS_ROLE_ARN in the environment`.
    func title(_ provenance: Provenance) -> String {
        guard case .environment(let variable, let owner) = provenance else {
            return provenance.description
        }
        return "\(variable) in \(owner ?? "the environment")"
    }
}

extension Sourced {
    /// The variable of the environment that the value came from.
    var variable: String? {
        if case .environment(let variable, _) = provenance { variable } else { nil }
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
