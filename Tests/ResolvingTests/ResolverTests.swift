import Model
import Support
import Testing

@testable import Resolving

@Suite(.timeLimit(.minutes(1))) struct ResolverTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.makeDirectory(".aws")
    }

    private func resolver(
        _ variables: [String: String] = [:]
    ) -> Resolver {
        let all = variables.merging(["HOME": directory.path]) { first, _ in first }
        return Resolver(environment: AWSEnvironment(variables: all))
    }

    private func result(
        _ resolver: Resolver, _ profile: ProfileConfiguration
    ) async -> Result<Resolution, ResolveProblem> {
        do throws(ResolveProblem) {
            return .success(try await resolver.resolve(profile))
        } catch {
            return .failure(error)
        }
    }

    @Test func fromFilesToAResolvedProfile() async throws {
        try directory.write(".aws/credentials", "[app]\n\(exampleKeys)")
        try directory.write(".aws/config", "[profile app]\nregion = eu-west-1\n")
        try directory.setModified(".aws/credentials", 1_700_000_000)
        guard
            case .ready(let resolved) = try await resolver().resolve(
                ProfileConfiguration(name: "x", awsProfile: "app"))
        else { return #expect(Bool(false)) }
        #expect(resolved.credentials.accessKeyID.value == exampleKeyID)
        #expect(resolved.source == "[app] in \(directory[".aws/credentials"]):1")
        #expect(resolved.sourceModifiedAt == WallTime(seconds: 1_700_000_000))
        #expect(resolved.region.value == "eu-west-1")
        #expect(resolved.endpoint.value.url == "https://sts.eu-west-1.amazonaws.com")
        #expect(resolved.mainEndpoint?.signingRegion == "us-east-1")
        var dumped = ""
        dump(resolved, to: &dumped)
        #expect(!dumped.contains(exampleSecret))
    }

    @Test func explainsWithoutShowingASecret() async throws {
        try directory.write(".aws/credentials", "[app]\n\(exampleKeys)regoin = x\n")
        let plan = try await resolver([
            "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": exampleToken,
        ])
        .explain(ProfileConfiguration(name: "app"))
        #expect(plan.rows.map(\.standing) == [.notConsulted, .chosen])
        #expect(plan.notes.count == 1)
        var dumped = ""
        dump(plan, to: &dumped)
        #expect(!dumped.contains(exampleSecret) && !dumped.contains(exampleToken))
    }

    @Test func aFixedFileHealsTheNextCheck() async throws {
        let resolver = resolver()
        let profile = ProfileConfiguration(name: "app")
        try directory.write(".aws/credentials", "[app\n\(exampleKeys)")
        guard case .failure(.fileMalformed(let place, _)) = await result(resolver, profile) else {
            return #expect(Bool(false))
        }
        #expect(place.line == 1)
        try directory.write(".aws/credentials", "[app]\n\(exampleKeys)")
        // A look counts as fresh for 50 ms, and no longer.
        try await Task.sleep(for: .milliseconds(60))
        #expect(
            try await resolver.resolve(profile).keys?.accessKeyID.value == exampleKeyID)
    }

    @Test func findingsOfBothFiles() async throws {
        try directory.write(".aws/credentials", "[profile app]\n")
        try directory.write(".aws/config", "[app]\n")
        let findings = try await resolver().findings()
        #expect(
            findings.map(\.kind) == [
                .prefixNotWanted(profile: "app"), .prefixMissing(profile: "app"),
            ])
    }

    @Test func aCustomEndpointTogetherWithFIPSIsRefused() async throws {
        try directory.write(".aws/credentials", "[app]\n\(exampleKeys)")
        let variables = ["AWS_ENDPOINT_URL": "http://localhost:1", "AWS_USE_FIPS_ENDPOINT": "true"]
        let resolver = resolver(variables)
        guard
            case .failure(.badSetting("use_fips_endpoint", let what, let place)) = await result(
                resolver, ProfileConfiguration(name: "app"))
        else { return #expect(Bool(false)) }
        #expect(what.contains("AWS_ENDPOINT_URL"))
        #expect(place == .environment(variable: "AWS_USE_FIPS_ENDPOINT"))
    }

    @Test func fingerprintsFollowTheValuesOnly() throws {
        func credentials(
            _ id: String, _ secret: String, _ token: String?, line: Int = 1
        ) -> Credentials {
            let place = Provenance.file(SourceLocation(file: "f", line: line))
            return Credentials(
                accessKeyID: Sourced(id, from: place),
                secretAccessKey: Sourced(Secret(secret), from: place),
                sessionToken: token.map { Sourced(Secret($0), from: place) })
        }
        let one = fingerprint(of: credentials("A", "S", nil))
        #expect(one == fingerprint(of: credentials("A", "S", nil, line: 2)))
        let others = [
            credentials("B", "S", nil), credentials("A", "T", nil), credentials("A", "S", ""),
            credentials("A", "S", "T"), credentials("AS", "", nil),
        ].map(fingerprint)
        #expect(Set(others + [one]).count == others.count + 1)
    }
}
