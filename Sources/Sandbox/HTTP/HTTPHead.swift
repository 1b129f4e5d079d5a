/// The head of a request and how long its body is.
struct HTTPHead: Sendable, Hashable {
    enum Framing: Sendable, Hashable {
        case length(Int)
        case chunked
    }

    /// The request without its body.
    var request: HTTPRequest
    var framing: Framing
    var expectsContinue: Bool

    /// Parses request line and headers, without the empty line that ends them.
    init(parsing bytes: ArraySlice<UInt8>, limits: HTTPLimits) throws(HTTPFailure) {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)[...]
        guard let first = lines.popFirst() else { throw .malformed("The request line is missing.") }
        let (start, isVersion10) = try Self.requestLine(try Self.withoutReturn(first))
        guard lines.count <= limits.headers else { throw .headTooLarge }
        var request = start
        for line in lines {
            request.headers.append(try Self.header(try Self.withoutReturn(line)))
        }
        guard isVersion10 || request.values("host").count == 1
        else { throw .malformed("HTTP/1.1 wants exactly one Host header.") }
        let connection = Self.tokens(request.values("connection"))
        request.keepsAlive =
            isVersion10 ? connection.contains("keep-alive") : !connection.contains("close")
        framing = try Self.framing(of: request, limits: limits)
        expectsContinue = try Self.expectation(of: request) && !isVersion10
        self.request = request
    }

    private static func withoutReturn(
        _ line: ArraySlice<UInt8>
    ) throws(HTTPFailure) -> ArraySlice<UInt8> {
        guard line.last == 0x0D else { throw .malformed("A line does not end in CR LF.") }
        return line.dropLast()
    }

    private static func requestLine(
        _ line: ArraySlice<UInt8>
    ) throws(HTTPFailure) -> (HTTPRequest, isVersion10: Bool) {
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(isTokenByte) else {
            throw .malformed("The request line is not a method, a target and a version.")
        }
        guard parts[1].first == 0x2F, parts[1].allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw .malformed("The request target is not a path.")
        }
        let version = String(decoding: parts[2], as: UTF8.self)
        guard version == "HTTP/1.1" || version == "HTTP/1.0" else {
            if version.hasPrefix("HTTP/") { throw .unknownVersion }
            throw .malformed("The request line does not end in an HTTP version.")
        }
        let mark = parts[1].firstIndex(of: 0x3F)
        let request = HTTPRequest(
            method: String(decoding: parts[0], as: UTF8.self),
            path: Array(mark.map { parts[1][..<$0] } ?? parts[1]),
            query: mark.map { Array(parts[1][($0 + 1)...]) })
        return (request, version == "HTTP/1.0")
    }

    private static func header(
        _ line: ArraySlice<UInt8>
    ) throws(HTTPFailure) -> HTTPRequest.Header {
        guard let colon = line.firstIndex(of: 0x3A), colon > line.startIndex,
            line[..<colon].allSatisfy(isTokenByte)
        else { throw .malformed("A header line has no name.") }
        let value = line[(colon + 1)...]
        guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw .malformed("A header value has a control character.")
        }
        return HTTPRequest.Header(
            name: String(decoding: line[..<colon], as: UTF8.self).lowercased(),
            value: Array(trimmed(value)))
    }

    private static func framing(
        of request: HTTPRequest, limits: HTTPLimits
    ) throws(HTTPFailure) -> Framing {
        let codings = tokens(request.values("transfer-encoding"))
        let lengths = Set(request.values("content-length"))
        if !codings.isEmpty {
            // Both together is how requests are smuggled past proxies.
            guard lengths.isEmpty else {
                throw .malformed("Content-Length and Transfer-Encoding exclude each other.")
            }
            guard codings == ["chunked"] else { throw .unknownTransferCoding }
            return .chunked
        }
        guard let text = lengths.first else { return .length(0) }
        guard lengths.count == 1, !text.isEmpty, text.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        else { throw .malformed("Content-Length is not one number.") }
        guard let length = Int(String(decoding: text, as: UTF8.self)), length <= limits.body else {
            throw .bodyTooLarge
        }
        return .length(length)
    }

    private static func expectation(of request: HTTPRequest) throws(HTTPFailure) -> Bool {
        let expectations = tokens(request.values("expect"))
        guard expectations.allSatisfy({ $0 == "100-continue" }) else { throw .unknownExpectation }
        return !expectations.isEmpty
    }

    private static func tokens(_ values: [[UInt8]]) -> [String] {
        values.flatMap { $0.split(separator: 0x2C) }.map {
            String(decoding: trimmed($0), as: UTF8.self).lowercased()
        }.filter { !$0.isEmpty }
    }

    static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = bytes
        while let first = rest.first, first == 0x20 || first == 0x09 { rest = rest.dropFirst() }
        while let last = rest.last, last == 0x20 || last == 0x09 { rest = rest.dropLast() }
        return rest
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: tokenMarks.contains(byte)
        }
    }

    private static let tokenMarks = Array("!#$%&'*+-.^_`|~".utf8)
}
