/// A property of the shared AWS files that resolving looks at.
///
/// Every property is classified once, when its file is parsed, so that looking one up later
/// compares bytes and not texts.
package enum KnownProperty: UInt8, Sendable, Hashable, CaseIterable {
    case accessKeyID, secretAccessKey, sessionToken, securityToken
    case sessionExpiration, securityTokenExpires, expiration
    case region, endpointURL, services, ignoreEndpointURLs
    case useFIPS, useDualStack, stsRegionalEndpoints
    case roleARN, sourceProfile, credentialSource, webIdentityTokenFile
    case ssoSession, ssoAccountID, ssoRoleName, ssoStartURL, ssoRegion
    case loginSession, credentialProcess
    case accountID, roleSessionName, externalID, durationSeconds, mfaSerial
    case metadataEndpoint, metadataMode, metadataTimeout, metadataAttempts
    /// The services that have settings of their own inside `[services x]`.
    case sts, iam, sso, ssoOIDC, signIn

    /// The name as the files write it: `aws_access_key_id`.
    package var name: String {
        switch self {
        case .accessKeyID: "aws_access_key_id"
        case .secretAccessKey: "aws_secret_access_key"
        case .sessionToken: "aws_session_token"
        case .securityToken: "aws_security_token"
        case .sessionExpiration: "aws_session_expiration"
        case .securityTokenExpires: "x_security_token_expires"
        case .expiration: "expiration"
        case .region: "region"
        case .endpointURL: "endpoint_url"
        case .services: "services"
        case .ignoreEndpointURLs: "ignore_configured_endpoint_urls"
        case .useFIPS: "use_fips_endpoint"
        case .useDualStack: "use_dualstack_endpoint"
        case .stsRegionalEndpoints: "sts_regional_endpoints"
        case .roleARN: "role_arn"
        case .sourceProfile: "source_profile"
        case .credentialSource: "credential_source"
        case .webIdentityTokenFile: "web_identity_token_file"
        case .ssoSession: "sso_session"
        case .ssoAccountID: "sso_account_id"
        case .ssoRoleName: "sso_role_name"
        case .ssoStartURL: "sso_start_url"
        case .ssoRegion: "sso_region"
        case .loginSession: "login_session"
        case .credentialProcess: "credential_process"
        case .accountID: "aws_account_id"
        case .roleSessionName: "role_session_name"
        case .externalID: "external_id"
        case .durationSeconds: "duration_seconds"
        case .mfaSerial: "mfa_serial"
        case .metadataEndpoint: "ec2_metadata_service_endpoint"
        case .metadataMode: "ec2_metadata_service_endpoint_mode"
        case .metadataTimeout: "metadata_service_timeout"
        case .metadataAttempts: "metadata_service_num_attempts"
        case .sts: "sts"
        case .iam: "iam"
        case .sso: "sso"
        case .ssoOIDC: "sso_oidc"
        case .signIn: "signin"
        }
    }

    /// Finds the property that a name stands for; letter case does not count, as in the SDKs.
    init?(_ name: ArraySlice<UInt8>) {
        guard name.count < Self.byLength.count,
            let found = Self.byLength[name.count].first(where: { candidate in
                // None of the names holds a byte whose bit 5 means anything but letter case.
                zip(candidate.name, name).allSatisfy {
                    $0 == $1 || (isLetter($1) && $0 == $1 | 0x20)
                }
            })
        else { return nil }
        self = found.property
    }

    private static let byLength: [[(name: [UInt8], property: KnownProperty)]] = {
        let longest = allCases.map(\.name.utf8.count).max() ?? 0
        return (0...longest).map { length in
            allCases.filter { $0.name.utf8.count == length }.map { (Array($0.name.utf8), $0) }
        }
    }()
}

/// Says whether a byte is an ASCII letter.
func isLetter(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20)
}
