import FoundationEssentials
import Model
import Sandbox
import Support
import Testing

/// AWS's own endpoints as the built command finds and asks them: by their names, through a proxy, over
/// TLS, with nothing that overrides them.
@Suite(.timeLimit(.minutes(1)))
struct RegionSystemTests {
    private let site: Site

    init() throws {
        site = try Site()
        try site.write("credwatch.yaml", mode: 0o644, config("{name: app, region: eu-west-1}"))
    }

    private func config(_ profiles: String..., more: String = "") -> String {
        """
        defaults: {interval: 1s, fast_interval: 1s, timeout: 5s}
        profiles:
        \(profiles.map { "  - \($0)" }.joined(separator: "\n"))
        status: {file: \(site.path("status.json"))}
        state_directory: \(site.path("state"))
        control: {socket: \(site.path("control.sock"))}
        aws: {credentials_file: \(site.path("credentials")), config_file: \(site.path("config"))}
        \(more)
        """
    }

    /// What `credwatch check --json` says of its one profile.
    private struct Found: Decodable {
        struct Piece: Decodable {
            var kind: String
        }
        var cause: String
        var verdict: String
        var evidence: [Piece]
    }

    private struct Document: Decodable {
        var profiles: [Found]
    }

    private func check(
        proxy: FaultProxy, caBundle: String?, environment: [String: String] = [:]
    ) async throws -> (found: Found, ending: Subprocess.Ending) {
        var variables = ["HTTPS_PROXY": proxy.url]
        if let caBundle { variables["AWS_CA_BUNDLE"] = caBundle }
        let outcome = try await site.run(
            "check", "--json", "--config", site.path("credwatch.yaml"),
            environment: variables.merging(environment) { $1 })
        #expect(!outcome.outputText.contains(site.primary.secret.reveal()))
        let document = try JSONDecoder().decode(
            Document.self, from: Data(outcome.standardOutput))
        return (try #require(document.profiles.first, "\(outcome.errorText)"), outcome.ending)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var region: Fault?
        var main: Fault?
        var cause: Cause
        var asksMain = true

        var testDescription: String {
            func text(_ fault: Fault?) -> String { fault.map { "\($0)" } ?? "not reachable" }
            return "\(text(region)) in the region, \(text(main)) in the main one: \(cause.rawValue)"
        }
    }

    static let rows = [
        Row(region: .identity, main: nil, cause: .ok, asksMain: false),
        Row(region: .invalidClientTokenID, main: .invalidClientTokenID, cause: .keyNotRecognized),
        Row(region: .invalidClientTokenID, main: .identity, cause: .regionNotEnabled),
        Row(region: .invalidClientTokenID, main: nil, cause: .refusalUnconfirmed),
        Row(region: .invalidClientTokenID, main: .throttling, cause: .refusalUnconfirmed),
        Row(region: .invalidClientTokenID, main: .captivePortal, cause: .refusalUnconfirmed),
        Row(region: .signatureDoesNotMatch, main: .signatureDoesNotMatch, cause: .wrongSecret),
        Row(region: .signatureExpired, main: .identity, cause: .clockSkew, asksMain: false),
        Row(region: .throttling, main: .identity, cause: .throttled, asksMain: false),
        Row(region: .captivePortal, main: .identity, cause: .notAWS, asksMain: false),
        Row(region: .redirect, main: .identity, cause: .notAWS, asksMain: false),
        Row(region: .reset, main: .identity, cause: .networkInterrupted, asksMain: false),
        Row(region: nil, main: .invalidClientTokenID, cause: .proxy, asksMain: false),
    ]

    @Test(arguments: rows)
    func `a region's answer is weighed against the main region's`(_ row: Row) async throws {
        let regions = try TestRegions(row.region, main: row.main)
        let (found, ending) = try await check(proxy: regions.proxy, caBundle: regions.caBundle)
        #expect(found.cause == row.cause.rawValue)
        #expect(found.verdict == row.cause.verdict.rawValue)
        let codes: [Verdict: Int32] = [.good: 0, .bad: 2, .unknown: 3]
        #expect(ending == codes[row.cause.verdict].map { .exited($0) })
        // A connection that breaks is tried once more.
        let tries = row.region == .reset ? 2 : 1
        #expect(
            regions.proxy.hosts
                == Array(repeating: TestRegions.regionHost, count: tries)
                + (row.asksMain ? [TestRegions.mainHost] : []))
        #expect(found.evidence.contains { $0.kind == "second_opinion" } == row.asksMain)
    }

