import Testing

@testable import Linting

@Suite struct RegionFormTests {
    @Test(
        arguments: [
            ("us-east-1a", "us-east-1"), ("us-gov-west-1b", "us-gov-west-1"),
            ("eu-central1", "eu-central-1"), ("eucentral1", "eu-central-1"),
            ("us_east_1", "us-east-1"), ("US-EAST-1", "us-east-1"), (" us-west-2", "us-west-2"),
            ("us-east-1\n", "us-east-1"), ("\"eu-west-1\"", "eu-west-1"),
            ("Frankfurt", "eu-central-1"),
            ("US East (N. Virginia)", "us-east-1"), ("useast1a", "us-east-1"),
            ("somewhere", nil), ("-", nil), ("eu-central", nil), ("1-2-3", nil),
        ] as [(String, String?)])
    func `a slip is seen, and the region that was meant`(_ text: String, _ meant: String?) throws {
        let slip = try #require(RegionSlip(text))
        #expect(slip.meant == meant)
        #expect(slip.meant.map(isKnownRegion) ?? true)
    }

    @Test(arguments: [
        "us-east-1", "eu-central-2", "us-gov-east-1", "us-isob-east-1", "eusc-de-east-1",
        "ap-southeast-12", "xx-nowhere-1", "aws-global", "aws-cn-global", "fips-us-east-1",
        "us-east-1-fips", "",
    ])
    func `what may be a region is none`(_ text: String) {
        #expect(RegionSlip(text) == nil)
    }
}
