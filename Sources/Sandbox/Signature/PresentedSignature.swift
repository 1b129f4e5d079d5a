import Model

/// What a request says about its own signature, taken apart but not yet believed.
struct PresentedSignature: Sendable {
    /// Where the signature stands.
    enum Place: Sendable, Hashable {
        case header
        /// A presigned URL, whose signature the canonical query leaves out.
        case query
    }

    var place: Place
    var accessKeyID: String
    /// `YYYYMMDD` of the credential scope.
    var scopeDate: String
    var region: String
    var service: String
    var terminator: String
    /// In small letters, in the order given.
    var signedHeaders: [String]
    /// Small hexadecimal digits, as far as the client keeps the rules.
    var signature: [UInt8]
    /// `20261122T140310Z`.
    var date: String
    var time: WallTime
    var sessionToken: Secret?

    /// The credential scope, as the string to sign has it.
    var scope: String { "\(scopeDate)/\(region)/\(service)/\(terminator)" }

    /// Reads the signature of a request, from its header or from its query.
    init(of request: HTTPRequest, query: QueryParameters) throws(ServiceFault) {
        if let authorization = request.header("authorization") {
            try self.init(authorization: authorization, request: request)
        } else if query["X-Amz-Algorithm"] != nil || query["X-Amz-Signature"] != nil {
            try self.init(presigned: query)
        } else {
            throw .missingAuthentication
        }
    }

    private init(authorization: String, request: HTTPRequest) throws(ServiceFault) {
        let trimmed = authorization.drop { $0 == " " }
        let algorithm = trimmed.prefix { $0 != " " }
        var parts: [Substring: Substring] = [:]
        if algorithm == "AWS4-HMAC-SHA256" {
            for field in trimmed.dropFirst(algorithm.count).split(whereSeparator: \.isFieldMark) {
                guard let equals = field.firstIndex(of: "=") else {
                    throw .incompleteSignature(
                        "'\(field)' not a valid key=value pair (missing equal-sign) in "
                            + "Authorization header: '\(authorization)'.")
                }
                parts[field[..<equals]] = field[field.index(after: equals)...]
            }
        }
        let date = Self.basicDate(of: request)
        var missing = ["Credential", "Signature", "SignedHeaders"].filter {
            parts[Substring($0)] == nil
        }.map { "Authorization header requires '\($0)' parameter." }
        if date == nil {
            missing.append(
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' "
                    + "header.")
        }
        guard missing.isEmpty, let date, let credential = parts["Credential"],
            let signature = parts["Signature"], let signedHeaders = parts["SignedHeaders"]
        else {
            throw .incompleteSignature(
                missing.joined(separator: " ") + " Authorization=\(authorization)")
        }
        try self.init(
            place: .header, credential: credential, signedHeaders: signedHeaders,
            signature: signature, date: date,
            sessionToken: request.values("x-amz-security-token").first.map(Secret.init(bytes:)))
    }

    private init(presigned query: QueryParameters) throws(ServiceFault) {
        let names = [
            "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders",
            "X-Amz-Date",
        ]
        let missing = names.filter { query[$0] == nil }
        guard missing.isEmpty, query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256" else {
            throw .incompleteSignature(
                missing.isEmpty
                    ? "AWS query-string parameter 'X-Amz-Algorithm' must be 'AWS4-HMAC-SHA256'."
                    : missing.map { "AWS query-string parameters must include '\($0)'." }
                        .joined(separator: " "))
        }
        try self.init(
            place: .query, credential: query["X-Amz-Credential"] ?? "",
            signedHeaders: query["X-Amz-SignedHeaders"] ?? "",
            signature: query["X-Amz-Signature"] ?? "", date: query["X-Amz-Date"] ?? "",
            sessionToken: query["X-Amz-Security-Token"].map { Secret($0) })
    }

    private init(
        place: Place, credential: some StringProtocol, signedHeaders: some StringProtocol,
        signature: some StringProtocol, date: String, sessionToken: Secret?
    ) throws(ServiceFault) {
        let scope = credential.split(separator: "/", omittingEmptySubsequences: false)
        guard scope.count == 5 else {
            throw .incompleteSignature(
                "Credential must have exactly 5 slash-delimited elements, "
                    + "e.g. keyid/date/region/service/term, got '\(credential)'")
        }
        guard date.utf8.count == 16, let time = WallTime(parsing: date) else {
            throw .incompleteSignature(
                "Date must be in ISO-8601 'basic format'. Got '\(date)'. "
                    + "See http://en.wikipedia.org/wiki/ISO_8601")
        }
        self.place = place
        accessKeyID = String(scope[0])
        scopeDate = String(scope[1])
        region = String(scope[2])
        service = String(scope[3])
        terminator = String(scope[4])
        self.signedHeaders = signedHeaders.split(separator: ";").map { $0.lowercased() }
        self.signature = Array(signature.utf8)
        self.date = date
        self.time = time
        self.sessionToken = sessionToken
    }

    /// Returns `X-Amz-Date`, or else `Date` in the basic form.
    private static func basicDate(of request: HTTPRequest) -> String? {
        if let date = request.header("x-amz-date") { return date }
        return request.header("date").map { WallTime(httpDate: $0)?.basicISO8601 ?? $0 }
    }
}

extension Character {
    /// True for what separates the fields of an Authorization header.
    fileprivate var isFieldMark: Bool { self == "," || self == " " || self == "\t" }
}
