import Model
import Testing

@testable import Resolving

/// A generator whose numbers are the same in each run.
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

@Suite struct RandomProfilesTests {
    /// Files of up to 50 profiles that name each other at random: each plan comes to an end, and what
    /// it says holds together.
    @Test(arguments: 0..<40)
    func graphs(_ seed: Int) throws {
        var random = Generator(state: UInt64(seed))
        for _ in 0..<10 {
            let count = Int.random(in: 1...50, using: &random)
            // Sparse files have long chains, dense ones many sources in each profile.
            let density = Int.random(in: 2...12, using: &random)
            let files = try sharedFiles(
                credentials: text("", count, density * 4, &random),
                config: text("profile ", count, density, &random))
            var variables: [String: String] = [:]
            for (name, value) in environment where Bool.random(using: &random) {
                variables[name] = value
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                variables["AWS_PROFILE"] = "p\(Int.random(in: 0...count, using: &random))"
            }
            let planner = Planner(AWSEnvironment(variables: variables, passwordHome: "/home/app"))
            for number in 0..<count {
                check(planner, ProfileConfiguration(name: "p\(number)"), files, count)
            }
            check(planner, ProfileConfiguration(name: "x", origin: .defaultChain), files, count)
        }
    }

    private let environment = [
        ("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_SECRET_ACCESS_KEY", "MARKED"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/t"), ("AWS_ROLE_ARN", "arn"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost/"),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "MARKED"), ("AWS_EC2_METADATA_DISABLED", "true"),
    ]

    private func text(
        _ prefix: String, _ count: Int, _ density: Int, _ random: inout Generator
    ) -> String {
        var text = "[sso-session p0]\nsso_region = eu-west-1\nsso_start_url = https://x\n"
        for number in 0..<count {
            text += "[\(prefix)p\(number)]\n"
            if density <= 12, Bool.random(using: &random) {
                text +=
                    "role_arn = r\nsource_profile = p\(Int.random(in: 0...count, using: &random))\n"
            }
            for property in KnownProperty.allCases
            where Int.random(in: 0..<density, using: &random) == 0 {
                text += "\(property.name) = \(value(property, count, &random))\n"
            }
        }
        return text
    }

    private func value(
        _ property: KnownProperty, _ count: Int, _ random: inout Generator
    ) -> String {
        let values: [String] =
            switch property {
            case .sourceProfile, .ssoSession: ["p\(Int.random(in: 0...count, using: &random))"]
            case .credentialSource: ["Environment", "EcsContainer", "Ec2InstanceMetadata", "x"]
            case .durationSeconds: ["900", "x"]
            case .region, .ssoRegion: ["eu-west-1", "us-gov-west-1"]
            case .endpointURL, .metadataEndpoint: ["http://localhost:1"]
            case .useFIPS, .useDualStack, .ignoreEndpointURLs: ["true", "false"]
            case .metadataTimeout, .metadataAttempts: ["1", "2"]
            case .metadataMode: ["IPv4", "IPv6"]
            case .stsRegionalEndpoints: ["legacy", "regional"]
            case .secretAccessKey, .sessionToken, .credentialProcess: ["MARKED"]
            case .services: [""]
            default: ["x", ""]
            }
        return values.randomElement(using: &random) ?? ""
    }

    private func check(
        _ planner: Planner, _ profile: ProfileConfiguration, _ files: SharedFiles, _ count: Int
    ) {
        do throws(ResolveProblem) {
            let plan = try planner.explain(profile, in: files)
            #expect(!plan.steps.isEmpty && plan.steps.count <= count + 1)
            // Only the first step stands by itself, and each later one assumes a role.
            #expect(
                plan.steps.indices.allSatisfy {
                    (plan.steps[$0].source == .assumeRole) == ($0 > 0)
                })
            let chosen = plan.rows.filter { $0.standing == .chosen }
            #expect(chosen.first?.steps == plan.steps)
            #expect(chosen.count == plan.steps.count)
            #expect(Set(plan.rows.map(\.provenance)).count == plan.rows.count)
            let shown = plan.rows.map { "\($0.title) \($0.detail ?? "") \("\($0.problem as Any)")" }
            #expect(plan.rows.allSatisfy { !$0.title.isEmpty })
            #expect(!shown.joined().contains("MARKED"))
        } catch {
            #expect(!"\(error)".contains("MARKED"))
        }
    }
}
