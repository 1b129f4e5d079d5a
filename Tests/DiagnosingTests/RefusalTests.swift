import Diagnosing
import Model
import Testing

@Suite struct RefusalTests {
    /// The rows about roles and web identities, which later sources of credentials need.
    @Test(
        arguments: [
            (
                "AccessDenied", "User is not authorized to perform: sts:AssumeRole", .assumeRole,
                .roleDenied
            ),
            ("AccessDenied", "Not authorized", .assumeRoleWithWebIdentity, .roleDenied),
            ("AccessDenied", "Not authorized", .getCallerIdentity, .accessDenied),
            ("AccessDenied", "MultiFactorAuthentication failed", .assumeRole, .needsPerson),
            (
                "InvalidIdentityToken",
                "No OpenIDConnect provider found in your account for https://x",
                .assumeRoleWithWebIdentity, .webIdentityRefused
            ),
            (
                "InvalidIdentityToken", "Incorrect token audience", .assumeRoleWithWebIdentity,
                .webIdentityRefused
            ),
            ("InvalidIdentityToken", "Incorrect token audience", .getCallerIdentity, .unrecognized),
            (
                "InvalidIdentityToken",
                "Couldn't retrieve verification key from your identity provider, please check",
                .assumeRoleWithWebIdentity, .identityProviderUnreachable
            ),
            (
                "InvalidIdentityToken", "Please try again later", .assumeRoleWithWebIdentity,
                .unrecognized
            ),
            ("IDPCommunicationError", "", .assumeRoleWithWebIdentity, .identityProviderUnreachable),
            (
                "ExpiredTokenException", "Token expired", .assumeRoleWithWebIdentity,
                .webIdentityRefused
            ),
            ("ExpiredTokenException", "Token expired", .assumeRole, .sessionExpired),
            (
                "ExpiredToken", "The provided token has expired.", .getCallerIdentity,
                .sessionExpired
            ),
            ("UnrecognizedClientException", "", .getCallerIdentity, .keyNotRecognized),
            (
                "InvalidClientTokenId", "The security token included in the request is invalid",
                .getCallerIdentity, .keyNotRecognized
            ),
            ("SignatureDoesNotMatch", "Signature expired: …", .getCallerIdentity, .clock),
            ("SignatureDoesNotMatch", "SIGNATURE NOT YET CURRENT: …", .getCallerIdentity, .clock),
            ("SignatureDoesNotMatch", "", .getCallerIdentity, .signatureMismatch),
            ("invalidclienttokenid", "", .getCallerIdentity, .unrecognized),
            ("", "", .getCallerIdentity, .unrecognized),
        ] as [(String, String, Action, Refusal)])
    func `reads code and message`(code: String, message: String, action: Action, expected: Refusal)
    {
        #expect(refusal(ServiceError(code: code, message: message), to: action) == expected)
    }

    @Test(arguments: [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled",
        "RequestThrottledException", "RequestLimitExceeded", "TooManyRequestsException",
        "BandwidthLimitExceeded", "SlowDown", "SlowDownException", "TooManyRequestsError",
        "PriorRequestNotComplete",
    ])
    func `every spelling of throttling, whatever the call`(code: String) {
        for action in Action.allCases {
            #expect(refusal(ServiceError(code: code, message: ""), to: action) == .throttled)
        }
    }
}
