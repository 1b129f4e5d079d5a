import Model
import Support
import Testing

@testable import Diagnosing

/// What is made of a step that yields no credentials.
@Suite struct ObtainDiagnosisTests {
    private static let place = Provenance.file(
        SourceLocation(file: "/home/app/.aws/config", line: 7, column: 1))

    private static func problem(
        _ source: CredentialSource, _ reason: ObtainProblem.Reason
    ) -> ObtainProblem {
        let isSigned = source == .assumeRole
        let isSTS = isSigned || source == .webIdentity
        return ObtainProblem(
            source, reason, at: place,
            base: isSigned ? Sample.credentials(token: Sample.token) : nil,
            endpoint: isSTS ? Sample.endpoint : nil, evidence: [.note("of the source")])
    }

    private static func refused(
        _ code: String, _ message: String = "", status: Int = 403,
        requestID: String? = Sample.requestID
    ) -> ObtainProblem.Reason {
        .refused(
            ServiceError(code: code, message: message),
            Sample.details(status: status, requestID: requestID))
    }

    private static func failed(
        _ phase: TransportPhase, timedOut: Bool = false
    ) -> ObtainProblem.Reason {
        .failed(
            TransportFailure(phase: phase, timedOut: timedOut, reason: "gone", latency: .zero))
    }

    private static func notAWS(_ status: Int, requestID: String? = nil) -> ObtainProblem.Reason {
        .notAWS(what: "an HTML page", Sample.details(status: status, requestID: requestID))
    }

    // MARK: - Causes without a question to the base

    private static let environment: [(ObtainProblem.Reason, Cause)] = [
        (refused("Throttling", status: 400), .throttled),
        (refused("ThrottlingException", status: 400), .throttled),
        (refused("Whatever", "Rate exceeded", status: 400), .throttled),
        (refused("ServiceUnavailable", status: 503), .awsOutage),
        (refused("InternalFailure", status: 500), .awsOutage),
        (refused("AccessDenied", status: 500), .awsOutage),
        (refused("RegionDisabledException"), .regionNotEnabled),
        (refused("OptInRequired"), .needsPerson),
        (refused("AccessDenied", "MultiFactorAuthentication failed"), .needsPerson),
        (refused("ValidationError", status: 400), .badSetting),
        (refused("SomethingNew"), .unrecognizedAnswer),
        (refused("SignatureDoesNotMatch", "Signature expired: 20261122T1"), .clockSkew),
        (refused("RequestExpired"), .clockSkew),
        (refused("AccessDenied", requestID: nil), .notAWS),
        (refused("InvalidIdentityToken", "No OpenIDConnect provider", requestID: nil), .notAWS),
        (notAWS(200), .notAWS), (notAWS(503), .notAWS),
        (notAWS(503, requestID: Sample.requestID), .awsOutage),
        (failed(.lookup), .networkDNS), (failed(.connect), .networkConnect),
        (failed(.tls), .tls), (failed(.proxy), .proxy), (failed(.wait), .networkInterrupted),
        (failed(.wait, timedOut: true), .networkTimeout), (failed(.setup), .badSetting),
        (.badAnswer("it has no token"), .unrecognizedAnswer),
        (.untrusted("everybody may write it"), .sourceUntrusted),
        (.local(.timedOut(path: "/nfs/token")), .fileUnreadable),
    ]

    @Test(arguments: [CredentialSource.assumeRole, .webIdentity])
    func `what says nothing of the credential is unknown`(source: CredentialSource) {
        for (reason, cause) in Self.environment {
            let found = diagnosis(of: Self.problem(source, reason), profile: "app")
            #expect(found.cause == cause, "\(reason)")
            #expect(found.verdict == .unknown, "\(reason)")
        }
    }

    private static let webIdentity: [(ObtainProblem.Reason, Cause, Verdict)] = [
        (
            refused("InvalidIdentityToken", "No OpenIDConnect provider found", status: 400),
            .webIdentityRefused, .bad
        ),
        (
            refused("InvalidIdentityToken", "Incorrect token audience", status: 400),
            .webIdentityRefused, .bad
        ),
        (refused("ExpiredTokenException", status: 400), .webIdentityRefused, .bad),
        (refused("IDPRejectedClaim"), .webIdentityRefused, .bad),
        (refused("AccessDenied"), .roleDenied, .bad),
        (
            refused(
                "InvalidIdentityToken",
                "Couldn't retrieve verification key from your identity provider", status: 400),
            .identityProviderUnreachable, .unknown
        ),
        (refused("IDPCommunicationError", status: 400), .identityProviderUnreachable, .unknown),
        // An outage of AWS has been seen under this code.
        (
            refused("InvalidIdentityToken", "The request failed", status: 400),
            .unrecognizedAnswer, .unknown
        ),
        // Nothing was signed, so no key can be to blame.
        (refused("InvalidClientTokenId"), .unrecognizedAnswer, .unknown),
        (refused("SignatureDoesNotMatch"), .unrecognizedAnswer, .unknown),
    ]

