import Model

/// The computation of one signature after the other, in buffers that are used again.
struct SigningState: ~Copyable {
    /// The canonical request of the last signature.
    private(set) var text: [UInt8] = []
    private(set) var stringToSign: [UInt8] = []
    private var keys: SigningKeys
    private var headers = CanonicalHeaders()
    /// The latest second and its text, which many requests share.
    private var second: Int64 = .min
    private var date = ""

    init(keyLimit: Int) {
        keys = SigningKeys(limit: keyLimit)
    }

    /// Signs in the headers; returns those to add, and the signature's digits.
    mutating func sign(
        _ request: SigningRequest, scope: SigningScope, credentials: SigningCredentials,
        options: SigningOptions
    ) -> (added: [HeaderField], signature: [UInt8]) {
        let payload = request.body.withUnsafeBufferPointer { Libcrypto.sha256($0) }
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
        var token = credentials.sessionToken.map(Self.tokenHeader)
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
        added.append(authorization(credentials, scope, names: headers.signedNames, signature))
        var digits: [UInt8] = []
        signature.appendHex(to: &digits)
        return (added, digits)
    }

    private func authorization(
        _ credentials: SigningCredentials, _ scope: SigningScope, names: [UInt8],
        _ signature: Digest
    ) -> HeaderField {
        var value: [UInt8] = []
        value.reserveCapacity(288)
        value.append(contentsOf: "AWS4-HMAC-SHA256 Credential=".utf8)
        value.append(contentsOf: credentials.accessKeyID.utf8)
        value.append(UInt8(ascii: "/"))
        Self.append(scope, to: &value)
        value.append(contentsOf: ", SignedHeaders=".utf8)
        value.append(contentsOf: names)
        value.append(contentsOf: ", Signature=".utf8)
        signature.appendHex(to: &value)
        return HeaderField("Authorization", value)
    }

    /// Signs a prepared request; returns the headers with those to add.
    mutating func sign(
        _ template: SigningTemplate, at time: WallTime, credentials: SigningCredentials
    ) -> [HeaderField] {
        let now = time.nanoseconds / 1_000_000_000
        if now != second { (second, date) = (now, time.basicISO8601) }
        let form = credentials.sessionToken == nil ? template.plain : template.withToken
        text.removeAll(keepingCapacity: true)
        text.append(contentsOf: form.beforeDate)
        text.append(contentsOf: date.utf8)
        if let token = credentials.sessionToken {
            text.append(contentsOf: form.beforeToken)
            token.withBytes { text.append(contentsOf: $0) }
        }
        text.append(contentsOf: form.end)
        let scope = SigningScope(date: date, region: template.region, service: template.service)
        let signature = signText(scope: scope, secret: credentials.secretAccessKey)
        var headers: [HeaderField] = []
        headers.reserveCapacity(template.headers.count + 3)
        headers.append(contentsOf: template.headers)
        headers.append(HeaderField("X-Amz-Date", date))
        if let token = credentials.sessionToken {
            headers.append(Self.tokenHeader(token))
        }
        headers.append(authorization(credentials, scope, names: form.names, signature))
        return headers
    }

    /// Signs in the query; returns all of it, and the signature's digits.
    mutating func presign(
        _ request: SigningRequest, scope: SigningScope, credentials: SigningCredentials,
        expires seconds: Int, options: SigningOptions
    ) -> (query: String, signature: [UInt8]) {
        let payload = request.body.withUnsafeBufferPointer { Libcrypto.sha256($0) }
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
            token.withBytes { query.add("X-Amz-Security-Token".utf8, $0) }
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
            token.withBytes { signed.appendEncoded($0) }
        }
        signed.append(contentsOf: "&X-Amz-Signature=".utf8)
        var digits: [UInt8] = []
        signature.appendHex(to: &digits)
        signed.append(contentsOf: digits)
        return (String(decoding: signed, as: UTF8.self), digits)
    }

    private mutating func begin(_ request: SigningRequest, options: SigningOptions) {
        text.removeAll(keepingCapacity: true)
        text.append(contentsOf: request.method.utf8)
        text.append(UInt8(ascii: "\n"))
        CanonicalPath.append(request.path, options: options, to: &text)
        text.append(UInt8(ascii: "\n"))
    }

    /// Completes the canonical request, and returns its signature.
    private mutating func finish(
        payload: Digest, scope: SigningScope, secret: Secret
    ) -> Digest {
        text.append(UInt8(ascii: "\n"))
        text.append(contentsOf: headers.signedNames)
        text.append(UInt8(ascii: "\n"))
        payload.appendHex(to: &text)
        return signText(scope: scope, secret: secret)
    }

    /// Signs the canonical request that stands in ``text``.
    private mutating func signText(scope: SigningScope, secret: Secret) -> Digest {
        let hash = text.withUnsafeBufferPointer { Libcrypto.sha256($0) }

        stringToSign.removeAll(keepingCapacity: true)
        stringToSign.append(contentsOf: "AWS4-HMAC-SHA256\n".utf8)
        stringToSign.append(contentsOf: scope.date.utf8)
        stringToSign.append(UInt8(ascii: "\n"))
        Self.append(scope, to: &stringToSign)
        stringToSign.append(UInt8(ascii: "\n"))
        hash.appendHex(to: &stringToSign)

        let key = keys.key(secret: secret, scope: scope)
        return key.withBytes { key in
            stringToSign.withUnsafeBufferPointer { Libcrypto.hmac(key: key, $0) }
        }
    }

    private static func tokenHeader(_ token: Secret) -> HeaderField {
        HeaderField("X-Amz-Security-Token", token.withBytes(Array.init))
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
