package import Model

/// Where services other than STS are, by the rules of the SDKs.
extension EndpointVariant {
    /// AWS's own endpoint of a service for a region.
    ///
    /// The rules were compared with those that AWS's SDK for Python (botocore) carries for each service.
    func endpoint(of service: CanaryService, in name: String) -> Endpoint {
        if service == .sts { return EndpointPair(region: name, self).endpoint }
        let target = RegionTarget(name, self)
        let partition = target.partition
        let region = globalRegion(of: service.name, in: partition) ?? target.region
        return Endpoint(
            url: "https://" + target.variant.host(of: service, in: region, partition),
            signingRegion: region, partition: partition.id)
    }

    private func host(
        of service: CanaryService, in region: String, _ partition: Partition
    ) -> String {
        let isGovernment = partition.id == "aws-us-gov"
        let fips = isFIPS ? "-fips" : ""
        switch service.name {
        case "iam": return hostOfIAM(partition)
        case "ecr" where isFIPS || isDualStack:
            let suffix = isDualStack ? partition.dualStackSuffix : partition.dnsSuffix
            return "ecr\(fips).\(region).\(suffix)"
        case "sagemaker" where isFIPS && !isDualStack:
            return "api-fips.sagemaker.\(region).\(partition.dnsSuffix)"
        case "s3":
            let stack = isDualStack ? ".dualstack" : ""
            return "s3\(fips)\(stack).\(region).\(partition.dnsSuffix)"
        default:
            let suffix = isDualStack ? partition.dualStackSuffix : partition.dnsSuffix
            let isOrdinary =
                isGovernment && !isDualStack && ordinaryInGovernment.contains(service.name)
            return "\(service.host)\(isOrdinary ? "" : fips).\(region).\(suffix)"
        }
    }

    /// A partition has one IAM for all its regions.
    private func hostOfIAM(_ partition: Partition) -> String {
        let prefix = isFIPS ? "iam-fips" : "iam"
        switch (partition.id, isDualStack) {
        // The ordinary endpoint of the US government's partition is a FIPS endpoint.
        case ("aws-us-gov", true): return "iam.us-gov.\(partition.dualStackSuffix)"
        case ("aws-us-gov", false): return "iam.us-gov.\(partition.dnsSuffix)"
        case ("aws", true): return "\(prefix).global.\(partition.dualStackSuffix)"
        case ("aws-cn", true) where !isFIPS: return "iam.global.\(partition.dualStackSuffix)"
        case (_, true): return "\(prefix).\(partition.dualStackSuffix)"
        case ("aws-iso", false), ("aws-iso-b", false):
            return "\(prefix).\(partition.mainRegion).\(partition.dnsSuffix)"
        case (_, false) where isFIPS || partition == .standard:
            return "\(prefix).\(partition.dnsSuffix)"
        case (_, false): return "iam.\(partition.mainRegion).\(partition.dnsSuffix)"
        }
    }
}

/// The services whose ordinary endpoints in the US government's regions are FIPS endpoints.
private let ordinaryInGovernment: Set = [
    "acm", "application-autoscaling", "autoscaling", "cloudformation", "cloudtrail", "cloudwatch",
    "config", "dms", "ec2", "elasticache", "elasticbeanstalk", "elasticloadbalancing", "events",
    "kinesis", "logs", "organizations", "rds", "servicequotas", "sns", "sqs", "ssm", "states",
]

/// The region that signs for a service that a partition has only once; nil for all others.
func globalRegion(of service: String, in partition: Partition) -> String? {
    switch service {
    case "iam": partition.mainRegion
    case "organizations", "route53", "cloudfront":
        partition.id == "aws-cn" ? "cn-northwest-1" : partition.mainRegion
    default: nil
    }
}

/// The region in a host name of AWS's: `eu-west-1` of `bucket.s3.eu-west-1.amazonaws.com`.
func region(inHost host: String) -> String? {
    guard Partition(ofHost: host) != nil else { return nil }
    return host.lowercased().split(separator: ".").last { label in
        let parts = label.split(separator: "-", omittingEmptySubsequences: false)
        guard (3...5).contains(parts.count), let number = parts.last, !number.isEmpty else {
            return false
        }
        return number.utf8.allSatisfy { (0x30...0x39).contains($0) }
            && parts.dropLast().allSatisfy { part in
                !part.isEmpty && part.utf8.allSatisfy { (0x61...0x7A).contains($0) }
            }
    }.map(String.init)
}

