/// What a ``FaultServer`` does with a request: each row of what a failed check may mean, as the wire has it.
package enum Fault: String, Sendable, Hashable, CaseIterable {
    /// The good answer of GetCallerIdentity.
    case identity

    // Errors in AWS's own form.
    case invalidClientTokenID
    /// The same, in the words for a session token that was sent and refused.
    case invalidToken
    /// The server's clock is 20 minutes ahead of the request's date.
    case signatureExpired
    /// The server's clock is 20 minutes behind the request's date.
    case signatureNotYetCurrent
    case signatureDoesNotMatch
    /// HTTP 400 from a "Sender", as STS throttles.
    case throttling
    case expiredToken
    case accessDenied
    case incompleteSignature
    /// HTTP 400 in the words of an outage of the identity provider.
    case identityProviderUnreachable
    case requestExpired
    case regionDisabled
    case optInRequired
    case internalFailure
    case serviceUnavailable
    /// AWS's error in JSON, as its newer protocols write it.
    case jsonError

    // Answers of somebody else.
    case plainInternalError
    case plainServiceUnavailable
    /// HTTP 200 and a page of HTML.
    case captivePortal
    case redirect
    case emptyBody
    /// HTTP 200 with XML that holds no identity.
    case foreignXML
    case foreignJSON
    case proxyAuthentication
    /// Bytes that are no HTTP.
    case garbage

    // Good answers with something odd about them.
    /// No `x-amzn-RequestId`.
    case noRequestID
    /// A `Date` one hour ahead.
    case wrongDate
    /// A `Date` one hour behind, from a cache that says so.
    case cachedDate
    /// A `Date` that no calendar has.
    case absurdDate
    /// One byte every 20 ms.
    case slowBytes

    // No whole answer.
    case reset
    case closeBeforeAnswer
    case blackHole
    /// Fewer bytes than announced.
    case truncatedBody
    /// 2 MB, announced in the header.
    case hugeBody
    /// Chunks without an end.
    case endlessBody
}