    @Test func `a key of another partition than the endpoint's is not refused by it`() async throws
    {
        try site.write("credwatch.yaml", mode: 0o644, config("{name: app, region: cn-north-1}"))
        let regions = try TestRegions(nil, main: .invalidClientTokenID)
        let (found, ending) = try await check(
            proxy: regions.proxy, caBundle: regions.caBundle,
            environment: ["AWS_ENDPOINT_URL_STS": "https://\(TestRegions.mainHost)"])
        #expect(found.cause == "wrong_partition")
        #expect(ending == .exited(3))
        #expect(regions.proxy.hosts == [TestRegions.mainHost])
    }

    @Test(arguments: [
        (Fault?.some(.identity), Cause.refusalUnconfirmed), (nil, .refusalUnconfirmed),
        (.invalidClientTokenID, .keyNotRecognized),
    ])
    func `a refusal of the global endpoint is weighed against the region's own`(
        _ region: Fault?, _ cause: Cause
    ) async throws {
        let regions = try TestRegions(region, main: .invalidClientTokenID)
        let (found, _) = try await check(
            proxy: regions.proxy, caBundle: regions.caBundle,
            environment: ["AWS_STS_REGIONAL_ENDPOINTS": "legacy"])
        #expect(found.cause == cause.rawValue)
        #expect(regions.proxy.hosts == [TestRegions.globalHost, TestRegions.regionHost])
        #expect(
            regions.main.requests.first?.header("authorization")?.contains("/us-east-1/sts/")
                == true)
    }

    @Test func `the global endpoint is the main region's, and nobody else is asked there`()
        async throws
    {
        try site.write("credwatch.yaml", mode: 0o644, config("{name: app, region: us-east-1}"))
        let regions = try TestRegions(.identity, main: .invalidClientTokenID)
        let (found, _) = try await check(
            proxy: regions.proxy, caBundle: regions.caBundle,
            environment: ["AWS_STS_REGIONAL_ENDPOINTS": "legacy"])
        #expect(found.cause == "key_not_recognized")
        #expect(regions.proxy.hosts == [TestRegions.globalHost])
    }

    @Test(arguments: [TestCertificate.wrongHost, .selfSigned, .expired])
    func `whoever has no certificate of AWS's refuses nothing`(_ certificate: TestCertificate)
        async throws
    {
        let regions = try TestRegions(
            .invalidClientTokenID, main: .invalidClientTokenID, tls: certificate)
        let (found, ending) = try await check(proxy: regions.proxy, caBundle: regions.caBundle)
        #expect(found.cause == "tls")
        #expect(ending == .exited(3))
        #expect(regions.region.requestCount == 0)
        #expect(regions.proxy.hosts == [TestRegions.regionHost])
    }

    @Test func `an authority that is not trusted is not AWS's`() async throws {
        let regions = try TestRegions(.invalidClientTokenID, main: .invalidClientTokenID)
        let (found, _) = try await check(proxy: regions.proxy, caBundle: nil)
        #expect(found.cause == "tls")
        #expect(regions.region.requestCount == 0)
    }

    @Test(arguments: [407, 403, 302, 200, 500])
    func `a proxy that gives no tunnel is at fault itself`(_ status: Int) async throws {
        let proxy = try FaultProxy(.refuse(status: status))
        let (found, ending) = try await check(proxy: proxy, caBundle: nil)
        // After a 200 the proxy is silent where TLS should begin.
        #expect(found.cause == (status == 200 ? "tls" : "proxy"))
        #expect(found.verdict == "unknown")
        #expect(ending == .exited(3))
    }

    @Test func `a refusal in the region alone moves nothing, one in both does`() async throws {
        let regions = try TestRegions(.identity, main: .identity)
        regions.region.set(.invalidClientTokenID, forKey: site.primary.id)
        try site.write(
            "credwatch.yaml", mode: 0o644,
            config(
                "{name: app, region: eu-west-1}", "{name: app-backup, region: us-east-1}",
                more: """
                    failover:
                      - {name: app, primary: app, backups: [app-backup], fall: 2, \
                    minimum_span: 1s, hook: {command: [\(site.path("hook"))]}}
                    """))
        let daemon = try site.startDaemon(environment: [
            "HTTPS_PROXY": regions.proxy.url, "AWS_CA_BUNDLE": regions.caBundle ?? "",
        ])
        #expect(await daemon.hasWritten("app is unknown"))
        #expect(await daemon.hasWritten("app-backup is healthy"))
        let count = regions.region.requestCount
        #expect(await regions.region.waitForRequests(count + 3))
        #expect(site.hookRuns().isEmpty)
        #expect(try site.profile("app")?.diagnosis?.cause == .regionNotEnabled)

        regions.main.set(.invalidClientTokenID, forKey: site.primary.id)
        #expect(await daemon.hasWritten("app now uses app-backup"))
        daemon.send(signal: 15)
        #expect(await daemon.outcome().ending == .exited(0))
        #expect(site.hookRuns().count == 1)
        // The backup was proven where the primary was refused.
        #expect(regions.region.requests.contains { $0.accessKeyID == site.backup.id })
    }
}
