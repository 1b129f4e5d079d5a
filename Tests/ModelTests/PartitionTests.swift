import Model
import Testing

@Suite struct PartitionTests {
    @Test(arguments: [
        ("us-east-1", "aws"), ("us-west-2", "aws"), ("eu-central-1", "aws"), ("ap-east-2", "aws"),
        ("sa-east-1", "aws"), ("ca-west-1", "aws"), ("me-south-1", "aws"), ("af-south-1", "aws"),
        ("il-central-1", "aws"), ("mx-central-1", "aws"), ("cn-north-1", "aws-cn"),
        ("cn-northwest-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"),
        ("us-gov-east-1", "aws-us-gov"), ("us-iso-west-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"), ("eu-isoe-west-1", "aws-iso-e"),
        ("us-isof-south-1", "aws-iso-f"), ("eusc-de-east-1", "aws-eusc"), ("aws-global", "aws"),
        ("", "aws"), ("moon-1", "aws"),
    ])
    func `by region`(region: String, id: String) {
        #expect(Partition(ofRegion: region).id == id)
    }

    @Test(arguments: [
        ("sts.amazonaws.com", "aws"), ("sts.us-east-1.amazonaws.com", "aws"),
        ("STS.EU-CENTRAL-1.AMAZONAWS.COM", "aws"), ("sts.eu-central-1.amazonaws.com.", "aws"),
        ("sts-fips.us-west-2.amazonaws.com", "aws"), ("sts.eu-west-1.api.aws", "aws"),
        ("vpce-0a1b-2c3d.sts.eu-west-1.vpce.amazonaws.com", "aws"),
        ("sts.us-gov-west-1.amazonaws.com", "aws-us-gov"),
        ("sts.us-gov-east-1.api.aws", "aws-us-gov"),
        ("sts.cn-north-1.amazonaws.com.cn", "aws-cn"),
        ("sts.cn-north-1.api.amazonwebservices.com.cn", "aws-cn"),
        ("sts.eusc-de-east-1.amazonaws.eu", "aws-eusc"),
        ("sts.us-iso-east-1.c2s.ic.gov", "aws-iso"),
        ("sts.us-isob-east-1.sc2s.sgov.gov", "aws-iso-b"),
    ])
    func `by host`(host: String, id: String) {
        #expect(Partition(ofHost: host)?.id == id)
    }

    @Test(arguments: [
        "", ".", "localhost", "127.0.0.1", "sts.example.com", "amazonaws.com",
        "sts.notamazonaws.com", "amazonaws.com.evil.example", "sts.amazonaws.com.evil.example",
    ])
    func `another's host has none`(host: String) {
        #expect(Partition(ofHost: host) == nil)
    }

    @Test(arguments: [
        ("aws", "us-east-1"), ("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1"),
        ("aws-eusc", "eusc-de-east-1"),
    ])
    func `the main region`(id: String, region: String) throws {
        let partition = try #require(Partition.all.first { $0.id == id })
        #expect(partition.mainRegion == region)
    }

    @Test func `every partition finds itself by its main region and host`() {
        for partition in Partition.all {
            #expect(Partition(ofRegion: partition.mainRegion) == partition)
            #expect(
                Partition(ofHost: "sts.\(partition.mainRegion).\(partition.dnsSuffix)")
                    == partition)
        }
        #expect(Set(Partition.all.map(\.id)).count == Partition.all.count)
        #expect(Partition.all.contains(.standard))
    }
}
