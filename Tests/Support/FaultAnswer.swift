import Model

/// What a server does on the wire.
enum FaultAnswer {
    case bytes([UInt8], thenClose: Bool = false)
    /// Bytes one at a time.
    case drip([UInt8])
    /// Bytes again and again, until the client has had enough.
    case forever(head: [UInt8], piece: [UInt8])
    case reset
    case close
    case hang
}

extension Fault {
    /// The answer to a request, by the clock of a server that keeps the right time.
    func answer(
        to request: ReceivedRequest, number: Int, identity: CallerIdentity, now: WallTime
    ) -> FaultAnswer {
        let id = "01234567-89ab-cdef-0123-\(hexadecimal(number))"
        if let (status, code, message) = serviceError(for: request) {
            let (text, clock) = message
            return .bytes(
                http(
                    status, errorXML(code, text, id: id, status: status), id: id, date: clock ?? now
                ))
        }
        let good = http(200, identityXML(identity, id: id), id: id, date: now)
        switch self {
        case .noRequestID:
            return .bytes(http(200, identityXML(identity, id: id), id: nil, date: now))
        case .wrongDate:
            return .bytes(
                http(200, identityXML(identity, id: id), id: id, date: now + .seconds(3_600)))
        case .cachedDate:
            return .bytes(
                http(
                    200, identityXML(identity, id: id), id: id, date: now + .seconds(-3_600),
                    more: ["Age: 3600"]))
        case .absurdDate:
            return .bytes(
                http(
                    200, identityXML(identity, id: id), id: id, date: nil,
                    more: ["Date: Fri, 99 Dec 9999 99:99:99 GMT"]))
        case .slowBytes: return .drip(good)
        case .truncatedBody: return .bytes(Array(good.dropLast(40)), thenClose: true)
        case .reset: return .reset
        case .closeBeforeAnswer: return .close
        case .blackHole: return .hang
        case .garbage: return .bytes(Array("\u{1}\u{2}SSH-2.0-Garbage\0\r\n".utf8), thenClose: true)
        case .hugeBody:
            return .bytes(
                http(200, String(repeating: "x", count: 2_000_000), id: id, date: now),
                thenClose: true)
        case .endlessBody:
            let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            let piece = "1000\r\n" + String(repeating: "x", count: 4_096) + "\r\n"
            return .forever(head: Array(head.utf8), piece: Array(piece.utf8))
        default: return foreign(date: now) ?? .bytes(good)
        }
    }

    /// Answers that somebody else than AWS gives.
    private func foreign(date: WallTime) -> FaultAnswer? {
        let page =
            "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Wi-Fi</body></html>"
        switch self {
        case .captivePortal: return .bytes(http(200, page, type: "text/html", id: nil, date: date))
        case .plainInternalError:
            return .bytes(
                http(500, "Internal Server Error", type: "text/plain", id: nil, date: date))
        case .plainServiceUnavailable:
            return .bytes(http(503, page, type: "text/html", id: nil, date: date))
        case .redirect:
            return .bytes(
                http(
                    302, page, type: "text/html", id: nil, date: date,
                    more: ["Location: https://portal.example.net/login?from=sts"]))
        case .emptyBody: return .bytes(http(200, "", id: nil, date: date))
        case .foreignXML:
            return .bytes(http(200, "<?xml version='1.0'?><feed/>", id: nil, date: date))
        case .foreignJSON:
            return .bytes(
                http(200, "{\"status\": \"up\"}", type: "application/json", id: nil, date: date))
        case .proxyAuthentication:
            return .bytes(
                http(
                    407, page, type: "text/html", id: nil, date: date,
                    more: ["Proxy-Authenticate: Basic realm=\"proxy\""]))
        default: return nil
        }
    }

    private typealias Words = (text: String, clock: WallTime?)

