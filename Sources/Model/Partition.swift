/// A separate world of AWS: its own accounts, keys and endpoints.
package struct Partition: Sendable, Hashable {
    /// As ARNs name it: `aws-us-gov`.
    package let id: String
    /// What every regional host name ends with: `amazonaws.com`.
    package let dnsSuffix: String
    /// What dual-stack host names end with; nil where there are none.
    package let dualStackSuffix: String?
    /// The region whose STS knows every key of the partition: `us-east-1`.
    package let mainRegion: String
    /// How the partition's regions begin: `us-gov-`.
    package let regionPrefixes: [String]

    /// Finds the partition of a region; a region of no known form belongs to `aws`.
    package init(ofRegion region: String) {
        self =
            Self.all.first { partition in
                partition.regionPrefixes.contains { region.hasPrefix($0) }
            } ?? .standard
    }

    /// Finds the partition of an AWS host name; nil when the host is not AWS's.
    package init?(ofHost host: String) {
        var host = host.lowercased()
        if host.hasSuffix(".") { host.removeLast() }
        let found = Self.all.filter { partition in
            [partition.dnsSuffix, partition.dualStackSuffix].contains { suffix in
                suffix.map { host.hasSuffix("." + $0) } ?? false
            }
        }
        // aws and aws-us-gov share their suffix; the region in the name tells them apart, and a name
        // without one (sts.amazonaws.com) is the commercial partition's.
        let labels = host.split(separator: ".").map(String.init)
        let byRegion = found.first { partition in
            labels.contains { label in
                partition.regionPrefixes.contains { label.hasPrefix($0) }
            }
        }
        guard let partition = byRegion ?? found.last else { return nil }
        self = partition
    }

    private init(
        _ id: String, _ dnsSuffix: String, dualStack: String?, main: String, _ prefixes: [String]
    ) {
        self.id = id
        self.dnsSuffix = dnsSuffix
        self.dualStackSuffix = dualStack
        mainRegion = main
        regionPrefixes = prefixes
    }

    /// The commercial partition.
    package static let standard = Partition(
        "aws", "amazonaws.com", dualStack: "api.aws", main: "us-east-1",
        ["us-east-", "us-west-", "eu-", "ap-", "sa-", "ca-", "me-", "af-", "il-", "mx-"])

    /// Every partition, the ones with the longer region prefixes first.
    package static let all = [
        Partition(
            "aws-cn", "amazonaws.com.cn", dualStack: "api.amazonwebservices.com.cn",
            main: "cn-north-1", ["cn-"]),
        Partition(
            "aws-us-gov", "amazonaws.com", dualStack: "api.aws", main: "us-gov-west-1", ["us-gov-"]
        ),
        Partition(
            "aws-iso", "c2s.ic.gov", dualStack: nil, main: "us-iso-east-1", ["us-iso-"]),
        Partition(
            "aws-iso-b", "sc2s.sgov.gov", dualStack: nil, main: "us-isob-east-1", ["us-isob-"]),
        Partition(
            "aws-iso-e", "cloud.adc-e.uk", dualStack: nil, main: "eu-isoe-west-1", ["eu-isoe-"]),
        Partition(
            "aws-iso-f", "csp.hci.ic.gov", dualStack: nil, main: "us-isof-south-1", ["us-isof-"]),
        Partition(
            "aws-eusc", "amazonaws.eu", dualStack: nil, main: "eusc-de-east-1", ["eusc-"]),
        standard,
    ]
}
