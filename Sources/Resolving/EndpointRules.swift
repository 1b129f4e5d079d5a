import Model

/// Which of AWS's own STS endpoints is wanted.
struct EndpointVariant: Sendable, Hashable {
    var isFIPS = false
    var isDualStack = false
    /// `sts_regional_endpoints = legacy`: the oldest regions share the global endpoint.
    var isLegacyGlobal = false
}

/// The endpoint for a region, and the main region's for a second opinion.
struct EndpointPair: Sendable, Hashable {
    var endpoint: Endpoint
    var main: Endpoint?
}

extension EndpointPair {
    /// Applies the rules by which the SDKs find the STS endpoint of a region.
    init(region: String, _ variant: EndpointVariant) {
        let target = RegionTarget(region, variant)
        let partition = target.partition
        if target.isGlobal {
            endpoint = Endpoint(
                url: "https://sts.amazonaws.com", signingRegion: Partition.standard.mainRegion,
                partition: partition.id)
            main = nil
            return
        }
        endpoint = Self.regional(target.region, target.variant, partition)
        main =
            target.region == partition.mainRegion
            ? nil : Self.regional(partition.mainRegion, target.variant, partition)
    }

    /// A custom URL, signed for a region; it has no sibling at the main region.
    init(_ url: EndpointURL, region: String) {
        let target = RegionTarget(region, EndpointVariant())
        endpoint = Endpoint(
            url: url.url, signingRegion: target.region,
            partition: (Partition(ofHost: url.host) ?? target.partition).id)
        main = nil
    }

    private static func regional(
        _ region: String, _ variant: EndpointVariant, _ partition: Partition
    ) -> Endpoint {
        Endpoint(
            url: partition.stsURL(
                in: region, isFIPS: variant.isFIPS, isDualStack: variant.isDualStack),
            signingRegion: region, partition: partition.id)
    }
}

/// What a region's name stands for: `aws-global`, `fips-us-east-1` and the like are no regions.
struct RegionTarget {
    var region: String
    var variant: EndpointVariant
    var partition: Partition
    /// Whether it is STS's global endpoint.
    var isGlobal: Bool

    init(_ name: String, _ variant: EndpointVariant) {
        region = name
        self.variant = variant
        if name.hasPrefix("fips-") {
            region = String(name.dropFirst(5))
            self.variant.isFIPS = true
        } else if name.hasSuffix("-fips") {
            region = String(name.dropLast(5))
            self.variant.isFIPS = true
        }
        partition = Partition(ofRegion: region)
        let isPseudo = region == partition.pseudoRegion
        if isPseudo { region = partition.mainRegion }
        let isShared =
            isPseudo && partition == .standard
            || variant.isLegacyGlobal && legacyGlobalRegions.contains(region)
        isGlobal = isShared && !self.variant.isFIPS && !variant.isDualStack
    }
}

extension EndpointVariant {
    /// The URL of a service that exchanges a login for credentials: `.sso` is the portal, `.ssoOIDC`
    /// refreshes its tokens, `.signIn` those of `aws login`.
    func loginURL(_ service: KnownProperty, in region: String) -> String {
        let partition = Partition(ofRegion: region)
        let suffix = isDualStack ? partition.dualStackSuffix : partition.dnsSuffix
        if service == .signIn {
            if !isFIPS, !isDualStack, let own = signInSuffixes[partition.id] {
                return "https://\(region).signin.\(own)"
            }
            return "https://signin\(isFIPS ? "-fips" : "").\(region).\(suffix)"
        }
        let isOrdinary = !isFIPS || (partition.id == "aws-us-gov" && !isDualStack)
        let host = service == .sso ? "portal.sso" : "oidc"
        return "https://\(host)\(isOrdinary ? "" : "-fips").\(region).\(suffix)"
    }
}

/// The partitions whose sign-in has a domain of its own.
private let signInSuffixes = [
    "aws": "aws.amazon.com", "aws-cn": "amazonaws.cn", "aws-us-gov": "amazonaws-us-gov.com",
]

/// The regions that share the global endpoint when `sts_regional_endpoints` is `legacy`.
private let legacyGlobalRegions: Set<String> = [
    "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1",
    "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
    "us-east-1", "us-east-2", "us-west-1", "us-west-2",
]
