import Diagnosing
import Model
import Support

private func endpoint(_ url: String, in region: String = "eu-central-1") -> Endpoint {
    Endpoint(url: url, signingRegion: region, partition: "aws")
}

private let global = endpoint("https://sts.amazonaws.com", in: "us-east-1")
private let ofVPC = endpoint("https://vpce-1.sts.eu-central-1.vpce.amazonaws.com")
private let ofOtherRegion = endpoint("https://sts.eu-west-1.amazonaws.com", in: "eu-west-1")

extension Row {
    // MARK: - Second opinions of other endpoints

    private static func at(_ endpoint: Endpoint, region: String = "eu-central-1") -> Subject {
        Sample.subject(region: region, endpoint: endpoint, main: nil)
    }

    static let elsewhere = [
        Row(
            "key unknown at the global endpoint and in the region", at(global),
            [.asConfigured: Sample.unknownKey, .regionalEndpoint: Sample.unknownKey],
            asked: [.asConfigured, .regionalEndpoint], .keyNotRecognized, .bad),
        Row(
            "key unknown at the global endpoint only", at(global),
            [.asConfigured: Sample.unknownKey, .regionalEndpoint: Sample.accepted()],
            asked: [.asConfigured, .regionalEndpoint], .refusalUnconfirmed, .unknown),
        Row(
            "key unknown at the global endpoint, region unreachable", at(global),
            [.asConfigured: Sample.unknownKey, .regionalEndpoint: Sample.failed(.connect)],
            asked: [.asConfigured, .regionalEndpoint], .refusalUnconfirmed, .unknown),
        Row(
            "key unknown at the global endpoint, whose region is the profile's",
            at(global, region: "us-east-1"), [.asConfigured: Sample.unknownKey],
            .keyNotRecognized, .bad),
        Row(
            "key unknown at a VPC endpoint and everywhere", at(ofVPC),
            [
                .asConfigured: Sample.unknownKey, .regionalEndpoint: Sample.unknownKey,
                .mainRegion: Sample.unknownKey,
            ],
            asked: [.asConfigured, .regionalEndpoint, .mainRegion], .keyNotRecognized, .bad),
        Row(
            "key unknown at a VPC endpoint and in its region", at(ofVPC),
            [
                .asConfigured: Sample.unknownKey, .regionalEndpoint: Sample.unknownKey,
                .mainRegion: Sample.accepted(),
            ],
            asked: [.asConfigured, .regionalEndpoint, .mainRegion], .regionNotEnabled, .unknown),
        Row(
            "signature mismatch at a VPC endpoint only", at(ofVPC),
            [.asConfigured: Sample.badSignature, .regionalEndpoint: Sample.accepted()],
            asked: [.asConfigured, .regionalEndpoint], .refusalUnconfirmed, .unknown),
        Row(
            "key unknown at the endpoint of another region", at(ofOtherRegion),
            [.asConfigured: Sample.unknownKey, .regionalEndpoint: Sample.throttled],
            asked: [.asConfigured, .regionalEndpoint], .refusalUnconfirmed, .unknown),
        Row(
            "key unknown at a VPC endpoint, leftover token",
            Sample.subject(Sample.withLeftover, endpoint: ofVPC, main: nil),
            [
                .asConfigured: Sample.unknownKey, .withoutSessionToken: Sample.unknownKey,
                .regionalEndpoint: Sample.unknownKey, .mainRegion: Sample.unknownKey,
            ],
            asked: [.asConfigured, .withoutSessionToken, .regionalEndpoint, .mainRegion],
            .keyNotRecognized, .bad),
        Row(
            "a proof asks nowhere else", Sample.subject(isProof: true),
            [.asConfigured: Sample.unknownKey], .keyNotRecognized, .bad),
    ]

    // MARK: - A wrong clock

    private static let late = Duration.seconds(-1_200)

    private static func clock(
        _ name: String, _ code: String, _ message: String = "",
        of subject: Subject = Sample.subject(), skew: Duration = late
    ) -> Row {
        Row(
            name, subject, [.asConfigured: Sample.refused(code, message, skew: skew)], .clockSkew,
            .unknown)
    }

    static let clocks = [
        clock("clock wrong, key unknown", "InvalidClientTokenId"),
        clock("clock wrong by a second too much", "InvalidClientTokenId", skew: .seconds(301)),
        clock("clock wrong, session expired", "ExpiredToken", of: Sample.subject(Sample.temporary)),
        clock(
            "clock wrong, leftover token", "ExpiredToken", of: Sample.subject(Sample.withLeftover)),
        clock(
            "clock wrong, blank inside the key id", "IncompleteSignature",
            "'AB' not a valid key=value pair"),
        Row(
            "clock wrong, another identity",
            Sample.subject(expected: ExpectedIdentity(account: "123456789012")),
            [.asConfigured: .identity(Sample.identity, Sample.details(skew: late))],
            .clockSkew, .unknown),
        Row(
            "clock wrong, accepted",
            [.asConfigured: .identity(Sample.identity, Sample.details(skew: late))], .ok, .good),
        Row(
            "clock wrong, throttled",
            [.asConfigured: Sample.refused("Throttling", status: 400, skew: late)],
            .throttled, .unknown),
        Row(
            "clock wrong by five minutes is good enough",
            [
                .asConfigured: Sample.refused("InvalidClientTokenId", skew: .seconds(300)),
                .mainRegion: Sample.unknownKey,
            ],
            asked: [.asConfigured, .mainRegion], .keyNotRecognized, .bad),
        Row(
            "clock known in the main region only",
            [
                .asConfigured: Sample.refused("InvalidClientTokenId", skew: nil),
                .mainRegion: Sample.refused("InvalidClientTokenId", skew: late),
            ],
            asked: [.asConfigured, .mainRegion], .clockSkew, .unknown),
        Row(
            "clock known without the token only", Sample.subject(Sample.withLeftover),
            [
                .asConfigured: Sample.refused("ExpiredToken", skew: nil),
                .withoutSessionToken: .identity(Sample.identity, Sample.details(skew: late)),
            ],
            asked: [.asConfigured, .withoutSessionToken], .clockSkew, .unknown),
        Row(
            "a clock that somebody else's answer has is nobody's",
            [
                .asConfigured: Sample.refused(
                    "InvalidClientTokenId", requestID: nil, skew: late)
            ], .notAWS, .unknown),
    ]
}
