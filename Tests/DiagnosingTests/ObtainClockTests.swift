import Model
import Support
import Testing

@testable import Diagnosing

/// What is refused on the way to the credentials, while the clock is wrong.
@Suite struct ObtainClockTests {
    private static let late = Duration.seconds(1_200)

    private static func problem(
        _ source: CredentialSource, _ code: String, _ message: String = "", skew: Duration?,
        requestID: String? = Sample.requestID
    ) -> ObtainProblem {
        ObtainProblem(
            source,
            .refused(
                ServiceError(code: code, message: message),
                Sample.details(status: 403, requestID: requestID, skew: skew)),
            at: Sample.place, base: source == .assumeRole ? Sample.credentials() : nil,
            endpoint: source == .sso ? nil : Sample.endpoint)
    }

    private static let refusals: [(CredentialSource, String, Cause)] = [
        (.assumeRole, "AccessDenied", .roleDenied),
        (.assumeRole, "InvalidClientTokenId", .keyNotRecognized),
        (.assumeRole, "SignatureDoesNotMatch", .wrongSecret),
        (.assumeRole, "ExpiredToken", .sessionExpired),
        (.webIdentity, "ExpiredTokenException", .webIdentityRefused),
        (.webIdentity, "IDPRejectedClaim", .webIdentityRefused),
        (.webIdentity, "AccessDenied", .roleDenied),
        (.sso, "UnauthorizedException", .sessionExpired),
        (.sso, "ForbiddenException", .roleDenied),
    ]

    @Test func `nothing counts, and the base is not asked about it`() {
        for (source, code, suspected) in Self.refusals {
            for skew in [Self.late, .zero - Self.late] {
                let problem = Self.problem(source, code, skew: skew)
                let found = diagnosis(of: problem, profile: "app")
                #expect(found.cause == .clockSkew && found.verdict == .unknown, "\(source) \(code)")
                #expect(found.evidence.contains(.skew(skew)))
                #expect(found.evidence.first == .serviceError(code: code, message: ""))
                #expect(found.others.map(\.cause) == [suspected])
                #expect(found.confidence == .likely)
                #expect(found.commands.contains("timedatectl set-ntp true"))
                #expect(!blamesBase(problem))
            }
            // Five minutes are AWS's own limit.
            let near = diagnosis(
                of: Self.problem(source, code, skew: .seconds(300)), profile: "app")
            #expect(near.cause != .clockSkew, "\(source) \(code)")
        }
    }

    @Test func `what is not the credential's fault keeps its own cause`() {
        for (code, cause) in [("Throttling", Cause.throttled), ("OptInRequired", .needsPerson)] {
            let found = diagnosis(
                of: Self.problem(.assumeRole, code, skew: Self.late), profile: "app")
            #expect(found.cause == cause)
        }
    }

    @Test func `a clock of somebody else is none`() {
        let problem = Self.problem(
            .assumeRole, "AccessDenied", skew: Self.late, requestID: nil)
        #expect(diagnosis(of: problem, profile: "app").cause == .notAWS)
    }

    @Test func `the clock of the base's own answer counts as well`() {
        let problem = Self.problem(.assumeRole, "AccessDenied", skew: nil)
        let good = Diagnosis(cause: .ok, verdict: .good, summary: "It works.", remedy: "")
        func found(_ skew: Duration) -> Diagnosis {
            diagnosis(
                of: problem, profile: "app", base: good,
                answer: .identity(Sample.identity, Sample.details(skew: skew)))
        }
        #expect(found(Self.late).cause == .clockSkew)
        #expect(found(Self.late).evidence.contains(.skew(Self.late)))
        #expect(found(.zero).cause == .roleDenied)
        #expect(found(.zero).verdict == .bad)
    }

    @Test func `a request that was held up says so`() {
        let problem = Self.problem(
            .assumeRole, "SignatureDoesNotMatch", "Signature expired: x", skew: .zero)
        let found = diagnosis(of: problem, profile: "app")
        #expect(found.cause == .clockSkew)
        #expect(found.summary.contains("held up"))
    }
}
