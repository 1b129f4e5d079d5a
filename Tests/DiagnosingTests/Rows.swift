import Diagnosing
import Model
import Support
import Testing

/// A row of the table of what a failed check may mean: what AWS answers, and what is made of it.
struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    var subject = Sample.subject()
    var answers: [Question: ProbeOutcome]
    var asked: [Question]
    var cause: Cause
    var verdict: Verdict

    var testDescription: String { name }

    init(
        _ name: String, _ subject: Subject,
        _ answers: [Question: ProbeOutcome], asked: [Question] = [.asConfigured], _ cause: Cause,
        _ verdict: Verdict
    ) {
        self.name = name
        self.subject = subject
        self.answers = answers
        self.asked = asked
        self.cause = cause
        self.verdict = verdict
    }

    init(
        _ name: String, _ answers: [Question: ProbeOutcome],
        asked: [Question] = [.asConfigured], _ cause: Cause, _ verdict: Verdict
    ) {
        self.init(name, Sample.subject(), answers, asked: asked, cause, verdict)
    }
}

extension Row {
    static let all = refusals + elsewhere + clocks + environment + answersOfOthers + identities

    // MARK: - The key, the secret, the session

    static let refusals = [
        Row(
            "key unknown at both",
            [.asConfigured: Sample.unknownKey, .mainRegion: Sample.unknownKey],
            asked: [.asConfigured, .mainRegion], .keyNotRecognized, .bad),
        Row(
            "key unknown, no other region to ask", Sample.emulated(),
            [.asConfigured: Sample.unknownKey], .keyNotRecognized, .bad),
        Row(
            "key unknown in the region only",
            [.asConfigured: Sample.unknownKey, .mainRegion: Sample.accepted()],
            asked: [.asConfigured, .mainRegion], .regionNotEnabled, .unknown),
        Row(
            "version 1 token in an opt-in region", Sample.subject(Sample.temporary),
            [.asConfigured: Sample.unknownKey, .mainRegion: Sample.accepted()],
            asked: [.asConfigured, .mainRegion], .regionNotEnabled, .unknown),
        Row(
            "key unknown, main region throttles",
            [.asConfigured: Sample.unknownKey, .mainRegion: Sample.throttled],
            asked: [.asConfigured, .mainRegion], .refusalUnconfirmed, .unknown),
        Row(
            "key unknown, main region unreachable",
            [.asConfigured: Sample.unknownKey, .mainRegion: Sample.failed(.connect)],
            asked: [.asConfigured, .mainRegion], .refusalUnconfirmed, .unknown),
        Row(
            "key unknown, main region says another thing",
            [.asConfigured: Sample.unknownKey, .mainRegion: Sample.badSignature],
            asked: [.asConfigured, .mainRegion], .refusalUnconfirmed, .unknown),
        Row(
            "key unknown, main region is not AWS",
            [
                .asConfigured: Sample.unknownKey,
                .mainRegion: .notAWS(what: "an HTML page", Sample.details(requestID: nil)),
            ],
            asked: [.asConfigured, .mainRegion], .refusalUnconfirmed, .unknown),
        Row(
            "key unknown, main region accepts without a request id",
            [.asConfigured: Sample.unknownKey, .mainRegion: Sample.accepted(requestID: nil)],
            asked: [.asConfigured, .mainRegion], .refusalUnconfirmed, .unknown),
        Row(
            "key unknown, main region agrees without a request id",
            [
                .asConfigured: Sample.unknownKey,
                .mainRegion: Sample.refused("InvalidClientTokenId", requestID: nil),
            ],
            asked: [.asConfigured, .mainRegion], .refusalUnconfirmed, .unknown),
        Row(
            "key unknown, main region agrees while it fails",
            [
                .asConfigured: Sample.unknownKey,
                .mainRegion: Sample.refused("InvalidClientTokenId", status: 503),
            ],
            asked: [.asConfigured, .mainRegion], .refusalUnconfirmed, .unknown),
        Row(
            "wrong secret, another passed",
            Sample.subject(path: PathKnowledge(otherPassed: .seconds(12))),
            [.asConfigured: Sample.badSignature, .mainRegion: Sample.badSignature],
            asked: [.asConfigured, .mainRegion], .wrongSecret, .bad),
        Row(
            "wrong secret, another passed and a third mismatched too",
            Sample.subject(
                path: PathKnowledge(otherPassed: .seconds(12), otherMismatched: .seconds(3))),
            [.asConfigured: Sample.badSignature, .mainRegion: Sample.badSignature],
            asked: [.asConfigured, .mainRegion], .wrongSecret, .bad),
        Row(
            "wrong secret, another passed minutes ago",
            Sample.subject(path: PathKnowledge(otherPassed: .seconds(200))),
            [.asConfigured: Sample.badSignature, .mainRegion: Sample.badSignature],
            asked: [.asConfigured, .mainRegion], .wrongSecret, .bad),
        Row(
            "wrong secret, nobody else is known",
            [.asConfigured: Sample.badSignature, .mainRegion: Sample.badSignature],
            asked: [.asConfigured, .mainRegion], .wrongSecret, .bad),
        Row(
            "signature mismatch of all",
            Sample.subject(path: PathKnowledge(otherMismatched: .seconds(3))),
            [.asConfigured: Sample.badSignature], .signatureAltered, .unknown),
        Row(
            "signature mismatch, the main region accepts",
            [.asConfigured: Sample.badSignature, .mainRegion: Sample.accepted()],
            asked: [.asConfigured, .mainRegion], .refusalUnconfirmed, .unknown),
        Row(
            "signature mismatch, clock wrong by the Date header",
            [.asConfigured: Sample.refused("SignatureDoesNotMatch", skew: .seconds(-301))],
            .clockSkew, .unknown),
        Row(
            "session expired of a key without a token",
            [.asConfigured: Sample.expiredToken, .mainRegion: Sample.expiredToken],
            asked: [.asConfigured, .mainRegion], .sessionExpired, .bad),
        Row(
            "session unknown at both", Sample.subject(Sample.temporary),
            [.asConfigured: Sample.unknownKey, .mainRegion: Sample.unknownKey],
            asked: [.asConfigured, .mainRegion], .keyNotRecognized, .bad),
        Row(
            "key of another account than expected",
            Sample.subject(expected: ExpectedIdentity(account: "123456789012")),
            [.asConfigured: Sample.unknownKey, .mainRegion: Sample.unknownKey],
            asked: [.asConfigured, .mainRegion], .keyNotRecognized, .bad),
        Row(
            "session expired", Sample.subject(Sample.temporary),
            [.asConfigured: Sample.expiredToken, .mainRegion: Sample.expiredToken],
            asked: [.asConfigured, .mainRegion], .sessionExpired, .bad),
        Row(
            "session expired, the other spelling", Sample.emulated(Sample.temporary),
            [.asConfigured: Sample.refused("ExpiredTokenException")], .sessionExpired, .bad),
        Row(
            "request expired, clock good, session", Sample.emulated(Sample.temporary),
            [.asConfigured: Sample.refused("RequestExpired", skew: .seconds(2))],
            .sessionExpired, .bad),
        Row(
            "request expired, clock wrong", Sample.subject(Sample.temporary),
            [.asConfigured: Sample.refused("RequestExpired", skew: .seconds(900))],
            .clockSkew, .unknown),
        Row(
            "request expired, clock not known", Sample.subject(Sample.temporary),
            [.asConfigured: Sample.refused("RequestExpired", skew: nil)], .clockSkew, .unknown),
        Row(
            "request expired, no session that could",
            [.asConfigured: Sample.refused("RequestExpired")],
            .clockSkew, .unknown),
        Row(
            "blank inside the key id, found by AWS",
            [
                .asConfigured: Sample.refused(
                    "IncompleteSignature",
                    "'AB' not a valid key=value pair (missing equal-sign) in Authorization header",
                    status: 400)
            ], .malformedValue, .bad),
        Row(
            "leftover token, good without", Sample.subject(Sample.withLeftover),
            [.asConfigured: Sample.expiredToken, .withoutSessionToken: Sample.accepted()],
            asked: [.asConfigured, .withoutSessionToken], .leftoverSessionToken, .bad),
        Row(
            "leftover token, something else accepts without", Sample.subject(Sample.withLeftover),
            [
                .asConfigured: Sample.expiredToken,
                .withoutSessionToken: Sample.accepted(requestID: nil),
            ],
            asked: [.asConfigured, .withoutSessionToken], .refusalUnconfirmed, .unknown),
        Row(
            "leftover token, and the key is gone too", Sample.subject(Sample.withLeftover),
            [
                .asConfigured: Sample.expiredToken, .withoutSessionToken: Sample.unknownKey,
                .mainRegion: Sample.unknownKey,
            ],
            asked: [.asConfigured, .withoutSessionToken, .mainRegion], .keyNotRecognized, .bad),
        Row(
            "leftover token, and the secret is wrong", Sample.subject(Sample.withLeftover),
            [
                .asConfigured: Sample.unknownKey, .withoutSessionToken: Sample.badSignature,
                .mainRegion: Sample.badSignature,
            ],
            asked: [.asConfigured, .withoutSessionToken, .mainRegion], .wrongSecret, .bad),
        Row(
            "leftover token, throttled without", Sample.subject(Sample.withLeftover),
            [.asConfigured: Sample.unknownKey, .withoutSessionToken: Sample.throttled],
            asked: [.asConfigured, .withoutSessionToken], .refusalUnconfirmed, .unknown),
        Row(
            "leftover token, unreachable without", Sample.subject(Sample.withLeftover),
            [.asConfigured: Sample.unknownKey, .withoutSessionToken: Sample.failed(.wait)],
            asked: [.asConfigured, .withoutSessionToken], .refusalUnconfirmed, .unknown),
        Row(
            "leftover token, altered on the way without",
            Sample.subject(Sample.withLeftover, path: PathKnowledge(otherMismatched: .seconds(3))),
            [.asConfigured: Sample.unknownKey, .withoutSessionToken: Sample.badSignature],
            asked: [.asConfigured, .withoutSessionToken], .refusalUnconfirmed, .unknown),
        Row(
            "token with a long-term key that is accepted", Sample.subject(Sample.withLeftover),
            [.asConfigured: Sample.accepted()], .ok, .good),
    ]
}
