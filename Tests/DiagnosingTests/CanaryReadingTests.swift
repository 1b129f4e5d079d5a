import Model
import Testing

@testable import Diagnosing

/// What each answer to a canary means, as tables.
@Suite struct CanaryReadingTests {
    static let user = CallerIdentity(
        account: "123456789012", arn: "arn:aws:iam::123456789012:user/team/app", userID: "AIDA")
    static let role = CallerIdentity(
        account: "123456789012", arn: "arn:aws:sts::123456789012:assumed-role/app/s", userID: "A")
    static let action = CanaryCall(.action(service: "iam", name: "GetUser"))
    static let object = CanaryCall(
        .request(
            service: "s3", method: "GET", url: "https://b.s3.eu-west-1.amazonaws.com/k?secret=1",
            expectedStatus: 200))

    static func details(
        _ status: Int, id: String? = "11111111-2222-3333-4444-555555555555",
        skew: Duration? = .zero
    ) -> AnswerDetails {
        AnswerDetails(httpStatus: status, requestID: id, skew: skew, latency: .milliseconds(5))
    }

    static func refused(
        _ code: String, _ message: String = "", _ status: Int = 403, call: CanaryCall = action,
        id: String? = "11111111-2222-3333-4444-555555555555"
    ) -> CanaryOutcome {
        CanaryOutcome(
            call: call,
            target: CanaryTarget(
                url: "https://iam.amazonaws.com", service: "iam", region: "us-east-1"),
            answer: .refused(
                ServiceError(code: code, message: message), details(status, id: id)))
    }

    static func answered(
        _ status: Int, call: CanaryCall = object,
        id: String? = "11111111-2222-3333-4444-555555555555", skew: Duration? = .zero,
        what: String = "an empty answer"
    ) -> CanaryOutcome {
        CanaryOutcome(
            call: call, target: nil,
            answer: .answered(details(status, id: id, skew: skew), what: what))
    }

    static func subject(
        _ identity: CallerIdentity? = user, temporary: Bool = false, secrets: [Secret] = []
    ) -> CanarySubject {
        CanarySubject(
            profile: "app", identity: identity, isTemporary: temporary, secrets: secrets)
    }

    /// AWS's sentence about a denial.
    static func sentence(_ end: String, action: String = "iam:GetUser") -> String {
        "User: arn:aws:iam::123456789012:user/team/app is not authorized to perform: \(action) on resource: user app \(end)"
    }

    static let identityPolicy = sentence("with an explicit deny in an identity-based policy")

    @Test(
        arguments: [
            ("AccessDenied", identityPolicy, "identity-based policy", true, "iam:GetUser"),
            (
                "AccessDenied",
                sentence("because no identity-based policy allows the iam:GetUser action"),
                "identity-based policy", false, "iam:GetUser"
            ),
            (
                "AccessDeniedException",
                sentence(
                    "with an explicit deny in a service control policy", action: "ecs:ListClusters"),
                "service control policy", true, "ecs:ListClusters"
            ),
            (
                "AccessDenied", sentence("with an explicit deny in a VPC endpoint policy"),
                "VPC endpoint policy", true, "iam:GetUser"
            ),
            (
                "AccessDenied",
                sentence("because no permissions boundary allows the iam:GetUser action"),
                "permissions boundary", false, "iam:GetUser"
            ),
            (
                "AccessDenied", sentence("because no session policy allows the iam:GetUser action"),
                "session policy", false, "iam:GetUser"
            ),
            (
                "UnauthorizedOperation",
                "You are not authorized to perform this operation. Encoded authorization failure message: x",
                nil, false, "iam:GetUser"
            ),
            ("AuthorizationError", sentence(""), nil, false, "iam:GetUser"),
            ("NotAuthorizedException", sentence(""), nil, false, "iam:GetUser"),
            ("SomethingNew", sentence(""), nil, false, "iam:GetUser"),
            // Not an action's name: the call's own stands.
            ("AccessDenied", sentence("", action: "<script>:x"), nil, false, "iam:GetUser"),
        ] as [(String, String, String?, Bool, String)])
    func `a denial is told with what denies it`(
        code: String, message: String, kind: String?, isExplicit: Bool, action: String
    ) {
        guard case .denied(let denial) = reading(of: Self.refused(code, message), Self.subject())
        else {
            Issue.record("\(reading(of: Self.refused(code, message), Self.subject()))")
            return
        }
        #expect(denial.policyKind == kind)
        #expect(denial.isExplicit == isExplicit)
        #expect(denial.action == action)
        #expect(!denial.isQuarantine)
    }

