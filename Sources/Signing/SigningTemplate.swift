package import Model

/// A request that is signed again and again, by other credentials and at other times.
///
/// All of its canonical form but the date and the session token is put together once, which leaves two
/// hashes for a signature. Its headers hold neither of the two.
package struct SigningTemplate: Sendable {
    let headers: [HeaderField]
    let region: String
    let service: String
    let plain: Form
    let withToken: Form

    /// The canonical request, cut where the date and the token belong, and the names that are signed.
    struct Form: Sendable {
        var beforeDate: [UInt8]
        var beforeToken: [UInt8]
        var end: [UInt8]
        var names: [UInt8]
    }

    /// Puts the canonical form of a request together; `region` and `service` are those of the signature.
    package init(_ request: SigningRequest, region: String, service: String) {
        headers = request.headers
        self.region = region
        self.service = service
        plain = Form(request, hasToken: false)
        withToken = Form(request, hasToken: true)
    }
}

extension SigningTemplate.Form {
    /// Bytes that no tidied header value holds, for the places of the date and the token.
    private static let marks: (date: UInt8, token: UInt8) = (0x01, 0x02)

    fileprivate init(_ request: SigningRequest, hasToken: Bool) {
        var text = Array(request.method.utf8) + [UInt8(ascii: "\n")]
        CanonicalPath.append(request.path, options: SigningOptions(), to: &text)
        text.append(UInt8(ascii: "\n"))
        if !request.query.isEmpty { CanonicalQuery(request.query).append(to: &text) }
        text.append(UInt8(ascii: "\n"))
        var headers = request.headers + [HeaderField("X-Amz-Date", [Self.marks.date])]
        if hasToken { headers.append(HeaderField("X-Amz-Security-Token", [Self.marks.token])) }
        var canonical = CanonicalHeaders()
        canonical.append(headers, to: &text)
        names = canonical.signedNames
        text.append(UInt8(ascii: "\n"))
        text.append(contentsOf: names)
        text.append(UInt8(ascii: "\n"))
        request.body.withUnsafeBufferPointer { Libcrypto.sha256($0) }.appendHex(to: &text)
        let date = text.firstIndex(of: Self.marks.date) ?? text.count
        let token = text.firstIndex(of: Self.marks.token) ?? date
        beforeDate = Array(text[..<date])
        beforeToken = hasToken ? Array(text[(date + 1)..<token]) : []
        end = Array(text[(token + 1)...])
    }
}

extension Signer {
    /// Signs a request that was prepared.
    ///
    /// Returns all headers to send: its own, and those that
    /// ``sign(_:scope:credentials:options:)`` would add.
    package func sign(
        _ template: SigningTemplate, at time: WallTime, credentials: SigningCredentials
    ) -> [HeaderField] {
        withState { $0.sign(template, at: time, credentials: credentials) }
    }
}
