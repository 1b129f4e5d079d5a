import HTTP
import Model
import Obtaining
import Probing
import Resolving
import Sandbox
import Scheduling
import Support

@testable import Daemon

/// A machine of its own for one test: a folder with AWS files, and nothing in its environment.
final class Machine: Sendable {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// A section of the credentials file, with made-up keys unless others are given.
    struct Section {
        var name: String
        var keyID = Sample.keyID
        var secret = Sample.secret
        var token: String?
        var more: [String] = []

        init(
            _ name: String, keyID: String = Sample.keyID, secret: String = Sample.secret,
            token: String? = nil, more: [String] = []
        ) {
            self.name = name
            self.keyID = keyID
            self.secret = secret
            self.token = token
            self.more = more
        }

        init(_ name: String, _ key: AccessKey, token: String? = nil) {
            self.init(name, keyID: key.id, secret: key.secret.reveal(), token: token)
        }

        var text: String {
            let token = token.map { ["aws_session_token = \($0)"] } ?? []
            let keys = ["aws_access_key_id = \(keyID)", "aws_secret_access_key = \(secret)"]
            return (["[\(name)]"] + keys + token + more).joined(separator: "\n")
        }
    }

    /// Writes the credentials file anew.
    func write(_ sections: Section...) throws {
        try write(sections)
    }

    func write(_ sections: [Section]) throws {
        try folder.write(
            "credentials", sections.map(\.text).joined(separator: "\n") + "\n")
    }

    /// What credwatch.yaml would say of the AWS files and the endpoint.
    func overrides(url: String?) -> AWSOverrides {
        AWSOverrides(
            credentialsFile: Sourced(folder.file("credentials"), from: .builtIn("a test")),
            configFile: Sourced(folder.file("config"), from: .builtIn("a test")),
            endpointURL: url.map { Sourced($0, from: .builtIn("a test")) })
    }

    /// Makes a pipeline; without a URL it asks the endpoints that AWS's rules name.
    func pipeline(
        url: String? = nil, _ options: CurlOptions = CurlOptions(proxy: .none),
        environment: [String: String] = [:],
        now: @escaping @Sendable () -> Instant = SystemClock.now,
        profiles: [ProfileConfiguration] = [], memory: CanaryMemory = CanaryMemory()
    ) throws -> CheckPipeline {
        let transport = try CurlTransport(options)
        let resolver = Resolver(
            environment: AWSEnvironment(variables: environment), overrides: overrides(url: url))
        let obtainer = Obtainer(transport: transport, now: now)
        let prober = Prober(transport: transport, clock: SystemClock.wall)
        return CheckPipeline(
            resolver: resolver, obtainer: obtainer, prober: prober,
            canaries: CanaryRunner(
                profiles, SecondIdentities(resolver, obtainer, prober, transport), transport,
                remembering: memory))
    }
}

/// A profile to check, in us-east-1 unless told otherwise.
func profile(
    _ name: String, region: String = "us-east-1", timeout: Duration = .seconds(20),
    expected: ExpectedIdentity = ExpectedIdentity()
) -> ProfileConfiguration {
    ProfileConfiguration(
        name: name, timeout: timeout, region: Sourced(region, from: .builtIn("a test")),
        expected: expected)
}

extension TestRegions {
    /// What sends a transport to these in place of AWS's.
    var options: CurlOptions {
        CurlOptions(caBundle: caBundle, proxy: .url(proxy.url))
    }
}
