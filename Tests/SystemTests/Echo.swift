import FoundationEssentials
import Support

/// How a server repeats what it was sent, or has got hold of otherwise.
enum Echo: String, CaseIterable {
    case message, canonicalRequest, code, requestID, page, redirect, json, jsonType, plain, cutOff
    case date, proxy, identity, forms, nested

    func reply(to request: ReceivedRequest) -> ScriptedServer.Reply {
        let sent = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        let (secret, token) = (Canaries.secret, Canaries.token)
        switch self {
        case .message:
            return error(
                "InvalidClientTokenId", "The security token \(token) is invalid; secret \(secret).")
        case .canonicalRequest:
            return error(
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match. The Canonical String for this request should have been 'POST\n/\n\n\(sent)', the secret key \(secret)."
            )
        case .code: return error(token, "m")
        case .requestID:
            return error("InvalidClientTokenId", "The token is invalid", id: token)
        case .page:
            return .http(
                403, "<html><title>\(token)</title><body>\(sent)\n\(secret)</body></html>",
                headers: ["Content-Type: text/html"])
        case .redirect:
            return .http(
                302, headers: ["Location: https://login.example/\(token)?secret=\(secret)"])
        case .json:
            return .http(
                400,
                "{\"__type\": \"x#ExpiredTokenException\", \"message\": \"\(token) \(secret)\"}")
        case .jsonType:
            return .http(400, "{\"__type\": \"\(token)\", \"message\": \"m\"}")
        case .plain: return .http(500, "Internal Server Error\n\(sent)\n\(secret)")
        case .cutOff:
            return .cutOff("<ErrorResponse><Error><Code>\(token)</Code><Message>\(secret)")
        case .date:
            return .http(403, "<x/>", headers: ["Date: \(secret)", "x-amzn-RequestId: \(token)"])
        case .proxy:
            return .http(407, sent, headers: ["Proxy-Authenticate: Basic realm=\"\(token)\""])
        case .identity:
            return .http(
                200,
                "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>\(token)</Arn><UserId>\(secret)</UserId><Account>\(token)</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
                headers: ["x-amzn-RequestId: 1"])
        case .forms:
            let bytes = Data(Array(secret.utf8))
            return error(
                "InvalidClientTokenId",
                "base64 \(bytes.base64EncodedString()) url \(token.replacing("/", with: "%2F"))")
        case .nested:
            return .http(
                403,
                "<!DOCTYPE x [<!ENTITY a \"\(secret)\"><!ENTITY b \"&a;&a;\">]><ErrorResponse><Error><Code>AccessDenied</Code><Message>&b; \(token)</Message></Error></ErrorResponse>"
            )
        }
    }

    private func error(_ code: String, _ message: String, id: String = "4f5bc0f6-8a5a")
        -> ScriptedServer.Reply
    {
        .http(
            403,
            "<ErrorResponse><Error><Type>Sender</Type><Code>\(code)</Code><Message>\(message)</Message></Error><RequestId>\(id)</RequestId></ErrorResponse>",
            headers: ["x-amzn-RequestId: \(id)", "Content-Type: text/xml"])
    }
}
