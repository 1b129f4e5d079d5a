import Model
import Testing

@testable import Resolving

@Suite struct EndpointRulesTests {
    /// Region, partition, host, the main region's host.
    @Test(
        arguments: [
            ("us-east-1", "aws", "sts.us-east-1.amazonaws.com", nil),
            (
                "eu-central-1", "aws", "sts.eu-central-1.amazonaws.com",
                "sts.us-east-1.amazonaws.com"
            ),
            ("xx-new-9", "aws", "sts.xx-new-9.amazonaws.com", "sts.us-east-1.amazonaws.com"),
            ("cn-north-1", "aws-cn", "sts.cn-north-1.amazonaws.com.cn", nil),
            (
                "cn-northwest-1", "aws-cn", "sts.cn-northwest-1.amazonaws.com.cn",
                "sts.cn-north-1.amazonaws.com.cn"
            ),
            (
                "us-gov-east-1", "aws-us-gov", "sts.us-gov-east-1.amazonaws.com",
                "sts.us-gov-west-1.amazonaws.com"
            ),
            (
                "us-iso-west-1", "aws-iso", "sts.us-iso-west-1.c2s.ic.gov",
                "sts.us-iso-east-1.c2s.ic.gov"
            ),
            ("us-isob-east-1", "aws-iso-b", "sts.us-isob-east-1.sc2s.sgov.gov", nil),
            ("eu-isoe-west-1", "aws-iso-e", "sts.eu-isoe-west-1.cloud.adc-e.uk", nil),
            (
                "us-isof-east-1", "aws-iso-f", "sts.us-isof-east-1.csp.hci.ic.gov",
                "sts.us-isof-south-1.csp.hci.ic.gov"
            ),
            ("eusc-de-east-1", "aws-eusc", "sts.eusc-de-east-1.amazonaws.eu", nil),
            ("aws-cn-global", "aws-cn", "sts.cn-north-1.amazonaws.com.cn", nil),
        ] as [(String, String, String, String?)])
    func standard(_ region: String, _ partition: String, _ host: String, _ main: String?) {
        let pair = EndpointPair(region: region, EndpointVariant())
        #expect(pair.endpoint.url == "https://\(host)")
        #expect(pair.endpoint.partition == partition)
        #expect(pair.endpoint.url.contains(pair.endpoint.signingRegion))
        #expect(pair.main?.url == main.map { "https://\($0)" })
        #expect(pair.main?.partition ?? partition == partition)
    }

    @Test(arguments: [
        ("us-west-2", true, false, "https://sts-fips.us-west-2.amazonaws.com"),
        ("us-west-2", false, true, "https://sts.us-west-2.api.aws"),
        ("us-west-2", true, true, "https://sts-fips.us-west-2.api.aws"),
        ("us-gov-west-1", true, false, "https://sts.us-gov-west-1.amazonaws.com"),
        ("us-gov-west-1", true, true, "https://sts-fips.us-gov-west-1.api.aws"),
        ("cn-north-1", false, true, "https://sts.cn-north-1.api.amazonwebservices.com.cn"),
        ("fips-us-east-2", false, false, "https://sts-fips.us-east-2.amazonaws.com"),
        ("us-east-2-fips", false, false, "https://sts-fips.us-east-2.amazonaws.com"),
        ("aws-global", true, false, "https://sts-fips.us-east-1.amazonaws.com"),
    ])
    func variants(_ region: String, _ isFIPS: Bool, _ isDualStack: Bool, _ url: String) {
        let variant = EndpointVariant(isFIPS: isFIPS, isDualStack: isDualStack)
        #expect(EndpointPair(region: region, variant).endpoint.url == url)
    }

    @Test(arguments: [
        ("eu-west-1", "https://sts.amazonaws.com", "us-east-1"),
        ("us-east-1", "https://sts.amazonaws.com", "us-east-1"),
        ("aws-global", "https://sts.amazonaws.com", "us-east-1"),
        ("eu-south-1", "https://sts.eu-south-1.amazonaws.com", "eu-south-1"),
        ("cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn", "cn-north-1"),
    ])
    func legacy(_ region: String, _ url: String, _ signingRegion: String) {
        let pair = EndpointPair(region: region, EndpointVariant(isLegacyGlobal: true))
        #expect(pair.endpoint.url == url)
        #expect(pair.endpoint.signingRegion == signingRegion)
        #expect((pair.main == nil) == (region != "eu-south-1"))
    }

    @Test(arguments: [
        ("https://sts.us-east-1.amazonaws.com", "cn-north-1", "aws", "cn-north-1"),
        ("https://sts.us-gov-west-1.amazonaws.com", "us-east-1", "aws-us-gov", "us-east-1"),
        ("https://sts.amazonaws.com", "us-gov-west-1", "aws", "us-gov-west-1"),
        ("https://vpce-1.sts.eu-west-1.vpce.amazonaws.com", "eu-west-1", "aws", "eu-west-1"),
        ("http://localhost:4566", "cn-north-1", "aws-cn", "cn-north-1"),
        ("http://localhost:4566", "aws-global", "aws", "us-east-1"),
    ])
    func custom(
        _ url: String, _ region: String, _ partition: String, _ signingRegion: String
    ) throws {
        let pair = EndpointPair(try EndpointURL.parse(url).get(), region: region)
        #expect(
            pair.endpoint == Endpoint(url: url, signingRegion: signingRegion, partition: partition))
        #expect(pair.main == nil)
    }
}
