import Model

/// Where services other than STS are, by the rules of the SDKs.
extension EndpointVariant {
    /// AWS's own endpoint of a service for a region.
    ///
    /// The rules were compared with those that AWS's SDK for Python (botocore) carries for each service.
    func endpoint(of service: CanaryService, in name: String) -> Endpoint {
        if service.name == "sts" { return EndpointPair(region: name, self).endpoint }
        var variant = self
        var region = name
        if region.hasPrefix("fips-") {
            region = String(region.dropFirst(5))
            variant.isFIPS = true
        } else if region.hasSuffix("-fips") {
            region = String(region.dropLast(5))
            variant.isFIPS = true
        }
        let partition = Partition(ofRegion: region)
        if region == partition.pseudoRegion { region = partition.mainRegion }
        region = globalRegion(of: service.name, in: partition) ?? region
        return Endpoint(
            url: "https://" + variant.host(of: service, in: region, partition),
            signingRegion: region, partition: partition.id)
    }

    private func host(
        of service: CanaryService, in region: String, _ partition: Partition
    ) -> String {
        let isGovernment = partition.id == "aws-us-gov"
        let fips = isFIPS ? "-fips" : ""
        switch service.name {
        case "iam" where !isDualStack && partition == .standard:
            return "iam\(fips).\(partition.dnsSuffix)"
        case "iam" where !isDualStack && isGovernment:
            // The government's one IAM is a FIPS endpoint itself.
            return "iam.us-gov.\(partition.dnsSuffix)"
        case "iam" where isDualStack && partition == .standard:
            return "iam\(fips).global.\(partition.dualStackSuffix)"
        case "iam" where isDualStack && isGovernment:
            return "iam\(fips).us-gov.\(partition.dualStackSuffix)"
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
    /// Finds where a call of a canary goes, and what its signature names.
    func target(of call: CanaryCall) throws(ResolveProblem) -> CanaryTarget {
        let own = try region()
        let region = call.region ?? own.value
        switch call.form {
        case .request(let service, _, let url, _):
            let place = String(url.prefix { $0 != "?" })
            let host =
                if case .success(let parsed) = EndpointURL.parse(place) { parsed.host } else { "" }
            let partition = Partition(ofHost: host) ?? Partition(ofRegion: region)
            let signing =
                call.region ?? globalRegion(of: service, in: partition)
                ?? Resolving.region(inHost: host) ?? region
            return CanaryTarget(url: url, service: service, region: signing)
        case .action(let name, _):
            guard let service = CanaryService(named: name) else {
                throw .badSetting(
                    name: "canary", what: "its service is unknown",
                    .builtIn("the services that credwatch knows"))
            }
            let standard = try variant().0.endpoint(of: service, in: region)
            guard let custom = try customURLText(of: service) else {
                return CanaryTarget(
                    url: standard.url, service: service.signingName, region: standard.signingRegion)
            }
            return CanaryTarget(
                url: try parse(custom).url, service: service.signingName,
                region: standard.signingRegion)
        }
    }

    /// Returns the custom URL of a service as it is written, by the SDKs' order; nil when there is none.
    private func customURLText(
        of service: CanaryService
    ) throws(ResolveProblem) -> Sourced<String>? {
        if service.name == "sts" { return try customURLText(of: .sts) }
        let ignore = environment.ignoreEndpointURLs ?? profile?.text(.ignoreEndpointURLs)
        if let ignore, try flag(ignore, .ignoreEndpointURLs) { return nil }
        let variables = environment.environment
        if let url = variables["AWS_ENDPOINT_URL_\(service.setting)"]
            ?? variables["AWS_ENDPOINT_URL"]
        {
            return url
        }
        if let reference = profile?.text(.services), let file = services.config.file {
            let outer = file.entries(of: .services, reference.value)?.last {
                $0.name == service.setting.lowercased()
            }
            let entry = outer?.nested.last { $0.name == KnownProperty.endpointURL.name }
            if let entry, !entry.value.isEmpty {
                return Sourced(entry.value.reveal(), from: .file(entry.location))
            }
        }
        return profile?.text(.endpointURL)
    }
}

extension Planner {
    /// Finds where the calls of a canary go, by the settings of a profile; each has its own problem.
    func targets(
        of calls: [CanaryCall], for configuration: ProfileConfiguration, in files: SharedFiles
    ) -> [Result<CanaryTarget, CanaryObstacle>] {
        let settings = SettingsLookup(
            ownRegion: configuration.region, defaultRegion: configuration.defaultRegion,
            overrides: overrides, environment: environment,
            profile: files.profile(name(of: configuration)), services: files)
        return calls.map { call in
            do throws(ResolveProblem) {
                return .success(try settings.target(of: call))
            } catch {
                return .failure(CanaryObstacle(error))
            }
        }
    }
}

extension Site {
    /// Finds where the calls of a canary go.
    func targets(
        of calls: [CanaryCall], for profile: ProfileConfiguration, in files: SharedFiles
    ) throws(ResolveProblem) -> [Result<CanaryTarget, CanaryObstacle>] {
        var profile = profile
        if case .credential(let credential) = kind {
            profile = try credential.profile(for: profile, in: files)
        }
        return planner.targets(of: calls, for: profile, in: files)
    }
}
