import Model
import Support

@testable import Daemon

private let mismatch =
    "The request signature we calculated does not match the signature you provided."
private let late = Duration.seconds(1_200)

/// The table: signal, what the primary is, what answers, and what has to come of it.
extension FactRow {
    static let all = keys + sessions + environment + others + configuration + badInput

    private static let keys: [FactRow] = [
        FactRow(
            "key unknown in the region and in the main one",
            .regions(.invalidClientTokenID, main: .invalidClientTokenID),
            .keyNotRecognized, .bad, .possible, .moves),
        FactRow(
            "key unknown in the region only", .regions(.invalidClientTokenID, main: .identity),
            .regionNotEnabled, .unknown, .likely, .stays),
        FactRow(
            "version 1 token in an opt-in region", .session,
            .regions(.invalidToken, main: .identity), .regionNotEnabled, .unknown, .possible, .stays
        ),
        FactRow(
            "key unknown, main region not reachable", .regions(.invalidClientTokenID, main: nil),
            .refusalUnconfirmed, .unknown, .possible, .stays),
        FactRow(
            "key unknown, main region throttles",
            .regions(.invalidClientTokenID, main: .throttling),
            .refusalUnconfirmed, .unknown, .possible, .stays),
        FactRow(
            "cn- region, endpoint of another partition", .keys(region: "cn-north-1"),
            .main(.invalidClientTokenID), .wrongPartition, .unknown, .certain, .stays),
        FactRow(
            "ASIA without a session token", .keys(id: Sample.temporaryKeyID), .fault(.identity),
            .sessionTokenMissing, .bad, .certain, .moves),
        FactRow(
            "AKIA with a leftover token", .leftover,
            .answer { request in
                request.header("x-amz-security-token") == nil
                    ? .identity : .error("ExpiredToken", "The token is expired")
            }, .leftoverSessionToken, .bad, .certain, .moves),
        FactRow(
            "AKIA with a leftover token, and dead", .leftover,
            .error("InvalidClientTokenId", "The security token included in the request is invalid"),
            .keyNotRecognized, .bad, .possible, .moves),
        FactRow(
            "AKIA with a leftover token, throttled without", .leftover,
            .answer { request in
                request.header("x-amz-security-token") == nil
                    ? .error("Throttling", "Rate exceeded", status: 400)
                    : .error("ExpiredToken")
            }, .refusalUnconfirmed, .unknown, .possible, .stays),
        FactRow(
            "placeholder ${VAR}", .keys(id: "${AWS_KEY}"), .fault(.identity),
            .placeholderCredentials, .bad, .certain, .moves),
        FactRow(
            "placeholder YOUR_ACCESS_KEY", .keys(id: "YOUR_ACCESS_KEY"), .fault(.identity),
            .placeholderCredentials, .bad, .certain, .moves),
        FactRow(
            "the documentation's example key", .keys(id: "AKIAIOSFODNN7EXAMPLE"),
            .fault(.identity), .placeholderCredentials, .bad, .certain, .moves),
        FactRow(
            "quotes kept", .keys(id: "\"\(Sample.keyID)\""), .fault(.identity),
            .malformedValue, .bad, .certain, .moves),
        FactRow(
            "no-break space in the secret", .keys(secret: "\(Sample.secret.dropLast())\u{A0}"),
            .fault(.identity), .malformedValue, .bad, .certain, .moves),
        FactRow(
            "zero-width space in the id", .keys(id: "AKIAQNCLJG\u{200B}YSAZAAN74C"),
            .fault(.identity), .malformedValue, .bad, .certain, .moves),
        FactRow(
            "smart quotes", .keys(secret: "\u{201C}\(Sample.secret)\u{201D}"), .fault(.identity),
            .malformedValue, .bad, .certain, .moves),
        FactRow(
            "wrong secret, another passes",
            .regions(.signatureDoesNotMatch, main: .signatureDoesNotMatch),
            .wrongSecret, .bad, .certain, .moves),
        FactRow(
            "signatures of all are refused", .allKeys(.signatureDoesNotMatch),
            .signatureAltered, .unknown, .likely, .stays),
        FactRow(
            "blank inside the key id, found by AWS", .fault(.incompleteSignature),
            .malformedValue, .bad, .likely, .moves),
        FactRow(
            "another account than expected", .keys(account: "123456789012"), .fault(.identity),
            .wrongIdentity, .bad, .certain, .moves),
    ]

