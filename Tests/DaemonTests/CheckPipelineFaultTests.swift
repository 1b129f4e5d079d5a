import HTTP
import Model
import Probing
import Support
import Testing

@testable import Daemon

/// Every answer that the wire may bring, and what the daemon makes of it.
@Suite(.timeLimit(.minutes(1)))
struct CheckPipelineFaultTests {
    private let machine: Machine

    init() throws { machine = try Machine() }

    /// The diagnosis of each fault; a new one does not compile without its own.
    private static func cause(of fault: Fault) -> Cause {
        switch fault {
        case .identity, .wrongDate, .cachedDate, .absurdDate: .ok
        case .invalidClientTokenID, .invalidToken: .keyNotRecognized
        case .signatureDoesNotMatch: .wrongSecret
        case .expiredToken, .jsonError: .sessionExpired
        case .incompleteSignature: .malformedValue
        case .signatureExpired, .signatureNotYetCurrent, .requestExpired: .clockSkew
        case .throttling: .throttled
        case .accessDenied: .accessDenied
        case .identityProviderUnreachable: .identityProviderUnreachable
        case .regionDisabled: .regionNotEnabled
        case .optInRequired: .needsPerson
        case .internalFailure, .serviceUnavailable: .awsOutage
        case .plainInternalError, .plainServiceUnavailable, .captivePortal, .redirect, .emptyBody,
            .foreignXML, .foreignJSON, .garbage, .noRequestID:
            .notAWS
        case .proxyAuthentication: .proxy
        case .reset, .closeBeforeAnswer, .truncatedBody, .hugeBody, .endlessBody:
            .networkInterrupted
        case .slowBytes, .blackHole: .networkTimeout
        }
    }

    /// The only faults that are the credential's.
    private static let credentialFaults: Set<Fault> = [
        .invalidClientTokenID, .invalidToken, .signatureDoesNotMatch, .expiredToken, .jsonError,
        .incompleteSignature,
    ]

    private func timeout(for fault: Fault) -> Duration {
        [.slowBytes, .blackHole].contains(fault) ? .milliseconds(500) : .seconds(20)
    }

    private static let irregular: Set<Fault> = [
        .garbage, .reset, .closeBeforeAnswer, .truncatedBody, .endlessBody, .hugeBody,
    ]

    @Test(arguments: Fault.allCases)
    func `each fault has its cause, and only the credential's own are bad`(_ fault: Fault)
        async throws
    {
        let server = try FaultServer(fault)
        try machine.write(.init("app"))
        let result = try await machine.pipeline(url: server.url).check(
            profile("app", timeout: timeout(for: fault)))
        #expect(result.diagnosis.cause == Self.cause(of: fault), "\(result.diagnosis)")
        #expect(result.diagnosis.verdict == result.diagnosis.cause.verdict)
        #expect((result.diagnosis.verdict == .bad) == Self.credentialFaults.contains(fault))
        // What is no plain answer of HTTP/1.1 is asked for once more, by libcurl itself.
        #expect(server.requestCount == (Self.irregular.contains(fault) ? 2 : 1))
        #expect(!result.diagnosis.summary.isEmpty)
        #expect(result.diagnosis.remedy.isEmpty == (result.diagnosis.cause == .ok))
        #expect(result.endpoint?.url == server.url)
    }

    @Test(arguments: Fault.allCases)
    func `a temporary credential is no worse off`(_ fault: Fault) async throws {
        let server = try FaultServer(fault)
        try machine.write(.init("app", keyID: Sample.temporaryKeyID, token: Sample.token))
        let result = try await machine.pipeline(url: server.url).check(
            profile("app", timeout: timeout(for: fault)))
        let isOver = fault == .requestExpired
        #expect(
            result.diagnosis.cause == (isOver ? .sessionExpired : Self.cause(of: fault)),
            "\(result.diagnosis)")
        #expect(
            (result.diagnosis.verdict == .bad)
                == (isOver || Self.credentialFaults.contains(fault)))
    }

    @Test(arguments: [TestCertificate.wrongHost, .selfSigned, .expired])
    func `a certificate that does not hold says nothing of the credential`(
        _ certificate: TestCertificate
    ) async throws {
        let server = try FaultServer(.invalidClientTokenID, tls: certificate)
        try machine.write(.init("app"))
        let pipeline = try machine.pipeline(
            url: server.url, .init(caBundle: server.caBundle, proxy: .none))
        let result = await pipeline.check(profile("app"))
        #expect(result.diagnosis.cause == .tls)
        #expect(server.requestCount == 0)
    }

    @Test func `a server that is gone, or answers no connection, says nothing of the credential`()
        async throws
    {
        let gone = try FaultServer()
        gone.close()
        try machine.write(.init("app"))
        let refused = try await machine.pipeline(url: gone.url).check(profile("app"))
        #expect(refused.diagnosis.cause == .networkConnect)
        let silent = try UnansweredPort()
        let unanswered = try await machine.pipeline(url: silent.url).check(
            profile("app", timeout: .milliseconds(500)))
        #expect(unanswered.diagnosis.cause == .networkTimeout)
        let unknown = try await machine.pipeline(url: "http://sts.invalid").check(profile("app"))
        #expect(unknown.diagnosis.cause == .networkDNS)
    }
}