    @Test(arguments: ["", "V2", "V3", "V4"])
    func `AWS's quarantine is known by the policy's name, of any version`(version: String) {
        let message =
            Self.identityPolicy + ": arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantine\(version)"
        guard
            case .denied(let denial) = reading(
                of: Self.refused("AccessDenied", message), Self.subject())
        else {
            Issue.record("no denial")
            return
        }
        #expect(denial.isQuarantine)
    }

    /// What says nothing about permissions, and the cause that stands for it.
    @Test(
        arguments: [
            (refused("Throttling", "Rate exceeded", 400), .throttled),
            (refused("SlowDown", "", 503), .throttled),
            (refused("X", "Rate exceeded", 400), .throttled),
            (answered(429), .throttled), (answered(500), .awsOutage), (answered(503), .awsOutage),
            (refused("InternalError", "", 500), .awsOutage),
            (refused("Unheard", "", 502), .awsOutage),
            (refused("RequestTimeTooSkewed", "", 403), .clockSkew),
            (refused("SignatureDoesNotMatch", "Signature expired: …", 403), .clockSkew),
            (answered(403, skew: .seconds(400)), .clockSkew),
            (answered(301, what: "a redirect to s3.us-west-2.amazonaws.com"), .badSetting),
            (refused("PermanentRedirect", "", 301), .badSetting),
            (refused("AuthorizationHeaderMalformed", "", 400), .badSetting),
            (
                refused(
                    "SignatureDoesNotMatch", "Credential should be scoped to a valid region.", 403),
                .badSetting
            ),
            (refused("RegionDisabledException", "", 403), .regionNotEnabled),
            (refused("OptInRequired", "", 403), .needsPerson),
            (refused("AccessDenied", "MultiFactorAuthentication required", 403), .needsPerson),
            (refused("InvalidClientTokenId", "", 403), .refusalUnconfirmed),
            (refused("InvalidAccessKeyId", "", 403), .refusalUnconfirmed),
            (refused("ExpiredToken", "", 400), .refusalUnconfirmed),
            (refused("SignatureDoesNotMatch", "", 403), .refusalUnconfirmed),
            // Whoever else answers says nothing about AWS, whatever the status.
            (answered(403, id: nil, what: "an HTML page"), .notAWS),
            (answered(200, id: nil, what: "an HTML page"), .notAWS),
            (refused("AccessDenied", identityPolicy, 403, id: nil), .notAWS),
            (
                CanaryOutcome(call: action, target: nil, answer: .unsendable("no region")),
                .badSetting
            ),
            (
                CanaryOutcome(
                    call: action, target: nil,
                    answer: .failed(
                        TransportFailure(
                            phase: .lookup, timedOut: false, reason: "no host", latency: .zero))),
                .networkDNS
            ),
            (
                CanaryOutcome(
                    call: action, target: nil,
                    answer: .failed(
                        TransportFailure(phase: .tls, timedOut: false, reason: "x", latency: .zero))
                ),
                .tls
            ),
            (
                CanaryOutcome(
                    call: action, target: nil,
                    answer: .failed(
                        TransportFailure(phase: .wait, timedOut: true, reason: "x", latency: .zero))
                ),
                .networkTimeout
            ),
        ] as [(CanaryOutcome, Cause)])
    func `nothing is concluded from it`(outcome: CanaryOutcome, expected: Cause) {
        guard case .open(let cause, let why) = reading(of: outcome, Self.subject()) else {
            Issue.record("\(reading(of: outcome, Self.subject()))")
            return
        }
        #expect(cause == expected)
        #expect(cause.verdict == .unknown)
        #expect(!why.isEmpty)
    }

