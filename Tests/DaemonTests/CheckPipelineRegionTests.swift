import HTTP
import Model
import Probing
import Support
import Testing

@testable import Daemon

/// The second opinion of the partition's main region, asked over a proxy and TLS.
@Suite(.timeLimit(.minutes(1)))
struct CheckPipelineRegionTests {
    private let machine: Machine

    init() throws {
        machine = try Machine()
        try machine.write(.init("app"))
    }

    struct Opinion: Sendable, CustomTestStringConvertible {
        var region: Fault
        var main: Fault?
        var cause: Cause
        /// Whether the main region is to be asked at all.
        var isAsked = true

        var testDescription: String {
            "\(region), \(main.map { "\($0)" } ?? "not reachable") in the main region"
        }
    }

    static let opinions = [
        Opinion(region: .identity, main: .invalidClientTokenID, cause: .ok, isAsked: false),
        Opinion(region: .throttling, main: .identity, cause: .throttled, isAsked: false),
        Opinion(region: .accessDenied, main: .identity, cause: .accessDenied, isAsked: false),
        Opinion(region: .captivePortal, main: .identity, cause: .notAWS, isAsked: false),
        Opinion(region: .signatureExpired, main: .identity, cause: .clockSkew, isAsked: false),

        Opinion(
            region: .invalidClientTokenID, main: .invalidClientTokenID, cause: .keyNotRecognized),
        Opinion(region: .invalidToken, main: .invalidClientTokenID, cause: .keyNotRecognized),
        Opinion(region: .invalidClientTokenID, main: .identity, cause: .regionNotEnabled),
        Opinion(region: .invalidClientTokenID, main: nil, cause: .refusalUnconfirmed),
        Opinion(
            region: .signatureDoesNotMatch, main: .signatureDoesNotMatch, cause: .wrongSecret),
        Opinion(region: .signatureDoesNotMatch, main: .identity, cause: .refusalUnconfirmed),
        Opinion(region: .signatureDoesNotMatch, main: nil, cause: .refusalUnconfirmed),
        Opinion(region: .expiredToken, main: .expiredToken, cause: .sessionExpired),
        Opinion(region: .expiredToken, main: .jsonError, cause: .sessionExpired),
        Opinion(region: .expiredToken, main: .identity, cause: .refusalUnconfirmed),
    ]

    @Test(arguments: opinions)
    func `a refusal counts when the main region agrees`(_ opinion: Opinion) async throws {
        let regions = try TestRegions(opinion.region, main: opinion.main)
        let result = try await machine.pipeline(regions.options).check(
            profile("app", region: "eu-west-1"))
        #expect(result.diagnosis.cause == opinion.cause, "\(result.diagnosis)")
        #expect(
            regions.proxy.hosts
                == [TestRegions.regionHost] + (opinion.isAsked ? [TestRegions.mainHost] : []))
        // What is told is told of the profile's own endpoint.
        #expect(result.endpoint?.url == "https://\(TestRegions.regionHost)")
        let second = result.diagnosis.evidence.contains {
            if case .secondOpinion(.mainRegion, _) = $0 { true } else { false }
        }
        #expect(second == opinion.isAsked)
    }

    @Test func `the question is signed for the region that it goes to`() async throws {
        let regions = try TestRegions(.invalidClientTokenID, main: .invalidClientTokenID)
        _ = try await machine.pipeline(regions.options).check(profile("app", region: "eu-west-1"))
        let scopes = [regions.region, regions.main].map { server in
            server.requests.first?.header("authorization")?.split(separator: "/").dropFirst(2).first
        }
        #expect(scopes == ["eu-west-1", "us-east-1"])
    }

    private static let refusals: [Fault] = [
        .invalidClientTokenID, .signatureDoesNotMatch, .expiredToken,
    ]

    @Test(arguments: refusals)
    func `nothing but the same refusal makes it bad`(_ refusal: Fault) async throws {
        let agreeing: [Fault: Set<Fault>] = [
            .invalidClientTokenID: [.invalidClientTokenID, .invalidToken],
            .signatureDoesNotMatch: [.signatureDoesNotMatch],
            .expiredToken: [.expiredToken, .jsonError],
        ]
        let machine = machine
        for fault in Fault.allCases {
            let regions = try TestRegions(refusal, main: fault)
            let isSlow = [.slowBytes, .blackHole].contains(fault)
            let result = try await machine.pipeline(regions.options).check(
                profile(
                    "app", region: "eu-west-1", timeout: isSlow ? .seconds(2) : .seconds(20)))
            let isBad = agreeing[refusal]?.contains(fault) == true
            #expect((result.diagnosis.verdict == .bad) == isBad, "\(fault): \(result.diagnosis)")
        }
    }

    @Test func `a refusal in the main region itself needs no second opinion`() async throws {
        let regions = try TestRegions(.identity, main: .invalidClientTokenID)
        let result = try await machine.pipeline(regions.options).check(profile("app"))
        #expect(result.diagnosis.cause == .keyNotRecognized)
        #expect(regions.proxy.hosts == [TestRegions.mainHost])
    }

    @Test(arguments: [
        (Fault.invalidClientTokenID, Fault?.some(.invalidClientTokenID), Cause.keyNotRecognized),
        (.invalidClientTokenID, .identity, .regionNotEnabled),
        (.identity, .invalidClientTokenID, .refusalUnconfirmed),
    ])
    func `what an endpoint of a VPC refuses is asked in its region, and in the main one`(
        _ region: Fault, _ main: Fault?, _ cause: Cause
    ) async throws {
        let host = "vpce-1a.sts.eu-west-1.vpce.amazonaws.com"
        let regions = try TestRegions(region, main: main, alsoNamed: [host: .invalidClientTokenID])
        let result = try await machine.pipeline(url: "https://\(host)", regions.options).check(
            profile("app", region: "eu-west-1"))
        #expect(result.diagnosis.cause == cause, "\(result.diagnosis)")
        #expect(
            regions.proxy.hosts
                == [host, TestRegions.regionHost]
                + (region == .invalidClientTokenID ? [TestRegions.mainHost] : []))
        #expect(
            result.diagnosis.evidence.contains {
                if case .secondOpinion(.regionalEndpoint, _) = $0 { true } else { false }
            })
    }

    @Test func `a refusal by another partition is none`() async throws {
        let server = try FaultServer(.invalidClientTokenID, tls: .valid)
        let proxy = try FaultProxy(.route([TestRegions.mainHost: server.port]))
        let pipeline = try machine.pipeline(
            url: "https://\(TestRegions.mainHost)",
            .init(caBundle: server.caBundle, proxy: .url(proxy.url)))
        let result = await pipeline.check(profile("app", region: "cn-north-1"))
        #expect(result.diagnosis.cause == .wrongPartition, "\(result.diagnosis)")
        #expect(result.diagnosis.verdict == .unknown)
        #expect(proxy.hosts == [TestRegions.mainHost])
    }
}
