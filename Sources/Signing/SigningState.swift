import Model

/// The computation of one signature after the other, in buffers that are used again.
struct SigningState: ~Copyable {
    /// The canonical request of the last signature.
    private(set) var text: [UInt8] = []
    private(set) var stringToSign: [UInt8] = []
    private var crypto = Libcrypto()
    private var keys: SigningKeys
    private var headers = CanonicalHeaders()

    init(keyLimit: Int) {
        keys = SigningKeys(limit: keyLimit)
    }

    /// Signs in the headers; returns those to add, and the signature's digits.
    mutating func sign(
        _ request: SigningRequest, scope: SigningScope, credentials: SigningCredentials,
        options: SigningOptions
    ) -> (added: [HeaderField], signature: [UInt8]) {
        let payload = request.body.withUnsafeBufferPointer { crypto.sha256($0) }
        var added: [HeaderField] = []
        added.reserveCapacity(4)
        let isDated = request.headers.contains {
            $0.isNamed("x-amz-date") || $0.isNamed("date")
        }
        if !isDated {
            added.append(HeaderField("X-Amz-Date", scope.date))
        }
        if options.addsContentHash {
            var hash: [UInt8] = []
            payload.appendHex(to: &hash)
            added.append(HeaderField("X-Amz-Content-Sha256", hash))
        }
        var token = credentials.sessionToken.map { HeaderField("X-Amz-Security-Token", $0) }
        if request.headers.contains(where: { $0.isNamed("x-amz-security-token") }) { token = nil }
        if let token, options.signsSessionToken { added.append(token) }

        begin(request, options: options)
        if !request.query.isEmpty { CanonicalQuery(request.query).append(to: &text) }
        text.append(UInt8(ascii: "\n"))
        var signed = request.headers
        signed.append(contentsOf: added)
        headers.append(signed, to: &text)
        let signature = finish(payload: payload, scope: scope, secret: credentials.secretAccessKey)

        if let token, !options.signsSessionToken { added.append(token) }
        var value: [UInt8] = []
        value.reserveCapacity(256)
        value.append(contentsOf: "AWS4-HMAC-SHA256 Credential=".utf8)
        value.append(contentsOf: credentials.accessKeyID.utf8)
        value.append(UInt8(ascii: "/"))
        Self.append(scope, to: &value)
        value.append(contentsOf: ", SignedHeaders=".utf8)
        value.append(contentsOf: headers.signedNames)
        value.append(contentsOf: ", Signature=".utf8)
        value.append(contentsOf: signature)
        added.append(HeaderField("Authorization", value))
        return (added, signature)
    }

    /// Signs in the query; returns all of it, and the signature's digits.
    mutating func presign(
        _ request: SigningRequest, scope: SigningScope, credentials: SigningCredentials,
        expires seconds: Int, options: SigningOptions
    ) -> (query: String, signature: [UInt8]) {
        let payload = request.body.withUnsafeBufferPointer { crypto.sha256($0) }
        var lines: [UInt8] = []
        headers.append(request.headers, to: &lines)
        var credential = Array(credentials.accessKeyID.utf8) + [UInt8(ascii: "/")]
        Self.append(scope, to: &credential)
        var query = CanonicalQuery(request.query)
        query.add("X-Amz-Algorithm".utf8, "AWS4-HMAC-SHA256".utf8)
        query.add("X-Amz-Credential".utf8, credential)
        query.add("X-Amz-Date".utf8, scope.date.utf8)
        query.add("X-Amz-Expires".utf8, String(seconds).utf8)
        query.add("X-Amz-SignedHeaders".utf8, headers.signedNames)
        if let token = credentials.sessionToken, options.signsSessionToken {
            query.add("X-Amz-Security-Token".utf8, token)
        }
        var signed: [UInt8] = []
        query.append(to: &signed)

        begin(request, options: options)
        text.append(contentsOf: signed)
        text.append(UInt8(ascii: "\n"))
        text.append(contentsOf: lines)
        let signature = finish(payload: payload, scope: scope, secret: credentials.secretAccessKey)

        if let token = credentials.sessionToken, !options.signsSessionToken {
            signed.append(contentsOf: "&X-Amz-Security-Token=".utf8)
            signed.appendEncoded(token)
        }
        signed.append(contentsOf: "&X-Amz-Signature=".utf8)
        signed.append(contentsOf: signature)
        return (String(decoding: signed, as: UTF8.self), signature)
    }

    private mutating func begin(_ request: SigningRequest, options: SigningOptions) {
        text.removeAll(keepingCapacity: true)
        text.append(contentsOf: request.method.utf8)
        text.append(UInt8(ascii: "\n"))
        CanonicalPath.append(request.path, options: options, to: &text)
        text.append(UInt8(ascii: "\n"))
    }

    /// Completes the canonical request, and returns its signature in hexadecimal digits.
    private mutating func finish(
        payload: Digest, scope: SigningScope, secret: [UInt8]
    ) -> [UInt8] {
        text.append(UInt8(ascii: "\n"))
        text.append(contentsOf: headers.signedNames)
        text.append(UInt8(ascii: "\n"))
        payload.appendHex(to: &text)
        let hash = text.withUnsafeBufferPointer { crypto.sha256($0) }

        stringToSign.removeAll(keepingCapacity: true)
        stringToSign.append(contentsOf: "AWS4-HMAC-SHA256\n".utf8)
        stringToSign.append(contentsOf: scope.date.utf8)
        stringToSign.append(UInt8(ascii: "\n"))
        Self.append(scope, to: &stringToSign)
        stringToSign.append(UInt8(ascii: "\n"))
        hash.appendHex(to: &stringToSign)

        let key = keys.key(secret: secret, scope: scope, using: &crypto)
        let signature = key.withBytes { key in
            stringToSign.withUnsafeBufferPointer { crypto.hmac(key: key, $0) }
        }
        var digits: [UInt8] = []
        digits.reserveCapacity(64)
        signature.appendHex(to: &digits)
        return digits
    }

    private static func append(_ scope: SigningScope, to output: inout [UInt8]) {
        output.append(contentsOf: scope.day)
        output.append(UInt8(ascii: "/"))
        output.append(contentsOf: scope.region.utf8)
        output.append(UInt8(ascii: "/"))
        output.append(contentsOf: scope.service.utf8)
        output.append(contentsOf: "/aws4_request".utf8)
    }
}

extension HeaderField {
    /// Whether the name is a given one, which is in small letters.
    fileprivate func isNamed(_ other: StaticString) -> Bool {
        name.utf8.count == other.utf8CodeUnitCount
            && other.withUTF8Buffer { $0.elementsEqual(name.utf8.lazy.map(\.lowercased)) }
    }
}