    private static let logins: [(CredentialSource, ObtainProblem.Reason, Cause, Verdict)] = [
        (.sso, refused("UnauthorizedException", status: 401), .sessionExpired, .bad),
        (.sso, refused("ForbiddenException"), .roleDenied, .bad),
        (.sso, refused("UnauthorizedException", status: 401, requestID: nil), .notAWS, .unknown),
        (.sso, refused("UnauthorizedException", status: 500), .awsOutage, .unknown),
        (.sso, refused("TooManyRequestsException", status: 429), .throttled, .unknown),
        (.sso, refused("ResourceNotFoundException", status: 404), .badSetting, .unknown),
        (.sso, refused("InvalidRequestException", status: 400), .badSetting, .unknown),
        (.sso, refused("InvalidGrantException", status: 400), .loginNeeded, .unknown),
        (.sso, refused("SomethingNew", status: 400), .unrecognizedAnswer, .unknown),
        (.sso, .loginNeeded("the login ended"), .loginNeeded, .unknown),
        (.sso, .badAnswer("it is no JSON"), .loginNeeded, .unknown),
        (.sso, .untrusted("everybody may write it"), .sourceUntrusted, .unknown),
        (.sso, failed(.connect), .networkConnect, .unknown),
        (.sso, notAWS(401), .notAWS, .unknown),
        // A renewal that is refused says that a person has to log in, and no more.
        (.loginSession, refused("UnauthorizedException", status: 401), .loginNeeded, .unknown),
        (.loginSession, refused("AccessDeniedException"), .loginNeeded, .unknown),
        (.loginSession, refused("ForbiddenException"), .loginNeeded, .unknown),
        (.loginSession, refused("InternalServerException", status: 500), .awsOutage, .unknown),
        (.loginSession, .loginNeeded("the login is over"), .loginNeeded, .unknown),
        (.loginSession, failed(.lookup), .networkDNS, .unknown),
    ]

    private static let locals: [(CredentialSource, ObtainProblem.Reason, Cause)] = [
        (.credentialProcess, .processFailed("it exited with 1"), .processFailed),
        (.credentialProcess, .badAnswer("it printed no JSON"), .processFailed),
        (.credentialProcess, .untrusted("everybody may write it"), .sourceUntrusted),
        (.container, refused("AccessDenied"), .sourceUnavailable),
        (.container, failed(.connect), .sourceUnavailable),
        (.container, notAWS(404), .sourceUnavailable),
        (.container, .unavailable("the host is not allowed"), .sourceUnavailable),
        (.container, .badAnswer("it is no JSON"), .sourceUnavailable),
        (.instanceMetadata, .unavailable("it does not answer"), .sourceUnavailable),
        (.instanceMetadata, .nothing("the instance has no role"), .noCredentials),
        (.instanceMetadata, failed(.wait, timedOut: true), .sourceUnavailable),
        (.instanceMetadata, notAWS(500), .sourceUnavailable),
        (.profileKeys, .nothing("the plan has no step"), .noCredentials),
    ]

    @Test func `each source has its causes`() {
        var rows = Self.logins
        for row in Self.webIdentity { rows.append((.webIdentity, row.0, row.1, row.2)) }
        for row in Self.locals { rows.append((row.0, row.1, row.2, .unknown)) }
        for (source, reason, cause, verdict) in rows {
            let found = diagnosis(of: Self.problem(source, reason), profile: "app")
            #expect(found.cause == cause, "\(source) \(reason)")
            #expect(found.verdict == verdict, "\(source) \(reason)")
            #expect(!blamesBase(Self.problem(source, reason)))
        }
    }

    // MARK: - Roles, and who asked for them

    private static let refusals: [(ObtainProblem.Reason, Cause)] = [
        (refused("AccessDenied", "User: x is not authorized"), .roleDenied),
        (refused("InvalidClientTokenId"), .refusalUnconfirmed),
        (refused("SignatureDoesNotMatch"), .refusalUnconfirmed),
        (refused("ExpiredToken"), .refusalUnconfirmed),
        (refused("IncompleteSignature", "not a valid key=value pair"), .refusalUnconfirmed),
        (refused("RequestExpired"), .clockSkew),
        (refused("MissingAuthenticationToken"), .signatureAltered),
    ]

