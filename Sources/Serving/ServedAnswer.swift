package import Model

/// An answer to a request; the connection ends with it.
package struct ServedAnswer: Sendable, Hashable {
    package var status: Int
    package var contentType: String
    package var body: [UInt8]
    /// Further lines of the head.
    var fields: [String]

    private init(
        _ status: Int, _ contentType: String, _ body: [UInt8], _ fields: [String] = []
    ) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.fields = fields
    }

    static func json(_ status: Int, _ body: [UInt8]) -> ServedAnswer {
        ServedAnswer(status, "application/json", body)
    }

    private static let plain = "text/plain; charset=utf-8"

    package static func metrics(_ bytes: [UInt8], _ form: MetricsForm) -> ServedAnswer {
        ServedAnswer(200, form.contentType, bytes, ["Vary: Accept"])
    }

    package static let index = ServedAnswer(
        200, plain,
        Array(
            """
            credwatch \(credwatchVersion)

            /metrics   for Prometheus: text 0.0.4, or OpenMetrics 1.0 for those who accept it
            /healthz   200 while the status is valid, else 503

            """.utf8))

    /// Says whether the status is one that agents may go by.
    package static func health(isValid: Bool) -> ServedAnswer {
        ServedAnswer(
            isValid ? 200 : 503, plain,
            Array((isValid ? "The status is valid.\n" : "The status is out of date.\n").utf8))
    }

    package static func refusal(_ refusal: Refusal) -> ServedAnswer {
        ServedAnswer(
            refusal.status, plain, Array((refusal.sentence + "\n").utf8),
            refusal == .method ? ["Allow: GET, HEAD"] : [])
    }

    /// The head of the answer, with its empty line; the answer to HEAD has the same.
    package func head(at now: WallTime) -> [UInt8] {
        var lines = [
            "HTTP/1.1 \(status) \(reason)", "Date: \(now.httpDate)",
            "Content-Type: \(contentType)", "Content-Length: \(body.count)",
            "Cache-Control: no-store", "X-Content-Type-Options: nosniff", "Connection: close",
        ]
        lines += fields
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    private var reason: String {
        switch status {
        case 200: "OK"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 421: "Misdirected Request"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 503: "Service Unavailable"
        default: "HTTP Version Not Supported"
        }
    }
}
