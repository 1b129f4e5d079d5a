package import Model
package import Signing

/// The form of a call in AWS's query protocol: `Action=GetUser&Version=2010-05-08&UserName=app`.
package struct QueryForm: Sendable {
    package private(set) var bytes: [UInt8]

    package init(_ action: String, of service: AWSQueryService) {
        self.init(action, version: service.version)
    }

    package init(_ action: String, version: String) {
        bytes = Array("Action=\(action)&Version=\(version)".utf8)
    }

    /// Adds a parameter with its value, which is percent-encoded.
    package mutating func add(_ name: String, _ value: some Sequence<UInt8>) {
        bytes.append(contentsOf: "&\(name)=".utf8)
        bytes.appendEncoded(value)
    }
}

extension HTTPRequest {
    private static let formType = HeaderField(
        "Content-Type", "application/x-www-form-urlencoded; charset=utf-8")

    /// Makes the call of an action, signed with credentials, or by nobody.
    ///
    /// It takes `limit` at most, of which lookup, connection and TLS may use three quarters.
    package init(
        sending form: QueryForm, to service: AWSQueryService, at endpoint: Endpoint,
        signedBy credentials: Credentials?, _ signer: Signer, at now: WallTime,
        within limit: Duration
    ) throws(EndpointAddress.Problem) {
        let address = try EndpointAddress(endpoint.url)
        var headers = [HeaderField("Host", address.hostHeader), Self.formType, .userAgent]
        if let credentials {
            headers += signer.sign(
                SigningRequest(
                    method: "POST", path: address.path, headers: headers, body: form.bytes),
                scope: SigningScope(
                    date: now.basicISO8601, region: endpoint.signingRegion,
                    service: service.rawValue),
                credentials: SigningCredentials(credentials))
        }
        self.init(
            method: .post, url: endpoint.url, headers: headers, body: form.bytes,
            connectTimeout: limit.threeQuarters, timeout: limit)
    }
}
