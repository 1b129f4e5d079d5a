/// What goes wrong in the sandbox, by order of a test or of the demo.
package struct FaultSwitches: Sendable, Hashable {
    /// Added to the sandbox's clock; negative when it is behind.
    package var clockOffset = Duration.zero
    /// Every call is answered `Throttling`.
    package var isThrottling = false
    /// Every call is answered 503 `ServiceUnavailable`.
    package var isOut = false
    /// Every answer is held back for so long.
    package var latency = Duration.zero
    /// Regions, by the credential scope, that answer `InvalidClientTokenId` to everybody.
    package var refusedRegions: Set<String> = []
    /// A key is not recognized for so long after its creation.
    package var propagationDelay = Duration.zero
    /// After that delay, a key is recognized by every other call only, for so long.
    package var propagationFlap = Duration.zero
    /// After a wrong secret the right one is refused for so long; AWS does it for about 5 s.
    package var secretHold = Duration.zero
    /// Every signature is refused, as behind a proxy that rewrites requests.
    package var altersSignatures = false
    /// The identity provider of web identities cannot be reached.
    package var cutsProviderOff = false
    /// Every call of IAM is answered `Throttling`; STS goes on.
    package var throttlesIAM = false
    /// Actions like `iam:ListAccessKeys` that no policy allows, whoever asks.
    package var deniedActions: Set<String> = []
    /// How many entries a list of IAM has on a page; nil puts all on one.
    package var pageSize: Int?

    package init() {}
}