    @Test func `what is expected is fine, an error too`() {
        #expect(reading(of: Self.answered(200), Self.subject()) == .fine)
        #expect(reading(of: Self.answered(204, call: Self.action), Self.subject()) == .fine)
        for status in [403, 404, 301, 503] {
            let call = CanaryCall(
                .request(
                    service: "s3", method: "GET", url: "https://b/k", expectedStatus: status))
            #expect(
                reading(of: Self.refused("NoSuchKey", "", status, call: call), Self.subject())
                    == .fine)
            #expect(reading(of: Self.answered(status, call: call), Self.subject()) == .fine)
        }
    }

    @Test(arguments: [
        refused("NoSuchKey", "", 404, call: object), refused("NoSuchBucket", "", 404, call: object),
        refused("ValidationException", "", 400), refused("MissingParameter", "", 400),
        refused("SomethingNew", "", 400), refused("InvalidObjectState", "", 403, call: object),
        answered(404), answered(206), answered(400),
    ])
    func `another answer than the config says is no denial`(outcome: CanaryOutcome) {
        guard case .unexpected = reading(of: outcome, Self.subject()) else {
            Issue.record("\(reading(of: outcome, Self.subject()))")
            return
        }
    }

    @Test func `a 403 without words is a denial, that of a HEAD`() {
        guard case .denied(let denial) = reading(of: Self.answered(403), Self.subject()) else {
            Issue.record("no denial")
            return
        }
        #expect(!denial.isWorded && denial.action == nil)
    }

    @Test func `IAM's refusal of a session is not counted, but a role's denial is`() {
        let plain = Self.refused("AccessDenied", "Access denied")
        let worded = Self.refused("AccessDenied", Self.identityPolicy)
        func isOpen(_ outcome: CanaryOutcome, _ identity: CallerIdentity, temporary: Bool) -> Bool {
            if case .open = reading(of: outcome, Self.subject(identity, temporary: temporary)) {
                true
            } else {
                false
            }
        }
        #expect(isOpen(plain, Self.user, temporary: true))
        #expect(!isOpen(worded, Self.user, temporary: true))
        #expect(!isOpen(plain, Self.role, temporary: true))
        #expect(!isOpen(plain, Self.user, temporary: false))
        #expect(isOpen(Self.refused("InvalidClientTokenId"), Self.role, temporary: true))
    }

    @Test func `nothing repeats a secret`() {
        let secret = "wJalrXUtnFEMI-K7MDENG-secret"
        let subject = Self.subject(secrets: [Secret(secret)])
        let outcomes = [
            Self.refused(secret, secret, 400),
            Self.refused("AccessDenied", secret + Self.identityPolicy),
            Self.refused("Throttling", secret),
            CanaryOutcome(call: Self.action, target: nil, answer: .unsendable(secret)),
            CanaryOutcome(
                call: Self.action, target: nil,
                answer: .failed(
                    TransportFailure(
                        phase: .wait, timedOut: false, reason: secret, latency: .zero))),
        ]
        for outcome in outcomes {
            let report = CanaryReport([outcome], subject)
            for counts in [true, false] {
                let diagnosis = canaryDiagnosis(
                    good: CanaryDiagnosisTests.good, report, subject, counts: counts, isProof: true)
                #expect(!"\(diagnosis)".contains(secret))
                let advisory = canaryAdvisory(report, subject, counts: counts, openRuns: 9)
                #expect(!"\(String(describing: advisory))".contains(secret))
            }
        }
    }
}
