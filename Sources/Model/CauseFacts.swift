extension Cause {
    /// What the cause says about the credential.
    ///
    /// Of a canary's causes it is `good`; a profile with `canary_counts` makes them `bad` in its diagnosis.
    package var verdict: Verdict {
        switch self {
        case .ok, .permissionLost, .quarantined:
            .good
        case .keyNotRecognized, .keyInactive, .keyDeleted, .userDeleted, .keyMistyped, .wrongSecret,
            .sessionExpired, .sessionTokenMissing,
            .leftoverSessionToken, .malformedValue, .placeholderCredentials, .wrongIdentity,
            .roleDenied, .webIdentityRefused:
            .bad
        case .clockSkew, .throttled, .networkDNS, .networkConnect, .networkTimeout,
            .networkInterrupted, .tls, .proxy, .notAWS, .awsOutage, .regionNotEnabled,
            .wrongPartition, .refusalUnconfirmed, .signatureAltered, .needsPerson, .needsMFA,
            .loginNeeded, .processFailed, .sourceUntrusted, .sourceUnavailable, .accessDenied,
            .identityProviderUnreachable, .unrecognizedAnswer, .profileMissing, .fileUnreadable,
            .fileMalformed, .credentialsIncomplete, .noCredentials, .unsupportedSource,
            .badSetting, .checkTimedOut:
            .unknown
        }
    }

    /// The cause in two to five words, for a table or a list: `key not recognised`.
    package var title: String {
        switch self {
        case .ok: "accepted"
        case .keyNotRecognized: "key not recognised"
        case .keyInactive: "key deactivated"
        case .keyDeleted: "key deleted"
        case .userDeleted: "user deleted"
        case .keyMistyped: "key id mistyped"
        case .wrongSecret: "wrong secret for this key"
        case .sessionExpired: "session expired"
        case .sessionTokenMissing: "session token missing"
        case .leftoverSessionToken: "leftover session token"
        case .malformedValue: "malformed value"
        case .placeholderCredentials: "placeholder, never filled in"
        case .wrongIdentity: "wrong identity"
        case .roleDenied: "role denied"
        case .webIdentityRefused: "web identity refused"
        case .permissionLost: "permission lost"
        case .quarantined: "quarantined by AWS"
        case .clockSkew: "clock is wrong"
        case .throttled: "throttled by AWS"
        case .networkDNS: "host name not found"
        case .networkConnect: "cannot connect"
        case .networkTimeout: "no answer in time"
        case .networkInterrupted: "connection broken off"
        case .tls: "TLS failed"
        case .proxy: "proxy failed"
        case .notAWS: "answer is not from AWS"
        case .awsOutage: "AWS has an outage"
        case .regionNotEnabled: "region not enabled"
        case .wrongPartition: "wrong partition"
        case .refusalUnconfirmed: "refusal not confirmed"
        case .signatureAltered: "requests altered on the way"
        case .needsPerson: "needs a person"
        case .needsMFA: "MFA code needed"
        case .loginNeeded: "login needed"
        case .processFailed: "credential process failed"
        case .sourceUntrusted: "source not trusted"
        case .sourceUnavailable: "source gives no credentials"
        case .accessDenied: "call denied by a policy"
        case .identityProviderUnreachable: "identity provider unreachable"
        case .unrecognizedAnswer: "unrecognised answer"
        case .profileMissing: "profile missing"
        case .fileUnreadable: "file unreadable"
        case .fileMalformed: "file malformed"
        case .credentialsIncomplete: "credentials incomplete"
        case .noCredentials: "no credentials configured"
        case .unsupportedSource: "source not supported"
        case .badSetting: "setting not usable"
        case .checkTimedOut: "check took too long"
        }
    }
}
