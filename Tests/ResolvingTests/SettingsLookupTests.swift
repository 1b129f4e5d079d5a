import Model
import Testing

@testable import Resolving

private let fileRegion = "[profile app]\nregion = eu-west-3\n"

/// Looks settings up for the profile `app` of a config file.
private func settings(
    _ variables: [String: String] = [:], config: String = "[profile app]\n",
    region: String? = nil, defaultRegion: String? = nil, endpointURL: String? = nil
) throws -> SettingsLookup {
    func sourced(_ text: String?) -> Sourced<String>? {
        text.map {
            Sourced($0, from: .configuration(SourceLocation(file: "credwatch.yaml", line: 1)))
        }
    }
    let files = try sharedFiles(config: config)
    return SettingsLookup(
        ownRegion: sourced(region), defaultRegion: sourced(defaultRegion),
        overrides: AWSOverrides(endpointURL: sourced(endpointURL)),
        environment: EnvironmentSettings(AWSEnvironment(variables: variables)),
        profile: files.profile("app"), services: files)
}

@Suite struct SettingsLookupTests {
    @Test func regionsOrder() throws {
        let both = ["AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"]
        let older = ["AWS_DEFAULT_REGION": "eu-west-2", "AWS_REGION": ""]
        let first = try settings(
            both, config: fileRegion, region: "eu-north-1", defaultRegion: "x-1")
        let second = try settings(both, config: fileRegion, defaultRegion: "x-1")
        let third = try settings(older, config: fileRegion, defaultRegion: "x-1")
        let fourth = try settings(config: fileRegion, defaultRegion: "x-1")
        let fifth = try settings(defaultRegion: "x-1")
        #expect(try first.region().value == "eu-north-1")
        #expect(
            try second.region()
                == Sourced("eu-west-1", from: .environment(variable: "AWS_REGION")))
        #expect(
            try third.region()
                == Sourced("eu-west-2", from: .environment(variable: "AWS_DEFAULT_REGION")))
        #expect(try fourth.region().value == "eu-west-3")
        #expect(try fourth.region().provenance.description == "/home/app/.aws/config:2:1")
        #expect(try fifth.region().value == "x-1")
        let last = try settings().region()
        #expect(last.value == "us-east-1")
        guard case .builtIn = last.provenance else { return #expect(Bool(false)) }
    }

    @Test(arguments: [
        "us east-1", "US-EAST-1", "-a", "a-", "us-east-1.evil.example", "a/b", "us_east",
        "\u{00FC}s-1", String(repeating: "a", count: 64), "\"us-east-1\"", exampleSecret,
    ])
    func badRegions(_ region: String) throws {
        let lookup = try settings(["AWS_REGION": region])
        let problem = problemOf(lookup.region)
        guard case .badSetting("AWS_REGION", let what, let place) = problem else {
            return #expect(Bool(false), "\(String(describing: problem))")
        }
        #expect(place == .environment(variable: "AWS_REGION"))
        #expect(!what.contains(region))
    }

    @Test func endpointsOrder() throws {
        let config = """
            [profile app]
            endpoint_url = http://profile
            services = dev
            [services dev]
            s3 =
              endpoint_url = http://wrong
            sts =
              endpoint_url = http://services
            """
        let plain = "[profile app]\nendpoint_url = http://profile\n"
        let both = ["AWS_ENDPOINT_URL_STS": "http://sts", "AWS_ENDPOINT_URL": "http://global"]
        let global = ["AWS_ENDPOINT_URL": "http://global"]
        func url(_ lookup: SettingsLookup) throws -> String? { try lookup.customURL()?.value.url }
        #expect(
            try url(settings(both, config: config, endpointURL: "http://mine")) == "http://mine")
        #expect(try url(settings(both, config: config)) == "http://sts")
        #expect(try url(settings(global, config: config)) == "http://global")
        #expect(try url(settings(config: config)) == "http://services")
        #expect(try url(settings(config: plain)) == "http://profile")
        #expect(try url(settings()) == nil)
        let place = try settings(config: config).customURL()?.provenance
        #expect(place?.description == "/home/app/.aws/config:8:3")
    }

    @Test func configuredEndpointsCanBeIgnored() throws {
        let variables = [
            "AWS_ENDPOINT_URL": "http://global", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "TRUE",
        ]
        #expect(try settings(variables).customURL() == nil)
        #expect(
            try settings(variables, endpointURL: "http://mine").customURL()?.value.url
                == "http://mine")
        let config = """
            [profile app]
            endpoint_url = http://profile
            ignore_configured_endpoint_urls = true
            """
        #expect(try settings(config: config).customURL() == nil)
        // The environment decides over the file.
        #expect(
            try settings(["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"], config: config)
                .customURL()?.value.url == "http://profile")
    }

    @Test func aBadEndpointNamesItsSetting() throws {
        let lookup = try settings(["AWS_ENDPOINT_URL": "https://user:\(exampleSecret)@host"])
        guard case .badSetting("AWS_ENDPOINT_URL", let what, _) = problemOf(lookup.customURL) else {
            return #expect(Bool(false))
        }
        #expect(what == "a user name or password cannot be part of it")
        let missing = try settings(config: "[profile app]\nservices = none\n")
        guard case .badSetting("services", _, let place) = problemOf(missing.customURL) else {
            return #expect(Bool(false))
        }
        #expect(place.description == "/home/app/.aws/config:2:1")
    }

    @Test(arguments: [
        ([:], "", EndpointVariant()),
        (["AWS_USE_FIPS_ENDPOINT": "true"], "", EndpointVariant(isFIPS: true)),
        (["AWS_USE_DUALSTACK_ENDPOINT": "True"], "", EndpointVariant(isDualStack: true)),
        (["AWS_STS_REGIONAL_ENDPOINTS": "legacy"], "", EndpointVariant(isLegacyGlobal: true)),
        (
            [:],
            "use_fips_endpoint = true\nuse_dualstack_endpoint = true\nsts_regional_endpoints = Legacy",
            EndpointVariant(isFIPS: true, isDualStack: true, isLegacyGlobal: true)
        ),
        (
            ["AWS_USE_FIPS_ENDPOINT": "false", "AWS_STS_REGIONAL_ENDPOINTS": "regional"],
            "use_fips_endpoint = true\nsts_regional_endpoints = legacy", EndpointVariant()
        ),
    ])
    func variants(
        _ variables: [String: String], _ properties: String, _ expected: EndpointVariant
    ) throws {
        let lookup = try settings(variables, config: "[profile app]\n\(properties)\n")
        let (variant, setting) = try lookup.variant()
        #expect(variant == expected)
        #expect((setting != nil) == (expected.isFIPS || expected.isDualStack))
    }

    @Test(arguments: [
        ("AWS_USE_FIPS_ENDPOINT", "1"), ("AWS_USE_DUALSTACK_ENDPOINT", "yes"),
        ("AWS_STS_REGIONAL_ENDPOINTS", "global"),
    ])
    func badFlags(_ variable: String, _ value: String) throws {
        let lookup = try settings([variable: value])
        let problem = problemOf { () throws(ResolveProblem) in try lookup.variant().setting }
        guard case .badSetting(variable, _, .environment(variable, nil)) = problem else {
            return #expect(Bool(false), "\(String(describing: problem))")
        }
    }
}

extension SettingsLookup {
    /// The custom URL, read.
    fileprivate func customURL() throws(ResolveProblem) -> Sourced<EndpointURL>? {
        guard let text = try customURLText() else { return nil }
        return Sourced(try parse(text), from: text.provenance)
    }
}
