import Model
import Testing

@testable import Resolving

/// Where IAM is asked.
@Suite struct IAMEndpointTests {
    /// Region, host, the region of the signature; with FIPS, dual stack, and both.
    @Test(arguments: [
        ("us-east-1", "iam.amazonaws.com", "us-east-1"),
        ("eu-central-1", "iam.amazonaws.com", "us-east-1"),
        ("cn-northwest-1", "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("us-gov-east-1", "iam.us-gov.amazonaws.com", "us-gov-west-1"),
        ("us-iso-west-1", "iam.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
        ("us-isob-east-1", "iam.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"),
        ("eu-isoe-west-1", "iam.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1"),
        ("us-isof-east-1", "iam.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1"),
        ("eusc-de-east-1", "iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
    ])
    func `each partition has its own`(region: String, host: String, signing: String) {
        let endpoint = EndpointVariant().endpoint(of: .iam, in: region)
        #expect(endpoint.url == "https://\(host)" && endpoint.signingRegion == signing)
        #expect(endpoint.partition == Partition(ofRegion: region).id)
    }

    @Test(arguments: [
        ("us-east-1", true, false, "iam-fips.amazonaws.com"),
        ("us-east-1", false, true, "iam.global.api.aws"),
        ("us-east-1", true, true, "iam-fips.global.api.aws"),
        ("us-gov-west-1", true, false, "iam.us-gov.amazonaws.com"),
        ("us-gov-west-1", true, true, "iam.us-gov.api.aws"),
        ("cn-north-1", false, true, "iam.global.api.amazonwebservices.com.cn"),
        ("cn-north-1", true, true, "iam-fips.api.amazonwebservices.com.cn"),
        ("us-iso-east-1", true, false, "iam-fips.us-iso-east-1.c2s.ic.gov"),
        ("eusc-de-east-1", true, false, "iam-fips.amazonaws.eu"),
        ("us-isof-south-1", false, true, "iam.api.aws.hci.ic.gov"),
        ("fips-us-gov-west-1", false, false, "iam.us-gov.amazonaws.com"),
        ("aws-us-gov-global", false, false, "iam.us-gov.amazonaws.com"),
    ])
    func `fips and dual stack have others`(
        region: String, fips: Bool, dual: Bool, host: String
    ) {
        let variant = EndpointVariant(isFIPS: fips, isDualStack: dual)
        #expect(variant.endpoint(of: .iam, in: region).url == "https://\(host)")
    }

    private func endpoint(
        _ variables: [String: String] = [:], config: String = "[profile app]\nregion = eu-west-1\n",
        override url: String? = nil
    ) throws -> String {
        let files = try sharedFiles(
            credentials: "[app]\n\(exampleKeys)", config: config)
        let overrides = AWSOverrides(
            endpointURL: url.map { Sourced($0, from: .builtIn("a test")) })
        let planner = Planner(AWSEnvironment(variables: variables), overrides)
        let profile = ProfileConfiguration(name: "app")
        let endpoint = try planner.iamEndpoint(of: profile, in: files).value
        // A canary of IAM goes to the same place.
        let canary = CanaryCall(.action(service: "iam", name: "GetUser"))
        let target = try planner.targets(of: [canary], for: profile, in: files).first?.get()
        #expect(target?.url == endpoint.url && target?.region == endpoint.signingRegion)
        return "\(endpoint.url) \(endpoint.signingRegion)"
    }

    @Test func `settings beat the rules, in the SDKs' order`() throws {
        let services = "[services s]\niam =\n  endpoint_url = http://127.0.0.1:3\n"
        let profile = "[profile app]\nregion = eu-west-1\nendpoint_url = http://127.0.0.1:4\n"
        #expect(try endpoint() == "https://iam.amazonaws.com us-east-1")
        #expect(try endpoint(config: profile) == "http://127.0.0.1:4 us-east-1")
        #expect(
            try endpoint(config: profile + "services = s\n" + services)
                == "http://127.0.0.1:3 us-east-1")
        let general = ["AWS_ENDPOINT_URL": "http://127.0.0.1:2"]
        #expect(try endpoint(general, config: profile) == "http://127.0.0.1:2 us-east-1")
        let own = general.merging(["AWS_ENDPOINT_URL_IAM": "http://127.0.0.1:1"]) { $1 }
        #expect(try endpoint(own, config: profile) == "http://127.0.0.1:1 us-east-1")
        let ignored = own.merging(["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"]) { $1 }
        #expect(try endpoint(ignored, config: profile) == "https://iam.amazonaws.com us-east-1")
        // STS's own variable is not IAM's.
        #expect(
            try endpoint(["AWS_ENDPOINT_URL_STS": "http://127.0.0.1:5"])
                == "https://iam.amazonaws.com us-east-1")
    }

    @Test func `a URL of credwatch.yaml stands in for all of AWS, unless it is STS's own`() throws {
        #expect(try endpoint(override: "http://127.0.0.1:9") == "http://127.0.0.1:9 us-east-1")
        #expect(
            try endpoint(override: "https://sts.eu-west-1.amazonaws.com")
                == "https://iam.amazonaws.com us-east-1")
        #expect(
            try endpoint(override: "https://vpce-1.sts.eu-west-1.vpce.amazonaws.com")
                == "https://iam.amazonaws.com us-east-1")
    }

    @Test func `a setting that is wrong is told`() {
        #expect(throws: ResolveProblem.self) {
            try endpoint(["AWS_ENDPOINT_URL_IAM": "ftp://x"])
        }
    }
}
