package import Model

/// A request as Signature Version 4 looks at it.
package struct SigningRequest: Sendable {
    /// `POST`.
    package var method: String
    /// The path as it is sent, beginning with `/`; empty stands for `/`.
    package var path: String
    /// The query as it is sent, without the question mark.
    package var query: String
    /// All headers that are to be signed, `Host` among them; those that proxies change are left out.
    package var headers: [HeaderField]
    package var body: [UInt8]

    package init(
        method: String, path: String = "/", query: String = "", headers: [HeaderField],
        body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }
}

/// What a signature is good for: a second in time, a region and a service.
package struct SigningScope: Sendable {
    /// ISO 8601, basic form, in UTC: `20150830T123600Z`.
    package var date: String
    package var region: String
    /// The service's name for signing: `sts`.
    package var service: String

    package init(date: String, region: String, service: String) {
        self.date = date
        self.region = region
        self.service = service
    }

    /// The day of the date: `20150830`.
    var day: Substring.UTF8View.SubSequence { date.utf8.prefix(8) }
}

/// What signs; its description shows no more than the key id.
package struct SigningCredentials: Sendable {
    package var accessKeyID: String
    package var secretAccessKey: [UInt8]
    package var sessionToken: [UInt8]?

    package init(accessKeyID: String, secretAccessKey: [UInt8], sessionToken: [UInt8]? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }

    /// Takes the values out of what was found.
    package init(_ credentials: Credentials) {
        self.init(
            accessKeyID: credentials.accessKeyID.value,
            secretAccessKey: credentials.secretAccessKey.value.withBytes(Array.init),
            sessionToken: credentials.sessionToken?.value.withBytes(Array.init))
    }
}

extension SigningCredentials: CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    package var description: String { "signing credentials of \(accessKeyID)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }
}

/// The ways in which services differ about Signature Version 4; the defaults are those of STS and IAM.
package struct SigningOptions: Sendable {
    /// Whether dot segments and double slashes leave the path before it is signed; not for S3.
    package var normalizesPath: Bool
    /// Whether the path is percent-encoded once more; not for S3.
    package var encodesPath: Bool
    /// Whether the session token is signed, or added afterwards as a few services want it.
    package var signsSessionToken: Bool
    /// Whether `X-Amz-Content-Sha256` is added and signed.
    package var addsContentHash: Bool

    package init(
        normalizesPath: Bool = true, encodesPath: Bool = true, signsSessionToken: Bool = true,
        addsContentHash: Bool = false
    ) {
        self.normalizesPath = normalizesPath
        self.encodesPath = encodesPath
        self.signsSessionToken = signsSessionToken
        self.addsContentHash = addsContentHash
    }
}