    private static let sessions: [FactRow] = [
        FactRow(
            "session expired", .session, .regions(.expiredToken, main: .expiredToken),
            .sessionExpired, .bad, .certain, .moves),
        FactRow(
            "session expired, in the other spelling", .session,
            .error("ExpiredTokenException", status: 400), .sessionExpired, .bad, .certain, .moves),
        FactRow(
            "request expired, clock good", .session, .fault(.requestExpired),
            .sessionExpired, .bad, .likely, .moves),
        FactRow(
            "request expired, clock wrong", .session, .error("RequestExpired", skew: late),
            .clockSkew, .unknown, .certain, .stays),
        FactRow(
            "clock behind", .fault(.signatureExpired), .clockSkew, .unknown, .certain, .stays),
        FactRow(
            "clock ahead", .fault(.signatureNotYetCurrent), .clockSkew, .unknown, .certain, .stays),
        FactRow(
            "clock wrong, key unknown", .error("InvalidClientTokenId", skew: late),
            .clockSkew, .unknown, .likely, .stays),
        FactRow(
            "clock wrong, signature mismatch",
            .error("SignatureDoesNotMatch", mismatch, skew: .zero - late),
            .clockSkew, .unknown, .likely, .stays),
        FactRow(
            "clock wrong, session expired", .session, .error("ExpiredToken", skew: late),
            .clockSkew, .unknown, .likely, .stays),
        FactRow(
            "role denied to a base that is fine", .role,
            .answer { request in
                request.body.contains("Action=AssumeRole&")
                    ? .error("AccessDenied", "not authorized to perform: sts:AssumeRole")
                    : .identity
            }, .roleDenied, .bad, .likely, .moves),
        FactRow(
            "role denied while the clock is wrong", .role,
            .error("AccessDenied", "not authorized to perform: sts:AssumeRole", skew: late),
            .clockSkew, .unknown, .likely, .stays),
        FactRow(
            "role denied, and the base is dead", .role, .error("InvalidClientTokenId"),
            .keyNotRecognized, .bad, .possible, .moves),
        FactRow(
            "no such identity provider", .webIdentity,
            .error(
                "InvalidIdentityToken", "No OpenIDConnect provider found in your account",
                status: 400), .webIdentityRefused, .bad, .certain, .moves),
        FactRow(
            "wrong audience", .webIdentity,
            .error("InvalidIdentityToken", "Incorrect token audience", status: 400),
            .webIdentityRefused, .bad, .certain, .moves),
        FactRow(
            "web identity token expired", .webIdentity,
            .error("ExpiredTokenException", "Token expired", status: 400),
            .webIdentityRefused, .bad, .certain, .moves),
        FactRow(
            "web identity token expired while the clock is wrong", .webIdentity,
            .error("ExpiredTokenException", "Token expired", status: 400, skew: late),
            .clockSkew, .unknown, .likely, .stays),
        FactRow(
            "identity provider unreachable", .webIdentity,
            .error(
                "InvalidIdentityToken",
                "Couldn't retrieve verification key from your identity provider", status: 400),
            .identityProviderUnreachable, .unknown, .certain, .stays),
        FactRow(
            "identity provider does not answer", .webIdentity,
            .error("IDPCommunicationError", status: 400),
            .identityProviderUnreachable, .unknown, .certain, .stays),
        FactRow(
            "an outage under the code of a bad token", .webIdentity,
            .error("InvalidIdentityToken", "The request failed", status: 400),
            .unrecognizedAnswer, .unknown, .certain, .stays),
    ]

    private static let environment: [FactRow] = [
        FactRow("Throttling", .fault(.throttling), .throttled, .unknown, .certain, .stays),
        FactRow(
            "ThrottlingException", .error("ThrottlingException", status: 400),
            .throttled, .unknown, .certain, .stays),
        FactRow(
            "Rate exceeded", .error("Novel", "Rate exceeded", status: 400),
            .throttled, .unknown, .certain, .stays),
        FactRow("500", .fault(.internalFailure), .awsOutage, .unknown, .certain, .stays),
        FactRow("503", .fault(.serviceUnavailable), .awsOutage, .unknown, .certain, .stays),
        FactRow(
            "503 that blames the key", .error("InvalidClientTokenId", status: 503),
            .awsOutage, .unknown, .certain, .stays),
        FactRow(
            "region disabled", .fault(.regionDisabled),
            .regionNotEnabled, .unknown, .certain, .stays),
        FactRow(
            "no such host", .url("http://sts.invalid"), .networkDNS, .unknown, .certain, .stays),
        FactRow(
            "nobody listens", .url("http://127.0.0.1:9"), .networkConnect, .unknown, .certain,
            .stays),
        FactRow("reset", .fault(.reset), .networkInterrupted, .unknown, .certain, .stays),
        FactRow(
            "certificate of another host", .certificate(.wrongHost), .tls, .unknown, .certain,
            .stays),
        FactRow(
            "certificate expired", .certificate(.expired), .tls, .unknown, .certain, .stays),
        FactRow(
            "proxy asks for a password", .fault(.proxyAuthentication),
            .proxy, .unknown, .certain, .stays),
    ]

