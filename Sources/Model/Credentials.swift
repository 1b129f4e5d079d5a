/// What signs a request, each part with its origin.
package struct Credentials: Sendable, Hashable {
    package var accessKeyID: Sourced<String>
    package var secretAccessKey: Sourced<Secret>
    package var sessionToken: Sourced<Secret>?
    /// When the source says that the session ends; a hint, the server's clock decides.
    package var expiresAt: Sourced<WallTime>?
    /// The account, 12 digits, where the source names it.
    package var accountID: String?

    package init(
        accessKeyID: Sourced<String>, secretAccessKey: Sourced<Secret>,
        sessionToken: Sourced<Secret>? = nil, expiresAt: Sourced<WallTime>? = nil,
        accountID: String? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiresAt = expiresAt
        self.accountID = accountID
    }

    /// When a session token that stands in a file ends for good, as far as its source says.
    package var endOfToken: WallTime? {
        sessionToken == nil ? nil : expiresAt?.value
    }

    /// The same credentials without their session token.
    package var withoutSessionToken: Credentials {
        var copy = self
        copy.sessionToken = nil
        return copy
    }
}

/// Where a signed STS request goes.
package struct Endpoint: Sendable, Hashable {
    /// An http or https URL, without a query: `https://sts.eu-central-1.amazonaws.com`.
    package var url: String
    /// The region that the signature names.
    package var signingRegion: String
    /// The id of the partition that the host belongs to, or that a custom URL is used for: `aws`.
    package var partition: String

    package init(url: String, signingRegion: String, partition: String) {
        self.url = url
        self.signingRegion = signingRegion
        self.partition = partition
    }
}