    @Test func `a role that is refused is bad only after its base was seen to pass`() {
        for (reason, cause) in Self.refusals {
            let problem = Self.problem(.assumeRole, reason)
            #expect(blamesBase(problem), "\(reason)")
            #expect(diagnosis(of: problem, profile: "app").verdict == .unknown, "\(reason)")
            let good = Diagnosis(cause: .ok, verdict: .good, summary: "It works.", remedy: "")
            let found = diagnosis(
                of: problem, profile: "app", base: good, answer: Sample.accepted())
            #expect(found.cause == cause, "\(reason)")
            #expect(found.verdict == (cause == .roleDenied ? .bad : .unknown))
            #expect(
                found.evidence.last
                    == .note("the credential that asked is accepted, as \(Sample.identity.arn)"))
        }
    }

    @Test func `a base that is at fault is told as itself, and with whose role`() {
        let problem = Self.problem(.assumeRole, Self.refused("AccessDenied"))
        for cause in Cause.allCases where cause.verdict != .good {
            let base = Diagnosis(
                cause: cause, verdict: cause.verdict, summary: "The base.", remedy: "Mend it.",
                evidence: [.note("its own")])
            let found = diagnosis(of: problem, profile: "app", base: base, answer: nil)
            #expect(found.cause == cause && found.verdict == cause.verdict)
            #expect(
                found.summary == "The base. It was to assume the role of profile app.")
            #expect(found.remedy == "Mend it.")
            #expect(
                found.evidence == [
                    .note("its own"), .note("of the source"), .location(Self.place),
                ])
        }
    }

    @Test func `what does not blame the base asks no question of it`() {
        for (reason, _) in Self.environment {
            guard case .refused(let error, let details) = reason, details.requestID != nil,
                details.httpStatus < 500, error.code != "RequestExpired",
                !error.message.contains("expired")
            else { continue }
            #expect(!blamesBase(Self.problem(.assumeRole, reason)), "\(reason)")
        }
        var unsigned = Self.problem(.assumeRole, Self.refused("AccessDenied"))
        unsigned.base = nil
        #expect(!blamesBase(unsigned))
        #expect(!blamesBase(Self.problem(.assumeRole, Self.refused("AccessDenied", status: 503))))
    }

    // MARK: - What is said

    private static let all: [ObtainProblem] = {
        var reasons = environment.map(\.0)
        reasons += webIdentity.map(\.0)
        reasons += logins.map(\.1)
        reasons += locals.map(\.1)
        reasons += refusals.map(\.0)
        return CredentialSource.allCases.flatMap { source in
            reasons.map { problem(source, $0) }
        }
    }()

    @Test(arguments: Cause.allCases)
    func `every cause has two sentences for every source`(cause: Cause) {
        for source in CredentialSource.allCases {
            for what in [nil, "the login ended"] {
                let prose = Self.problem(source, .nothing("x")).prose(cause, "app", what)
                for sentence in [prose.summary, prose.remedy] {
                    #expect(sentence.hasSuffix(".") && !sentence.hasSuffix(".."), "\(sentence)")
                    #expect(sentence.first?.isUppercase == true || sentence.hasPrefix("credwatch"))
                    #expect(!sentence.contains("\n") && !sentence.contains("Optional("))
                }
            }
        }
    }

    @Test func `every diagnosis says where, and keeps what the source found out`() {
        for problem in Self.all {
            let found = diagnosis(of: problem, profile: "app")
            #expect(found.verdict == found.cause.verdict)
            #expect(found.evidence.contains(.note("of the source")))
            if case .local = problem.reason { continue }
            #expect(found.evidence.last == .location(Self.place))
            guard case .refused(let error, let details) = problem.reason else { continue }
            #expect(
                found.evidence.first
                    == .serviceError(code: error.code, message: error.message))
            #expect(found.evidence.contains(.httpStatus(details.httpStatus)))
            #expect(
                found.evidence.contains(.requestID(Sample.requestID))
                    == (details.requestID != nil))
        }
    }

    @Test func `the clause of the source stands in the sentence`() {
        let reasons: [ObtainProblem.Reason] = [
            .unavailable("odd"), .nothing("odd"), .loginNeeded("odd"), .processFailed("odd"),
            .untrusted("odd"), .badAnswer("odd"),
        ]
        for source in CredentialSource.allCases {
            for reason in reasons {
                let found = diagnosis(of: Self.problem(source, reason), profile: "app")
                #expect(found.summary.hasSuffix(": odd."), "\(source) \(found.summary)")
            }
        }
    }

    @Test func `no secret of who asked is repeated`() {
        for text in [Sample.secret, Sample.token, "p@ss-word.with:marks"] {
            let base = Sample.credentials(secret: text, token: Sample.token)
            let details = Sample.details(requestID: text)
            let reasons: [ObtainProblem.Reason] = [
                .refused(ServiceError(code: text, message: "You sent \(text)\(text)"), details),
                .refused(ServiceError(code: "AccessDenied", message: "a \(text)"), details),
                .notAWS(what: "a page with \(text)", details),
                .failed(
                    TransportFailure(
                        phase: .wait, timedOut: false, reason: "odd line: \(text)",
                        latency: .zero)),
                .unavailable(text), .nothing(text), .loginNeeded(text), .processFailed(text),
                .untrusted(text), .badAnswer(text),
            ]
            for source in CredentialSource.allCases {
                for reason in reasons {
                    let problem = ObtainProblem(
                        source, reason, at: Self.place, base: base, endpoint: Sample.endpoint)
                    let good = Diagnosis(cause: .ok, verdict: .good, summary: "x", remedy: "")
                    let identity = CallerIdentity(account: "1", arn: text, userID: text)
                    var dumped = ""
                    dump(diagnosis(of: problem, profile: "app"), to: &dumped)
                    dump(
                        diagnosis(
                            of: problem, profile: "app", base: good,
                            answer: .identity(identity, details)),
                        to: &dumped)
                    #expect(!dumped.contains(text), "\(source)")
                }
            }
        }
    }
}
