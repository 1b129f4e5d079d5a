import Model
import Support
import Testing

@Suite struct RegionalEndpointTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var region: String
        var host: String
        /// Regions of `https://sts.REGION.SUFFIX`, or whole hosts.
        var regional: String?
        var main: String?

        var testDescription: String { "\(host) for \(region)" }
    }

    static let rows = [
        Row(region: "eu-west-1", host: "sts.eu-west-1.amazonaws.com", main: "us-east-1"),
        Row(region: "us-east-1", host: "sts.us-east-1.amazonaws.com"),
        Row(region: "eu-west-1", host: "sts.amazonaws.com", regional: "eu-west-1"),
        Row(region: "us-east-1", host: "sts.amazonaws.com"),
        Row(region: "aws-global", host: "sts.amazonaws.com"),
        Row(
            region: "eu-west-1", host: "sts.us-west-2.amazonaws.com", regional: "eu-west-1",
            main: "us-east-1"),
        Row(
            region: "eu-west-1", host: "vpce-0a-1b.sts.eu-west-1.vpce.amazonaws.com",
            regional: "eu-west-1", main: "us-east-1"),
        Row(
            region: "us-east-1", host: "vpce-0a-1b.sts.us-east-1.vpce.amazonaws.com",
            regional: "us-east-1"),
        Row(
            region: "us-west-2", host: "sts-fips.us-west-2.amazonaws.com",
            main: "https://sts-fips.us-east-1.amazonaws.com"),
        Row(
            region: "fips-us-west-2", host: "sts-fips.us-west-2.amazonaws.com",
            main: "https://sts-fips.us-east-1.amazonaws.com"),
        Row(
            region: "eu-west-1", host: "sts.eu-west-1.api.aws",
            main: "https://sts.us-east-1.api.aws"),
        Row(
            region: "cn-northwest-1", host: "sts.cn-northwest-1.amazonaws.com.cn",
            main: "https://sts.cn-north-1.amazonaws.com.cn"),
        Row(
            region: "us-gov-east-1", host: "sts.us-gov-east-1.amazonaws.com",
            main: "us-gov-west-1"),
        // Another partition's, and nobody's of AWS.
        Row(region: "eu-west-1", host: "sts.cn-north-1.amazonaws.com.cn"),
        Row(region: "eu-west-1", host: "localhost:4566"),
        Row(region: "eu-west-1", host: "127.0.0.1"),
        Row(region: "eu-west-1", host: "sts.amazonaws.com.evil.example"),
    ]

    private func url(_ place: String?) -> String? {
        place.map { $0.hasPrefix("https:") ? $0 : "https://sts.\($0).amazonaws.com" }
    }

    @Test(arguments: rows)
    func `who else may be asked`(row: Row) {
        for tail in ["", ":443", "/path"] where !row.host.contains(":") {
            let endpoint = Endpoint(
                url: "https://\(row.host)\(tail)", signingRegion: row.region,
                partition: Partition(ofHost: row.host)?.id ?? "aws")
            let found = Sample.resolved(region: row.region, endpoint: endpoint, main: nil)
                .opinionEndpoints
            #expect(found.regional?.url == url(row.regional))
            #expect(found.main?.url == url(row.main))
            for other in [found.regional, found.main].compactMap(\.self) {
                #expect(other.url.contains(".\(other.signingRegion)."))
                #expect(other.partition == endpoint.partition)
            }
        }
    }

    @Test func `the main endpoint that the resolver found stays`() {
        let found = Sample.resolved().opinionEndpoints
        #expect(found == OpinionEndpoints(regional: nil, main: Sample.mainEndpoint))
    }
}
