package import Model

/// Something that carries one HTTP request to a server, and its answer back.
package protocol Transport: Sendable {
    /// Sends a request, and returns the whole answer, whatever its status.
    ///
    /// Redirects are not followed. Ends early, with a failure, when the task is cancelled.
    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse
}

/// A request that is ready to go out; its headers may be secret, so it does not print them.
package struct HTTPRequest: Sendable {
    /// The methods that AWS's protocols for credentials need.
    package enum Method: Sendable, Hashable {
        case get, post
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

    package init(
        method: Method, url: String, headers: [HeaderField], body: [UInt8] = [],
        connectTimeout: Duration, timeout: Duration
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.connectTimeout = connectTimeout
        self.timeout = timeout
    }
}

/// A whole answer with what Probing reads of it.
package struct HTTPResponse: Sendable {
    /// 0 for an answer without a status line.
    package var status: Int
    package var body: [UInt8]
    package var date: String?
    package var age: String?
    package var location: String?
    /// The `x-amzn-RequestId` header.
    package var requestID: String?
    /// From the start until the request began to go out.
    package var sentAfter: Duration
    /// From the start until the first byte of the answer.
    package var answeredAfter: Duration
    /// From the start until the last byte of the answer.
    package var latency: Duration

    package init(
        status: Int, body: [UInt8] = [], date: String? = nil, age: String? = nil,
        location: String? = nil, requestID: String? = nil, sentAfter: Duration = .zero,
        answeredAfter: Duration = .zero, latency: Duration = .zero
    ) {
        self.status = status
        self.body = body
        self.date = date
        self.age = age
        self.location = location
        self.requestID = requestID
        self.sentAfter = sentAfter
        self.answeredAfter = answeredAfter
        self.latency = latency
    }
}
