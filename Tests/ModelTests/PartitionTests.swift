import Testing

@testable import Model

@Suite struct PartitionTests {
    @Test(arguments: [
        ("us-east-1", "aws"), ("mars-1", "aws"), ("", "aws"), ("cn-north-1", "aws-cn"),
        ("us-gov-east-1", "aws-us-gov"), ("us-iso-east-1", "aws-iso"),
        ("us-isob-west-1", "aws-iso-b"), ("eu-isoe-west-1", "aws-iso-e"),
        ("us-isof-south-1", "aws-iso-f"), ("eusc-de-east-1", "aws-eusc"),
        ("aws-us-gov-global", "aws-us-gov"), ("aws-global", "aws"),
    ])
    func ofRegion(_ region: String, _ id: String) {
        #expect(Partition(ofRegion: region).id == id)
    }

    @Test(arguments: [
        ("sts.amazonaws.com", "aws"), ("STS.EU-WEST-1.AMAZONAWS.COM", "aws"),
        ("sts.us-east-1.api.aws", "aws"), ("sts.us-gov-west-1.amazonaws.com", "aws-us-gov"),
        ("sts.us-gov-west-1.api.aws", "aws-us-gov"),
        ("sts.cn-north-1.amazonaws.com.cn", "aws-cn"),
        ("sts.eusc-de-east-1.amazonaws.eu", "aws-eusc"),
        ("sts.us-iso-east-1.c2s.ic.gov", "aws-iso"),
        ("localhost", nil), ("amazonaws.com.example.org", nil), ("notamazonaws.com", nil),
    ])
    func ofHost(_ host: String, _ id: String?) {
        #expect(Partition(ofHost: host)?.id == id)
    }

    @Test func everyMainRegionIsInItsPartition() {
        for partition in Partition.all {
            #expect(Partition(ofRegion: partition.mainRegion) == partition)
            #expect(
                Partition(ofHost: "sts.\(partition.mainRegion).\(partition.dnsSuffix)") == partition
            )
            #expect(
                Partition(ofHost: "sts.\(partition.mainRegion).\(partition.dualStackSuffix)")
                    == partition)
        }
    }
}
