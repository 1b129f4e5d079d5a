import Diagnosing
import Model
import Support

private let china = Endpoint(
    url: "https://sts.cn-north-1.amazonaws.com.cn", signingRegion: "cn-north-1",
    partition: "aws-cn")

extension Row {
    // MARK: - The environment

    static let environment = [
        Row("clock behind", [.asConfigured: Sample.behind], .clockSkew, .unknown),
        Row("clock ahead, no Date header", [.asConfigured: Sample.ahead], .clockSkew, .unknown),
        Row(
            "clock, the other code", [.asConfigured: Sample.refused("RequestTimeTooSkewed")],
            .clockSkew, .unknown),
        Row("throttled as 400", [.asConfigured: Sample.throttled], .throttled, .unknown),
        Row(
            "throttled, the other spelling",
            [.asConfigured: Sample.refused("ThrottlingException", "Rate exceeded", status: 400)],
            .throttled, .unknown),
        Row(
            "throttled under a code of its own",
            [.asConfigured: Sample.refused("Novel", "Rate exceeded", status: 400)],
            .throttled, .unknown),
        Row(
            "throttled as 503", [.asConfigured: Sample.refused("Throttling", status: 503)],
            .throttled, .unknown),
        Row(
            "AWS fails", [.asConfigured: Sample.refused("InternalFailure", status: 500)],
            .awsOutage, .unknown),
        Row(
            "AWS fails under a code that blames the key",
            [.asConfigured: Sample.refused("InvalidClientTokenId", status: 503)],
            .awsOutage, .unknown),
        Row(
            "AWS fails under a code of its own",
            [.asConfigured: Sample.refused("Novel", status: 502)], .awsOutage, .unknown),
        Row(
            "an outage as 400 InvalidIdentityToken",
            [
                .asConfigured: Sample.refused(
                    "InvalidIdentityToken",
                    "Couldn't retrieve verification key from your identity provider",
                    status: 400)
            ], .identityProviderUnreachable, .unknown),
        Row(
            "InvalidIdentityToken without any identity token",
            [.asConfigured: Sample.refused("InvalidIdentityToken", "Something", status: 400)],
            .unrecognizedAnswer, .unknown),
        Row(
            "region disabled", [.asConfigured: Sample.refused("RegionDisabledException")],
            .regionNotEnabled, .unknown),
        Row(
            "opt-in required", [.asConfigured: Sample.refused("OptInRequired")],
            .needsPerson, .unknown),
        Row(
            "MFA required",
            [
                .asConfigured: Sample.refused(
                    "AccessDenied",
                    "MultiFactorAuthentication failed with invalid MFA one time pass code")
            ],
            .needsPerson, .unknown),
        Row(
            "denied by an endpoint policy", [.asConfigured: Sample.refused("AccessDenied")],
            .accessDenied, .unknown),
        Row(
            "a code that nobody knows", [.asConfigured: Sample.refused("Novel", status: 400)],
            .unrecognizedAnswer, .unknown),
        Row(
            "header did not arrive", [.asConfigured: Sample.refused("MissingAuthenticationToken")],
            .signatureAltered, .unknown),
        Row(
            "header arrived in parts",
            [
                .asConfigured: Sample.refused(
                    "IncompleteSignature", "Authorization header requires 'Signature' parameter.")
            ],
            .signatureAltered, .unknown),
        Row(
            "region of another partition",
            Sample.subject(region: "eu-central-1", endpoint: china, main: nil),
            [.asConfigured: Sample.unknownKey], .wrongPartition, .unknown),
        Row(
            "cn- region, commercial endpoint", Sample.subject(region: "cn-north-1"),
            [.asConfigured: Sample.unknownKey], .wrongPartition, .unknown),
        Row(
            "us-gov- region, commercial endpoint", Sample.subject(region: "us-gov-west-1"),
            [.asConfigured: Sample.badSignature], .wrongPartition, .unknown),
        Row(
            "eusc- region, commercial endpoint", Sample.subject(region: "eusc-de-east-1"),
            [
                .asConfigured: Sample.refused(
                    "SignatureDoesNotMatch", "Credential should be scoped to a valid region.")
            ],
            .wrongPartition, .unknown),
        Row(
            "scope of another region",
            [
                .asConfigured: Sample.refused(
                    "SignatureDoesNotMatch", "Credential should be scoped to a valid region.")
            ],
            .badSetting, .unknown),
        Row("DNS", [.asConfigured: Sample.failed(.lookup)], .networkDNS, .unknown),
        Row(
            "DNS too slow", [.asConfigured: Sample.failed(.lookup, timedOut: true)],
            .networkDNS, .unknown),
        Row(
            "connect refused", [.asConfigured: Sample.failed(.connect)],
            .networkConnect, .unknown),
        Row(
            "connect into a black hole", [.asConfigured: Sample.failed(.connect, timedOut: true)],
            .networkTimeout, .unknown),
        Row("TLS", [.asConfigured: Sample.failed(.tls)], .tls, .unknown),
        Row(
            "TLS too slow", [.asConfigured: Sample.failed(.tls, timedOut: true)],
            .networkTimeout, .unknown),
        Row("proxy 407", [.asConfigured: Sample.failed(.proxy)], .proxy, .unknown),
        Row(
            "reset while sending", [.asConfigured: Sample.failed(.send)],
            .networkInterrupted, .unknown),
        Row(
            "closed before the answer", [.asConfigured: Sample.failed(.wait)],
            .networkInterrupted, .unknown),
        Row(
            "no answer", [.asConfigured: Sample.failed(.wait, timedOut: true)],
            .networkTimeout, .unknown),
        Row(
            "slow bytes", [.asConfigured: Sample.failed(.body, timedOut: true)],
            .networkTimeout, .unknown),
        Row("2 MB body", [.asConfigured: Sample.failed(.body)], .networkInterrupted, .unknown),
        Row("no such CA file", [.asConfigured: Sample.failed(.setup)], .badSetting, .unknown),
    ]

