package import Model

/// One call that the sandbox answered.
package struct Call: Sendable, Hashable {
    /// By the sandbox's clock.
    package var at: WallTime
    package var requestID: String
    package var service: Service
    /// The parameter `Action`, whether it exists or not.
    package var action: String
    /// From the credential scope; nil when the request was not that far understood.
    package var region: String?
    package var accessKeyID: String?
    /// AWS's code; nil for a call that succeeded.
    package var errorCode: String?
    package var httpStatus = 0
}