    /// Errors in AWS's form: status, code, and message with the server's clock where that is off.
    private func serviceError(for request: ReceivedRequest) -> (Int, String, Words)? {
        let signed = request.header("x-amz-date").flatMap { WallTime(parsing: $0) }
        let date = signed ?? WallTime(seconds: 0)
        switch self {
        case .invalidClientTokenID:
            return (
                403, "InvalidClientTokenId",
                ("The security token included in the request is invalid.", nil)
            )
        case .invalidToken:
            return (
                403, "InvalidClientTokenId",
                ("The security token included in the request is invalid", nil)
            )
        case .signatureExpired:
            let clock = date + .seconds(1_200)
            let limit = clock + .seconds(-300)
            let text =
                "Signature expired: \(date.basicISO8601) is now earlier than "
                + "\(limit.basicISO8601) (\(clock.basicISO8601) - 5 min.)"
            return (403, "SignatureDoesNotMatch", (text, clock))
        case .signatureNotYetCurrent:
            let clock = date + .seconds(-1_200)
            let limit = clock + .seconds(300)
            let text =
                "Signature not yet current: \(date.basicISO8601) is still later than "
                + "\(limit.basicISO8601) (\(clock.basicISO8601) + 5 min.)"
            return (403, "SignatureDoesNotMatch", (text, clock))
        case .signatureDoesNotMatch:
            let text =
                "The request signature we calculated does not match the signature you provided. "
                + "Check your AWS Secret Access Key and signing method. "
                + "Consult the service documentation for details."
            return (403, "SignatureDoesNotMatch", (text, nil))
        case .throttling: return (400, "Throttling", ("Rate exceeded", nil))
        case .expiredToken:
            return (
                403, "ExpiredToken", ("The security token included in the request is expired", nil)
            )
        case .accessDenied:
            let text =
                "User: arn:aws:iam::123456789012:user/app is not authorized to perform: "
                + "sts:GetCallerIdentity with an explicit deny in a service control policy"
            return (403, "AccessDenied", (text, nil))
        case .incompleteSignature:
            let text =
                "'AKIAQNCLJGYSAZAAN74C/20261122/us-east-1/sts/aws4_request' not a valid key=value "
                + "pair (missing equal-sign) in Authorization header: 'AWS4-HMAC-SHA256 Credential="
            return (400, "IncompleteSignature", (text, nil))
        case .identityProviderUnreachable:
            let text =
                "Couldn't retrieve verification key from your identity provider, "
                + "please reference AssumeRoleWithWebIdentity documentation for requirements"
            return (400, "InvalidIdentityToken", (text, nil))
        case .requestExpired: return (400, "RequestExpired", ("Request has expired.", nil))
        case .regionDisabled:
            let text = "STS is not activated in this region for account:123456789012."
            return (403, "RegionDisabledException", (text, nil))
        case .optInRequired:
            let text = "The AWS Access Key Id needs a subscription for the service"
            return (403, "OptInRequired", (text, nil))
        case .internalFailure:
            let text = "The request processing has failed because of an unknown error."
            return (500, "InternalFailure", (text, nil))
        case .serviceUnavailable:
            let text = "The request has failed due to a temporary failure of the server."
            return (503, "ServiceUnavailable", (text, nil))
        case .jsonError:
            return (400, "ExpiredTokenException", ("The security token is expired", nil))
        default: return nil
        }
    }

    private func identityXML(_ identity: CallerIdentity, id: String) -> String {
        """
        <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <GetCallerIdentityResult>
            <Arn>\(identity.arn)</Arn>
            <UserId>\(identity.userID)</UserId>
            <Account>\(identity.account)</Account>
          </GetCallerIdentityResult>
          <ResponseMetadata>
            <RequestId>\(id)</RequestId>
          </ResponseMetadata>
        </GetCallerIdentityResponse>

        """
    }

    private func errorXML(_ code: String, _ message: String, id: String, status: Int) -> String {
        guard self != .jsonError else {
            return "{\"__type\": \"com.amazon.coral.service#\(code)\", \"message\": \"\(message)\"}"
        }
        let escaped = message.split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "&apos;")
        return """
            <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <Error>
                <Type>\(status < 500 ? "Sender" : "Receiver")</Type>
                <Code>\(code)</Code>
                <Message>\(escaped)</Message>
              </Error>
              <RequestId>\(id)</RequestId>
            </ErrorResponse>

            """
    }

    private func http(
        _ status: Int, _ body: String, type: String = "text/xml", id: String?, date: WallTime?,
        more: [String] = []
    ) -> [UInt8] {
        var lines = ["HTTP/1.1 \(status) -"]
        if let id { lines.append("x-amzn-RequestId: \(id)") }
        lines.append("Content-Type: \(type)")
        lines.append("Content-Length: \(body.utf8.count)")
        if let date { lines.append("Date: \(date.httpDate)") }
        lines += more + ["", ""]
        return Array((lines.joined(separator: "\r\n") + body).utf8)
    }
}

/// A number as the last group of a UUID.
private func hexadecimal(_ number: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: max(0, 12 - digits.count)) + digits
}
