/// A whole request as it came over the wire; nothing in it is decoded.
struct HTTPRequest: Sendable, Hashable {
    var method: String
    /// The part of the target before the first `?`, percent-encoding kept; begins with `/`.
    var path: [UInt8]
    /// The part of the target after the first `?`; nil without one.
    var query: [UInt8]?
    /// In the order of arrival, names in small letters, values without the blanks around them.
    var headers: [Header] = []
    var body: [UInt8] = []
    var keepsAlive = true

    struct Header: Sendable, Hashable {
        var name: String
        var value: [UInt8]
    }

    /// Returns the first value of a header, invalid UTF-8 replaced.
    func header(_ name: String) -> String? {
        headers.first { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
    }

    /// Returns every value of a header.
    func values(_ name: String) -> [[UInt8]] {
        headers.filter { $0.name == name }.map(\.value)
    }
}

/// An answer, before its framing.
struct HTTPResponse: Sendable {
    var status: Int
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []

    /// Returns the bytes to send; `head` alone for a HEAD request.
    func serialized(keepAlive: Bool, headOnly: Bool) -> [UInt8] {
        var text = "HTTP/1.1 \(status) \(Self.reason(status))\r\n"
        for header in headers { text += "\(header.name): \(header.value)\r\n" }
        text += "Content-Length: \(body.count)\r\n"
        text += keepAlive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n"
        return headOnly ? Array(text.utf8) : Array(text.utf8) + body
    }

    static let continueBytes = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 417: "Expectation Failed"
        case 431: "Request Header Fields Too Large"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: "Error"
        }
    }
}

/// What a handler answers, and how long the server holds it back.
struct HTTPReply: Sendable {
    var response: HTTPResponse
    var delay: Duration = .zero
}

/// Why bytes are not a request that this server takes; the connection ends after the answer.
enum HTTPFailure: Error, Sendable, Hashable {
    case malformed(String)
    case headTooLarge
    case bodyTooLarge
    case unknownTransferCoding
    case unknownExpectation
    case unknownVersion

    var response: HTTPResponse {
        let (status, text) =
            switch self {
            case .malformed(let what): (400, what)
            case .headTooLarge: (431, "The request head is too large.")
            case .bodyTooLarge: (413, "The request body is too large.")
            case .unknownTransferCoding: (501, "Only the transfer coding chunked is known.")
            case .unknownExpectation: (417, "Only the expectation 100-continue is known.")
            case .unknownVersion: (505, "Only HTTP/1.0 and HTTP/1.1 are known.")
            }
        return HTTPResponse(
            status: status, headers: [("Content-Type", "text/plain")],
            body: Array((text + "\n").utf8))
    }
}

/// What one request may measure.
struct HTTPLimits: Sendable {
    /// Request line and headers, in bytes.
    var head = 16_384
    var headers = 100
    /// Body after its framing is removed, in bytes.
    var body = 262_144
    /// One chunk-size line or the trailers, in bytes.
    var chunkLine = 1_024
}
