package import Model

/// The AWS call whose refusal is read; the same code can mean different things.
package enum Action: Sendable, Hashable, CaseIterable {
    case getCallerIdentity
    case assumeRole
    case assumeRoleWithWebIdentity
}

/// What an AWS error says, before anything else is taken into account.
package enum Refusal: Sendable, Hashable {
    case keyNotRecognized
    /// The signature's date is too far from the server's clock, which the message prints.
    case clock
    case signatureMismatch
    case sessionExpired
    case requestExpired
    case malformedKeyID
    /// The Authorization header did not arrive as it was sent.
    case authorizationAltered
    case wrongScope
    case accessDenied
    case roleDenied
    case webIdentityRefused
    case identityProviderUnreachable
    case throttled
    case outage
    case regionDisabled
    case needsPerson
    case unrecognized
}

/// Reads an AWS error by its code, and by its message where the code has several meanings.
///
/// Never by the HTTP status: throttling comes as 400. Source of the pairs: AWS's common errors, the
/// STS API reference and the SDKs' own lists of throttling and clock errors.
package func refusal(_ error: ServiceError, to action: Action) -> Refusal {
    let message = error.message.lowercased()
    switch error.code {
    case "InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId":
        return .keyNotRecognized
    case "SignatureDoesNotMatch", "InvalidSignatureException", "InvalidSignature":
        if message.holds("signature expired") || message.holds("signature not yet current") {
            return .clock
        }
        return message.holds("scoped to") || message.holds("credential scope")
            ? .wrongScope : .signatureMismatch
    case "RequestTimeTooSkewed", "RequestInTheFuture":
        return .clock
    case "RequestExpired":
        return .requestExpired
    case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired":
        return action == .assumeRoleWithWebIdentity ? .webIdentityRefused : .sessionExpired
    case "IncompleteSignature", "IncompleteSignatureException":
        return message.holds("not a valid key=value pair")
            ? .malformedKeyID : .authorizationAltered
    case "MissingAuthenticationToken", "MissingAuthenticationTokenException":
        return .authorizationAltered
    case "InvalidIdentityToken", "InvalidIdentityTokenException":
        return webIdentityRefusal(message, action)
    case "IDPCommunicationError", "IDPCommunicationErrorException":
        return .identityProviderUnreachable
    case "IDPRejectedClaim", "IDPRejectedClaimException":
        return .webIdentityRefused
    case "AccessDenied", "AccessDeniedException", "UnauthorizedOperation":
        if message.holds("multi-factor") || message.holds("multifactor")
            || message.holds("mfa")
        {
            return .needsPerson
        }
        return action == .getCallerIdentity ? .accessDenied : .roleDenied
    case "RegionDisabledException", "RegionDisabled":
        return .regionDisabled
    case "OptInRequired", "SubscriptionRequiredException", "AccountProblem",
        "NotSignedUp", "PendingVerification":
        return .needsPerson
    case "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled",
        "RequestThrottledException", "RequestLimitExceeded", "TooManyRequestsException",
        "TooManyRequestsError", "BandwidthLimitExceeded", "SlowDown", "SlowDownException",
        "PriorRequestNotComplete":
        return .throttled
    case "ServiceUnavailable", "ServiceUnavailableException", "InternalFailure",
        "InternalError", "InternalServerError", "InternalServerException", "InternalServiceError",
        "Unavailable", "RequestTimeout", "RequestTimeoutException":
        return .outage
    default:
        return message.holds("rate exceeded") ? .throttled : .unrecognized
    }
}

/// Reads `InvalidIdentityToken`: an outage of AWS has been seen under this code, so only the texts
/// that are known to blame the token do.
private func webIdentityRefusal(_ message: String, _ action: Action) -> Refusal {
    if message.holds("couldn't retrieve verification key") {
        return .identityProviderUnreachable
    }
    let blamesToken = [
        "no openidconnect provider", "audience", "not a valid json web token", "not a valid jwt",
    ].contains { message.holds($0) }
    return blamesToken && action == .assumeRoleWithWebIdentity
        ? .webIdentityRefused : .unrecognized
}
