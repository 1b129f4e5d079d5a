/// What a check says about a credential.
package enum Verdict: String, Sendable, Hashable, CaseIterable {
    case good
    /// This credential is refused. Only this verdict counts towards a failover.
    case bad
    /// Nothing is known about the credential: the network, AWS, the clock or the configuration is at fault.
    case unknown
}

/// The closed list of what a check can find; the raw values are stable.
package enum Cause: String, Sendable, Hashable, CaseIterable {
    /// STS accepts the credential, and it is the expected identity.
    case ok

    // The credential is refused.
    /// Refused at the regional endpoint and at the main region: deleted, deactivated or mistyped.
    case keyNotRecognized = "key_not_recognized"
    /// Refused, and IAM lists the key as inactive.
    case keyInactive = "key_inactive"
    /// Refused, and IAM does not list the key for the user whose key it was.
    case keyDeleted = "key_deleted"
    /// Refused, and the user that the key belonged to is gone.
    case userDeleted = "user_deleted"
    /// Refused, and IAM lists a key whose id differs by one or two characters.
    case keyMistyped = "key_mistyped"
    /// The key id is known, the secret is not the one that belongs to it.
    case wrongSecret = "wrong_secret"
    /// The session is over.
    case sessionExpired = "session_expired"
    /// A temporary key (ASIA…) without its session token.
    case sessionTokenMissing = "session_token_missing"
    /// A session token left over from elsewhere spoils a long-term key that is good without it.
    case leftoverSessionToken = "leftover_session_token"
    /// A value with characters that no credential has.
    case malformedValue = "malformed_value"
    /// A value that was never filled in.
    case placeholderCredentials = "placeholder_credentials"
    /// Good, but another account or ARN than expected.
    case wrongIdentity = "wrong_identity"
    /// The role's trust or permissions refuse the base credential, which itself is fine.
    case roleDenied = "role_denied"
    /// The web identity token, its audience or its provider is refused.
    case webIdentityRefused = "web_identity_refused"

    // The credential is accepted, but cannot do its work; refused only where `canary_counts` says so.
    /// Good, but a canary's call is denied.
    case permissionLost = "permission_lost"
    /// Good, but AWS has put its quarantine policy on the user, because the key leaked.
    case quarantined

    // Nothing is known about the credential.
    case clockSkew = "clock_skew"
    case throttled
    case networkDNS = "network_dns"
    case networkConnect = "network_connect"
    case networkTimeout = "network_timeout"
    /// The connection broke while the request or the answer was on its way.
    case networkInterrupted = "network_interrupted"
    case tls
    case proxy
    /// Something between this machine and AWS answered.
    case notAWS = "not_aws"
    case awsOutage = "aws_outage"
    /// Refused in the region, accepted by the main region.
    case regionNotEnabled = "region_not_enabled"
    case wrongPartition = "wrong_partition"
    /// Refused in the region, and the main region could not be asked.
    case refusalUnconfirmed = "refusal_unconfirmed"
    /// Every signature is refused on this path: a proxy rewrites requests.
    case signatureAltered = "signature_altered"
    /// AWS wants a person: MFA, sign-up or activation of the account.
    case needsPerson = "needs_person"
    /// A role wants a code from an MFA device.
    case needsMFA = "needs_mfa"
    /// The cached login (`aws sso login`, `aws login`) is missing or over, and credwatch cannot renew it.
    case loginNeeded = "login_needed"
    /// The credential process failed, or printed something else than credentials.
    case processFailed = "process_failed"
    /// Running or reading what the profile names would give rights away, so credwatch does not.
    case sourceUntrusted = "source_untrusted"
    /// The metadata service or the container's endpoint does not give credentials.
    case sourceUnavailable = "source_unavailable"
    /// A policy of the endpoint or the organization refuses the call, whoever asks.
    case accessDenied = "access_denied"
    /// AWS cannot reach the identity provider that must confirm a web identity.
    case identityProviderUnreachable = "identity_provider_unreachable"
    /// AWS's own code is not one that this version knows.
    case unrecognizedAnswer = "unrecognized_answer"
    case profileMissing = "profile_missing"
    case fileUnreadable = "file_unreadable"
    case fileMalformed = "file_malformed"
    case credentialsIncomplete = "credentials_incomplete"
    /// No credentials are configured anywhere.
    case noCredentials = "no_credentials"
    case unsupportedSource = "unsupported_source"
    case badSetting = "bad_setting"
    /// The check itself did not come to an end in its time.
    case checkTimedOut = "check_timed_out"
}