extension SettingsLookup {
    /// Finds where a service is asked for a region: at a custom URL, or at AWS's own endpoint.
    func endpoint(
        of service: CanaryService, in region: Sourced<String>
    ) throws(ResolveProblem) -> Sourced<Endpoint> {
        var endpoint = try variant().0.endpoint(of: service, in: region.value)
        guard let text = try customURLText(toCall: service) else {
            return Sourced(endpoint, from: region.provenance)
        }
        let url = try parse(text)
        endpoint.url = url.url
        if let partition = Partition(ofHost: url.host) {
            endpoint.partition = partition.id
            // A service that a partition has once is signed for where it is.
            endpoint.signingRegion =
                globalRegion(of: service.name, in: partition) ?? endpoint.signingRegion
        }
        return Sourced(endpoint, from: text.provenance)
    }

    /// Finds where a call of a canary goes, and what its signature names.
    func target(of call: CanaryCall) throws(ResolveProblem) -> CanaryTarget {
        let own = try region()
        let region = call.region.map { Sourced($0, from: .builtIn("the canary's region")) } ?? own
        switch call.form {
        case .request(let service, _, let url, _):
            let place = String(url.prefix { $0 != "?" })
            let host =
                if case .success(let parsed) = EndpointURL.parse(place) { parsed.host } else { "" }
            let partition = Partition(ofHost: host) ?? Partition(ofRegion: region.value)
            let signing =
                call.region ?? globalRegion(of: service, in: partition)
                ?? Resolving.region(inHost: host) ?? region.value
            return CanaryTarget(url: url, service: service, region: signing)
        case .action(let name, _):
            guard let service = CanaryService(named: name) else {
                throw .badSetting(
                    name: "canary", what: "its service is unknown",
                    .builtIn("the services that credwatch knows"))
            }
            let endpoint = try endpoint(of: service, in: region).value
            return CanaryTarget(
                url: endpoint.url, service: service.signingName, region: endpoint.signingRegion)
        }
    }
}

extension Planner {
    /// Finds where a profile's requests to IAM go.
    func iamEndpoint(
        of configuration: ProfileConfiguration, in files: SharedFiles
    ) throws(ResolveProblem) -> Sourced<Endpoint> {
        let settings = settings(configuration, in: files)
        return try settings.endpoint(of: .iam, in: try settings.region())
    }

    /// Finds where the calls of a canary go, by the settings of a profile; each has its own problem.
    func targets(
        of calls: [CanaryCall], for configuration: ProfileConfiguration, in files: SharedFiles
    ) -> [Result<CanaryTarget, CanaryObstacle>] {
        let settings = settings(configuration, in: files)
        return calls.map { call in
            do throws(ResolveProblem) {
                return .success(try settings.target(of: call))
            } catch {
                return .failure(CanaryObstacle(error))
            }
        }
    }

    private func settings(
        _ configuration: ProfileConfiguration, in files: SharedFiles
    ) -> SettingsLookup {
        settings(configuration, files.profile(name(of: configuration)), files)
    }
}

extension Resolver {
    /// Finds where a profile's requests to IAM go, by the rules of the SDKs; STS is asked where its checks are.
    ///
    /// It is worked out anew each time: nobody asks IAM often.
    package func iamEndpoint(
        of profile: ProfileConfiguration, within limit: Duration? = nil
    ) async throws(ResolveProblem) -> Sourced<Endpoint> {
        let (site, files) = try await look(at: profile, within: limit)
        return try site.planner.iamEndpoint(of: site.adapted(profile, in: files), in: files)
    }

    /// Finds where the calls of a canary go, by the settings as they are now; each has its own problem.
    package func targets(
        of calls: [CanaryCall], for profile: ProfileConfiguration
    ) async throws(ResolveProblem) -> [Result<CanaryTarget, CanaryObstacle>] {
        let (site, files) = try await look(at: profile)
        return site.planner.targets(
            of: calls, for: try site.adapted(profile, in: files), in: files)
    }
}