    private static let others: [FactRow] = [
        FactRow("empty body", .fault(.emptyBody), .notAWS, .unknown, .likely, .stays),
        FactRow("captive portal", .fault(.captivePortal), .notAWS, .unknown, .likely, .stays),
        FactRow("redirect", .fault(.redirect), .notAWS, .unknown, .likely, .stays),
        FactRow("JSON of somebody", .fault(.foreignJSON), .notAWS, .unknown, .likely, .stays),
        FactRow("XML of somebody", .fault(.foreignXML), .notAWS, .unknown, .likely, .stays),
        FactRow("no request id", .fault(.noRequestID), .notAWS, .unknown, .likely, .stays),
        FactRow(
            "refused without a request id",
            .answer { _ in
                .http(
                    403,
                    "<ErrorResponse><Error><Code>InvalidClientTokenId</Code></Error></ErrorResponse>"
                )
            }, .notAWS, .unknown, .likely, .stays),
    ]

    private static let configuration: [FactRow] = [
        FactRow(
            "credentials file is a directory", .directory, .fault(.identity),
            .fileUnreadable, .unknown, .certain, .stays),
        FactRow(
            "credentials file cannot be parsed", .file("[app\naws_access_key_id = x\n"),
            .fault(.identity), .fileMalformed, .unknown, .certain, .stays),
        FactRow(
            "profile missing", .absent, .fault(.identity),
            .profileMissing, .unknown, .certain, .stays),
        FactRow(
            "half a key", .file("[app]\naws_access_key_id = \(Sample.keyID)\n"), .fault(.identity),
            .credentialsIncomplete, .unknown, .certain, .stays),
        FactRow(
            "MFA wanted by the profile", .roleWithMFA, .fault(.identity),
            .needsMFA, .unknown, .certain, .stays),
        FactRow(
            "MFA wanted by the role", .role,
            .answer { request in
                request.body.contains("Action=AssumeRole&")
                    ? .error("AccessDenied", "MultiFactorAuthentication failed") : .identity
            }, .needsPerson, .unknown, .certain, .stays),
        FactRow(
            "sign-up wanted", .fault(.optInRequired), .needsPerson, .unknown, .certain, .stays),
        FactRow(
            "account not activated", .error("PendingVerification"),
            .needsPerson, .unknown, .certain, .stays),
        FactRow(
            "policy of the endpoint", .fault(.accessDenied),
            .accessDenied, .unknown, .certain, .stays),
    ]

    private static let badInput: [FactRow] = [
        FactRow("slow answer", .fault(.slowBytes), .networkTimeout, .unknown, .certain, .stays),
        FactRow("no answer", .fault(.blackHole), .networkTimeout, .unknown, .certain, .stays),
        FactRow(
            "an answer that is different each time",
            .inTurn([
                .error("InvalidClientTokenId"), .http(200, "<html></html>"),
                .error("Throttling", status: 400), .identity,
            ]), .notAWS, .unknown, .likely, .stays),
        FactRow(
            "10 MB of nested entities", .answer { _ in .http(403, EntityBomb.large) },
            .networkInterrupted, .unknown, .certain, .stays),
        FactRow(
            "entities in the code of an error",
            .answer { _ in
                .http(403, EntityBomb.small, headers: ["x-amzn-RequestId: \(Sample.requestID)"])
            }, .unrecognizedAnswer, .unknown, .certain, .stays),
    ]
}

/// XML whose entities stand for a million times their length, and one for a file of the machine.
private enum EntityBomb {
    private static let declarations: String = {
        let levels = (1...9).map { level in
            "<!ENTITY e\(level) \"" + String(repeating: "&e\(level - 1);", count: 10) + "\">"
        }
        return "<!ENTITY e0 \"InvalidClientTokenId\"><!ENTITY file SYSTEM \"file:///etc/passwd\">"
            + levels.joined()
    }()

    private static func document(padding: Int) -> String {
        "<?xml version=\"1.0\"?><!DOCTYPE ErrorResponse [\(declarations)]><ErrorResponse><Error><Type>Sender</Type><Code>&e0;</Code><Message>&e9;&file;\(String(repeating: "&e9;", count: padding))</Message></Error></ErrorResponse>"
    }

    static let small = document(padding: 1_000)
    static let large = document(padding: 2_500_000)
}
