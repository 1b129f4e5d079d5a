/// What a profile resolved to: credentials, region and endpoints, ready to be probed.
///
/// An object that never changes, for the same reason as ``CheckResult``.
package final class ResolvedProfile: Sendable {
    package let credentials: Credentials
    package let region: Sourced<String>
    package let endpoint: Sourced<Endpoint>
    /// The partition's main region, asked for a second opinion; nil when the endpoint is that already,
    /// or a custom URL that has no sibling.
    package let mainEndpoint: Endpoint?
    /// One line that names the source: `[app] in /home/app/.aws/credentials:4`.
    package let source: String
    /// When the file that holds the credentials was last modified, for a file.
    package let sourceModifiedAt: WallTime?

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

extension ResolvedProfile {
    /// The same profile, asked at another endpoint; `main` gives the second opinion, if anybody.
    package func asked(
        at endpoint: Sourced<Endpoint>, main: Endpoint? = nil
    ) -> ResolvedProfile {
        ResolvedProfile(
            credentials: credentials, region: region, endpoint: endpoint, mainEndpoint: main,
            source: source, sourceModifiedAt: sourceModifiedAt)
    }
}

extension ResolvedProfile: Equatable {
    package static func == (left: ResolvedProfile, right: ResolvedProfile) -> Bool {
        left.credentials == right.credentials && left.region == right.region
            && left.endpoint == right.endpoint && left.mainEndpoint == right.mainEndpoint
            && left.source == right.source && left.sourceModifiedAt == right.sourceModifiedAt
    }
}
