import Model
import Testing

@testable import Resolving

@Suite struct LocalEndpointsTests {
    private let relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
    private let full = "AWS_CONTAINER_CREDENTIALS_FULL_URI"

    private func container(_ variables: [String: String]) throws -> ContainerEndpoint? {
        let plan = try plan("x", .defaultChain, variables).get()
        if case .container(let endpoint) = plan.steps.first { return endpoint } else { return nil }
    }

    private static let containers: [(String?, String?, String)] = [
        ("/v2/c", nil, "http://169.254.170.2/v2/c"),
        ("/c/?name=x&y=%20", nil, "http://169.254.170.2/c/?name=x&y=%20"),
        // What does not begin with a slash becomes no part of the host.
        ("@evil.example/c", nil, "http://169.254.170.2/@evil.example/c"),
        ("/c", "https://other.example", "http://169.254.170.2/c"),
        (" ", "http://localhost:8080", "http://localhost:8080"),
        (nil, "http://[fd00:ec2::23]:8080/get?x=1", "http://[fd00:ec2::23]:8080/get?x=1"),
        (nil, "https://Amazon.example/A/", "https://amazon.example/A/"),
        (nil, "https://amazon.example?x=/", "https://amazon.example?x=/"),
    ]

    @Test(arguments: containers)
    func urls(_ relativeURI: String?, _ fullURI: String?, _ expected: String) throws {
        var variables: [String: String] = [:]
        variables[relative] = relativeURI
        variables[full] = fullURI
        let endpoint = try #require(try container(variables))
        #expect(endpoint.url.value == expected)
        #expect(endpoint.isRelative == expected.hasPrefix("http://169.254.170.2/"))
        let variable = endpoint.isRelative ? relative : full
        #expect(endpoint.url.provenance == .environment(variable: variable))
    }

    @Test(arguments: [
        "/credentials", "ftp://localhost/c", "http://", "http://u:p@localhost/", "http://a/#x",
        "http://a b/", "http:///c", "http://[::1/", "http://localhost:99999/c",
    ])
    func urlsThatAreNone(_ uri: String) throws {
        guard
            case .badSetting(full, let what, .environment(full, nil)) = try plan(
                "x", .defaultChain, [full: uri]
            ).problem
        else { return #expect(Bool(false)) }
        #expect(!what.contains(uri) || uri == "http://")
    }

    @Test func tokens() throws {
        let token = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
        let plain = try container([relative: "/c", token: "Basic x"])
        #expect(plain?.token?.value == Secret("Basic x"))
        #expect(plain?.tokenFile == nil)
        // The file wins, and then nobody looks at the other.
        let both = try container([relative: "/c", token: "a\nb", "\(token)_FILE": "/token"])
        #expect(both?.token == nil)
        #expect(both?.tokenFile?.value == "/token")
        for bad in ["SECRETMARK\n", "SECRET\r\nMARK", "SECRET\0MARK"] {
            let problem = try plan("x", .defaultChain, [relative: "/c", token: bad]).problem
            guard case .badSetting(token, let what, _) = problem else {
                return #expect(Bool(false))
            }
            #expect(!what.contains("SECRET"))
        }
    }

    private func metadata(
        _ variables: [String: String] = [:], _ config: String = ""
    ) throws -> InstanceMetadata? {
        let plan = try plan("x", .defaultChain, variables, config: "[default]\n\(config)\n").get()
        if case .instanceMetadata(let step) = plan.steps.first { return step } else { return nil }
    }

    private static let services: [([String: String], String, String)] = [
        ([:], "", "http://169.254.169.254"),
        (["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"], "", "http://[fd00:ec2::254]"),
        (["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv4"], "", "http://169.254.169.254"),
        ([:], "ec2_metadata_service_endpoint_mode = IPv6", "http://[fd00:ec2::254]"),
        (
            ["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv4"],
            "ec2_metadata_service_endpoint_mode = IPv6", "http://169.254.169.254"
        ),
        (["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://[::1]:80/"], "", "http://[::1]:80"),
        (
            ["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"],
            "ec2_metadata_service_endpoint = http://a.example", "http://a.example"
        ),
        (
            ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://b.example"],
            "ec2_metadata_service_endpoint = http://a.example", "http://b.example"
        ),
    ]

    @Test(arguments: services)
    func metadataURLs(_ variables: [String: String], _ config: String, _ url: String) throws {
        let step = try #require(try metadata(variables, config))
        #expect(step.url.value == url)
        #expect(!step.isNamed)
    }

    private static let limits: [([String: String], String, Int, Int)] = [
        ([:], "", 1, 1000),
        (
            ["AWS_METADATA_SERVICE_NUM_ATTEMPTS": "3", "AWS_METADATA_SERVICE_TIMEOUT": "2.5"], "",
            3, 2500
        ),
        (
            ["AWS_METADATA_SERVICE_NUM_ATTEMPTS": "0", "AWS_METADATA_SERVICE_TIMEOUT": "1e300"],
            "", 1, 60_000
        ),
        ([:], "metadata_service_num_attempts = 2\nmetadata_service_timeout = 5", 2, 5000),
    ]

    @Test(arguments: limits)
    func metadataLimits(
        _ variables: [String: String], _ config: String, _ attempts: Int, _ milliseconds: Int
    ) throws {
        let step = try #require(try metadata(variables, config))
        #expect(step.attempts == attempts)
        #expect(step.timeout == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "foo"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "169.254.169.254"),
        ("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "many"),
        ("AWS_METADATA_SERVICE_TIMEOUT", "nan"),
    ])
    func metadataSettingsThatAreNone(_ variable: String, _ value: String) throws {
        guard
            case .badSetting(variable, _, .environment(variable, nil)) = try plan(
                "x", .defaultChain, [variable: value]
            ).problem
        else { return #expect(Bool(false)) }
        // Nobody minds them where the service is not asked.
        let keys = ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S", variable: value]
        #expect(try plan("x", .defaultChain, keys).problem == nil)
    }
}
