import Model

@testable import Sandbox

/// A signer for tests of what comes after the signature; botocore is the one that proves it right.
struct TestSigner {
    var keyID: String
    var secret: Secret
    var token: Secret?
    var region = "us-east-1"
    var service = Service.sts
    var date: WallTime
    /// Sent instead of the service's own; nil leaves it out.
    var version: String? = ""

    init(_ key: AccessKey, date: WallTime) {
        (keyID, secret, self.date) = (key.id, key.secret, date)
    }

    init(_ session: Session, date: WallTime) {
        (keyID, secret, token, self.date) = (session.id, session.secret, session.token, date)
    }

    /// Returns a signed POST of an action.
    func request(_ action: String, _ parameters: [String: String] = [:]) -> HTTPRequest {
        var fields = parameters
        fields["Action"] = action
        fields["Version"] = version == "" ? service.version : version
        var request = HTTPRequest(method: "POST", path: [0x2F])
        let pairs = fields.sorted { $0.key < $1.key }.map { name, value in
            PercentCoding.encode(Array(name.utf8)) + [0x3D]
                + PercentCoding.encode(Array(value.utf8))
        }
        request.body = Array(pairs.joined(separator: [0x26]))
        request.headers = [
            .init(name: "host", value: Array("127.0.0.1:1".utf8)),
            .init(name: "x-amz-date", value: Array(date.basicISO8601.utf8)),
        ]
        if let token {
            request.headers.append(
                .init(name: "x-amz-security-token", value: token.withBytes { Array($0) }))
        }
        request.headers.append(.init(name: "authorization", value: authorization(request)))
        return request
    }

    private func authorization(_ request: HTTPRequest) -> [UInt8] {
        let names = request.headers.map(\.name)
        let day = String(date.basicISO8601.prefix(8))
        let scope = "\(day)/\(region)/\(service.rawValue)/aws4_request"
        let canonical = CanonicalRequest.bytes(
            of: request, signedHeaders: names, signatureInQuery: false)
        let text =
            Array("AWS4-HMAC-SHA256\n\(date.basicISO8601)\n\(scope)\n".utf8)
            + Digest.hex(Digest.sha256(canonical))
        let start = secret.withBytes { Array("AWS4".utf8) + Array($0) }
        let key = [day, region, service.rawValue, "aws4_request"].reduce(start) {
            Digest.hmac(key: $0, Array($1.utf8))
        }
        let signature = String(decoding: Digest.hex(Digest.hmac(key: key, text)), as: UTF8.self)
        return Array(
            ("AWS4-HMAC-SHA256 Credential=\(keyID)/\(scope), "
                + "SignedHeaders=\(names.joined(separator: ";")), Signature=\(signature)").utf8)
    }
}
