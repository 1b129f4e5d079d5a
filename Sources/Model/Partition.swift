/// A separate world of AWS: its own accounts, keys and endpoints.
package struct Partition: Sendable, Hashable {
    /// As ARNs name it: `aws-us-gov`.
    package let id: String
    /// What every regional host name ends with: `amazonaws.com`.
    package let dnsSuffix: String
    /// What dual-stack host names end with: `api.aws`.
    package let dualStackSuffix: String
    /// The region whose STS is asked for a second opinion: `us-east-1`.
    package let mainRegion: String
    /// How the partition's regions begin, `us-gov-`; empty for `aws`, which has all the others.
    package let regionPrefix: String
    /// The partition's name where a region is expected, for services without regions: `aws-global`.
    package let pseudoRegion: String

    /// Finds the partition of a region or pseudo-region; a region of no known form belongs to `aws`.
    package init(ofRegion region: String) {
        self =
            Self.others.first { partition in
                region.hasPrefix(partition.regionPrefix) || region == partition.pseudoRegion
            } ?? .standard
    }

    /// Finds the partition of an AWS host name; nil when the host is not AWS's.
    package init?(ofHost host: String) {
        let host = host.lowercased()
        let found = Self.all.filter { partition in
            host.hasSuffix("." + partition.dnsSuffix)
                || host.hasSuffix("." + partition.dualStackSuffix)
        }
        // aws and aws-us-gov share their suffixes; the region in the name tells them apart.
        let byRegion = found.first { partition in
            !partition.regionPrefix.isEmpty
                && host.split(separator: ".").contains { $0.hasPrefix(partition.regionPrefix) }
        }
        guard let partition = byRegion ?? found.last else { return nil }
        self = partition
    }

    private init(
        _ id: String, _ dnsSuffix: String, dualStack: String, main: String, prefix: String
    ) {
        self.id = id
        self.dnsSuffix = dnsSuffix
        dualStackSuffix = dualStack
        mainRegion = main
        regionPrefix = prefix
        pseudoRegion = id + "-global"
    }

    /// The commercial partition.
    package static let standard = Partition(
        "aws", "amazonaws.com", dualStack: "api.aws", main: "us-east-1", prefix: "")

    /// Every partition, the commercial one last.
    package static let all = others + [standard]

    private static let others = [
        Partition(
            "aws-cn", "amazonaws.com.cn", dualStack: "api.amazonwebservices.com.cn",
            main: "cn-north-1", prefix: "cn-"),
        Partition(
            "aws-us-gov", "amazonaws.com", dualStack: "api.aws", main: "us-gov-west-1",
            prefix: "us-gov-"),
        Partition(
            "aws-iso", "c2s.ic.gov", dualStack: "api.aws.ic.gov", main: "us-iso-east-1",
            prefix: "us-iso-"),
        Partition(
            "aws-iso-b", "sc2s.sgov.gov", dualStack: "api.aws.scloud", main: "us-isob-east-1",
            prefix: "us-isob-"),
        Partition(
            "aws-iso-e", "cloud.adc-e.uk", dualStack: "api.cloud-aws.adc-e.uk",
            main: "eu-isoe-west-1", prefix: "eu-isoe-"),
        Partition(
            "aws-iso-f", "csp.hci.ic.gov", dualStack: "api.aws.hci.ic.gov",
            main: "us-isof-south-1", prefix: "us-isof-"),
        Partition(
            "aws-eusc", "amazonaws.eu", dualStack: "api.amazonwebservices.eu",
            main: "eusc-de-east-1", prefix: "eusc-"),
    ]
}