    // MARK: - Others than AWS

    static let answersOfOthers = [
        Row(
            "captive portal",
            [.asConfigured: .notAWS(what: "an HTML page", Sample.details(requestID: nil))],
            .notAWS, .unknown),
        Row(
            "HTML with a request id",
            [.asConfigured: .notAWS(what: "an HTML page", Sample.details())], .notAWS, .unknown),
        Row(
            "body empty",
            [.asConfigured: .notAWS(what: "empty", Sample.details(requestID: nil))],
            .notAWS, .unknown),
        Row(
            "a proxy's 503",
            [
                .asConfigured: .notAWS(
                    what: "an HTML page", Sample.details(status: 503, requestID: nil))
            ],
            .notAWS, .unknown),
        Row(
            "AWS's 503 without XML",
            [.asConfigured: .notAWS(what: "empty", Sample.details(status: 503))],
            .awsOutage, .unknown),
        Row(
            "accepted without a request id",
            [.asConfigured: Sample.accepted(requestID: nil)], .notAWS, .unknown),
        Row(
            "refused without a request id",
            [.asConfigured: Sample.refused("InvalidClientTokenId", requestID: nil)],
            .notAWS, .unknown),
    ]

    // MARK: - Who it is

    private static func expecting(_ account: String?, _ arn: String?) -> Subject {
        Sample.subject(expected: ExpectedIdentity(account: account, arn: arn))
    }

    static let identities = [
        Row("accepted", [.asConfigured: Sample.accepted()], .ok, .good),
        Row(
            "as expected", expecting("028075177508", "arn:aws:iam::028075177508:user/app"),
            [.asConfigured: Sample.accepted()], .ok, .good),
        Row(
            "as expected, by a pattern", expecting(nil, "arn:aws:iam::*:user/*"),
            [.asConfigured: Sample.accepted()], .ok, .good),
        Row(
            "another account", expecting("123456789012", nil),
            [.asConfigured: Sample.accepted()], .wrongIdentity, .bad),
        Row(
            "another user", expecting(nil, "arn:aws:iam::028075177508:user/other"),
            [.asConfigured: Sample.accepted()], .wrongIdentity, .bad),
        Row(
            "right account, another user", expecting("028075177508", "arn:aws:sts::*"),
            [.asConfigured: Sample.accepted()], .wrongIdentity, .bad),
    ]
}
