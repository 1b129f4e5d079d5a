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

/// What a profile resolved to: credentials, region and endpoints, ready to be probed.
package struct ResolvedProfile: Sendable, Hashable {
    package var credentials: Credentials
    package var region: Sourced<String>
    package var endpoint: Sourced<Endpoint>
    /// The partition's main region, asked for a second opinion; nil when the endpoint is that already,
    /// or a custom URL that has no sibling.
    package var mainEndpoint: Endpoint?
    /// One line that names the source: `[app] in /home/app/.aws/credentials:4`.
    package var source: String
    /// When the file that holds the credentials was last modified, for a file.
    package var sourceModifiedAt: WallTime?

    package init(
        credentials: Credentials, region: Sourced<String>, endpoint: Sourced<Endpoint>,
        mainEndpoint: Endpoint?, source: String, sourceModifiedAt: WallTime? = nil
    ) {
        self.credentials = credentials
        self.region = region
        self.endpoint = endpoint
        self.mainEndpoint = mainEndpoint
        self.source = source
        self.sourceModifiedAt = sourceModifiedAt
    }
}
