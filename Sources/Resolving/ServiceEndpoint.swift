package import Model

extension Resolver {
    /// Finds where a profile's requests to IAM go, by the rules of the SDKs; STS is asked where its checks are.
    ///
    /// It is worked out anew each time: nobody asks IAM often.
    package func iamEndpoint(
        of profile: ProfileConfiguration
    ) async throws(ResolveProblem) -> Sourced<Endpoint> {
        let (site, files) = try await look(at: profile)
        return try site.iamEndpoint(of: profile, in: files)
    }
}

extension Planner {
    func iamEndpoint(
        of configuration: ProfileConfiguration, in files: SharedFiles
    ) throws(ResolveProblem) -> Sourced<Endpoint> {
        let settings = SettingsLookup(
            ownRegion: configuration.region, defaultRegion: configuration.defaultRegion,
            overrides: overrides, environment: environment,
            profile: files.profile(name(of: configuration)), services: files)
        let region = try settings.region()
        if let text = try settings.customURLText(of: .iam) {
            let url = try settings.parse(text)
            let partition = Partition(ofHost: url.host) ?? Partition(ofRegion: region.value)
            return Sourced(
                Endpoint(
                    url: url.url, signingRegion: partition.mainRegion, partition: partition.id),
                from: text.provenance)
        }
        let variant = try settings.variant().0
        return Sourced(
            variant.iamEndpoint(of: Partition(ofRegion: region.value)), from: region.provenance)
    }
}

extension EndpointVariant {
    /// IAM's endpoint of a partition, which has one for all its regions; from the rules that the SDKs share.
    func iamEndpoint(of partition: Partition) -> Endpoint {
        let prefix = isFIPS ? "iam-fips" : "iam"
        let host =
            switch (partition.id, isDualStack) {
            case ("aws", true): "\(prefix).global.\(partition.dualStackSuffix)"
            case ("aws-cn", true): "\(prefix).global.\(partition.dualStackSuffix)"
            // The ordinary endpoint of the US government's partition is a FIPS endpoint.
            case ("aws-us-gov", true): "iam.us-gov.\(partition.dualStackSuffix)"
            case ("aws-us-gov", false): "iam.us-gov.\(partition.dnsSuffix)"
            case (_, true): "\(prefix).\(partition.dualStackSuffix)"
            case ("aws", false): "\(prefix).\(partition.dnsSuffix)"
            case ("aws-iso", false), ("aws-iso-b", false):
                "\(prefix).\(partition.mainRegion).\(partition.dnsSuffix)"
            case (_, false):
                isFIPS
                    ? "iam-fips.\(partition.dnsSuffix)"
                    : "iam.\(partition.mainRegion).\(partition.dnsSuffix)"
            }
        return Endpoint(
            url: "https://\(host)", signingRegion: partition.mainRegion, partition: partition.id)
    }
}
