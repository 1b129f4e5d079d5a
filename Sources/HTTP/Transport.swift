package import Model

/// Something that carries one HTTP request to a server, and its answer back.
package protocol Transport: Sendable {
    /// Sends a request, and returns the whole answer, whatever its status.
    ///
    /// Redirects are not followed. Ends early, with a failure, when the task is cancelled.
    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse
}

/// A request that is ready to go out; headers and body may be secret, so it does not print them.
package struct HTTPRequest: Sendable {
    /// The methods that AWS's protocols for credentials need, and canaries; only `post` sends the body.
    package enum Method: Sendable, Hashable {
        case get, head, post, put
    }

    package var method: Method
    /// An http or https URL.
    package var url: String
    /// Sent as they are; a `Host` among them replaces the one of the URL. A POST without a `Content-Type`
    /// is sent as a form (`application/x-www-form-urlencoded`).
    package var headers: [HeaderField]
    package var body: [UInt8]
    /// How long lookup, connection and TLS may take.
    package var connectTimeout: Duration
    /// How long all of it may take.
    package var timeout: Duration
    /// Whether a proxy may carry it, where there is one; none knows the services of this machine.
    package var usesProxy: Bool
    /// The IP address to connect to, whatever the URL's host resolves to.
    package var pinnedAddress: String?
    /// Whether an answer that is too large comes back as far as it was read, and is no failure.
    package var mayBeCut: Bool
    /// Whether it may be sent twice, for it changes nothing: then it may take the quicker way.
    package var isRepeatable = false

    package init(
        method: Method, url: String, headers: [HeaderField], body: [UInt8] = [],
        connectTimeout: Duration, timeout: Duration, usesProxy: Bool = true,
        pinnedAddress: String? = nil, mayBeCut: Bool = false
    ) {
        self.mayBeCut = mayBeCut
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.connectTimeout = connectTimeout
        self.timeout = timeout
        self.usesProxy = usesProxy
        self.pinnedAddress = pinnedAddress
    }
}

extension HTTPRequest: CustomStringConvertible, CustomReflectable {
    package var description: String { "\(method) \(url)" }
    package var customMirror: Mirror { Mirror(self, children: ["method": method, "url": url]) }
}

/// A whole answer with what the stages read of it; the body may be secret, so it does not print it.
package struct HTTPResponse: Sendable {
    /// 0 for an answer without a status line.
    package var status: Int
    package var body: [UInt8]
    package var date: String?
    package var age: String?
    package var location: String?
    /// The `x-amzn-RequestId` header.
    package var requestID: String?
    /// The `x-amz-request-id` header of S3 and its like, in answers without the other one.
    package var storageRequestID: String?
    /// The `x-amzn-ErrorType` header of an error.
    package var errorType: String?
    /// From the start until the request began to go out.
    package var sentAfter: Duration
    /// From the start until the first byte of the answer.
    package var answeredAfter: Duration
    /// From the start until the last byte of the answer.
    package var latency: Duration
    /// How the connection came about; nil unless ``CurlOptions/measuresPhases`` asks for it.
    package var phases: ConnectionPhases?

    package init(
        status: Int, body: [UInt8] = [], date: String? = nil, age: String? = nil,
        location: String? = nil, requestID: String? = nil, storageRequestID: String? = nil,
        errorType: String? = nil, sentAfter: Duration = .zero,
        answeredAfter: Duration = .zero, latency: Duration = .zero,
        phases: ConnectionPhases? = nil
    ) {
        self.status = status
        self.body = body
        self.date = date
        self.age = age
        self.location = location
        self.requestID = requestID
        self.storageRequestID = storageRequestID
        self.errorType = errorType
        self.sentAfter = sentAfter
        self.answeredAfter = answeredAfter
        self.latency = latency
        self.phases = phases
    }
}

extension HTTPResponse: CustomStringConvertible, CustomReflectable {
    package var description: String { "HTTP \(status), \(body.count) bytes" }
    package var customMirror: Mirror {
        Mirror(self, children: ["status": status, "bytes": body.count])
    }
}
