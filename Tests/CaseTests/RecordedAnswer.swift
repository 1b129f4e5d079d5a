import Model
import Scheduling
import Support

@testable import Obtaining

/// A request that a case expects, and what it is answered.
struct RecordedAnswer {
    var method: String
    /// The whole URL that is asked for, whoever answers.
    var url: String
    /// Headers by their names in small letters; nil for one that must not be there.
    var headers: [String: String?]
    var form: [String: String]
    var json: [String: JSONValue]
    var reply: ScriptedServer.Reply
    /// How often it is asked.
    var times: Int
    /// Whether nobody is there who could be connected to.
    var isAbsent = false
    /// Whether no name server knows the host.
    var isUnknown = false

    /// Reads an element of `http.json`: a request to anything, and its answer.
    init(http element: JSONValue) throws(CaseFlaw) {
        let both = try Form(element, "http.json", knowing: ["request", "response", "times"])
        let request = try Form(
            both.value("request") ?? .null, "http.json.request",
            knowing: ["method", "url", "headers", "json"])
        method = try request.required("method")
        url = try request.required("url")
        headers = [:]
        for (name, value) in try request.texts("headers") {
            headers.updateValue(value, forKey: name.lowercased())
        }
        form = [:]
        if case .object(let members)? = request.value("json") { json = members } else { json = [:] }
        times = try both.integer("times") ?? 1
        let response = try Form(
            both.value("response") ?? .null, "http.json.response",
            knowing: ["status", "headers", "text", "json", "never"])
        if let never = try response.text("never") {
            switch never {
            case "connects": isAbsent = true
            case "resolves": isUnknown = true
            case "answers": break
            default:
                throw CaseFlaw("http.json.response.never is none of resolves, connects and answers")
            }
            reply = .close
            return
        }
        let lines = try response.texts("headers").map { "\($0): \($1)" }
        let body =
            try response.text("text")
            ?? response.value("json").map { String(decoding: $0.bytes, as: UTF8.self) }
        reply = .http(try response.integer("status") ?? 200, body ?? "", headers: lines)
    }

    /// Reads an element of `sts.json`: a call of STS by its parameters, and a session or an error.
    init(sts element: JSONValue) throws(CaseFlaw) {
        let form = try Form(
            element, "sts.json",
            knowing: [
                "url", "signed_with", "session_token", "parameters", "session", "identity", "error",
                "skew_seconds", "times",
            ])
        method = "POST"
        url = try form.text("url") ?? "https://sts.us-east-1.amazonaws.com/"
        self.form = try form.texts("parameters")
        json = [:]
        headers = [:]
        let action = self.form["Action"] ?? ""
        headers["x-amz-security-token"] = .some(try form.text("session_token"))
        if let key = try form.text("signed_with") {
            headers["authorization"] = "AWS4-HMAC-SHA256 Credential=\(key)/"
        } else {
            headers["authorization"] = .some(nil)
        }
        times = try form.integer("times") ?? 1
        var headers = ["x-amzn-RequestId: 6c1e1f7e-0d0b-4c62-9d0c-2a3f9f6f0a11"]
        if let skew = try form.integer("skew_seconds") {
            headers.append("Date: \((SystemClock.wall() + .seconds(skew)).httpDate)")
        }
        if let error = form.value("error") {
            let error = try Form(error, "sts.json.error", knowing: ["status", "code", "message"])
            let body = """
                <ErrorResponse><Error><Code>\(try error.required("code"))</Code>\
                <Message>\(try error.required("message"))</Message></Error></ErrorResponse>
                """
            reply = .http(try error.integer("status") ?? 403, body, headers: headers)
            return
        }
        if let identity = form.value("identity") {
            let identity = try Form(identity, "sts.json.identity", knowing: ["account", "arn"])
            let body = """
                <GetCallerIdentityResponse><GetCallerIdentityResult>\
                <Arn>\(try identity.required("arn"))</Arn><UserId>AIDAQNCLJGYSAZAAN74CA</UserId>\
                <Account>\(try identity.required("account"))</Account>\
                </GetCallerIdentityResult></GetCallerIdentityResponse>
                """
            reply = .http(200, body, headers: headers)
            return
        }
        let session = try Form(
            form.value("session") ?? .null, "sts.json.session",
            knowing: ["access_key_id", "secret_access_key", "session_token", "expires_at", "arn"])
        let body = """
            <\(action)Response><\(action)Result><AssumedRoleUser>\
            <Arn>\(try session.required("arn"))</Arn></AssumedRoleUser><Credentials>\
            <AccessKeyId>\(try session.required("access_key_id"))</AccessKeyId>\
            <SecretAccessKey>\(try session.required("secret_access_key"))</SecretAccessKey>\
            <SessionToken>\(try session.required("session_token"))</SessionToken>\
            <Expiration>\(try session.required("expires_at"))</Expiration>\
            </Credentials></\(action)Result></\(action)Response>
            """
        reply = .http(200, body, headers: headers)
    }

    /// Whether a request is the one that is meant.
    func matches(_ request: ReceivedRequest, of asked: String) -> Bool {
        guard request.method == method, asked + request.target == url else { return false }
        for (name, wanted) in headers {
            let value = request.header(name)
            guard let wanted else {
                guard value == nil else { return false }
                continue
            }
            guard
                name == "authorization" && wanted.hasSuffix("/")
                    ? value?.hasPrefix(wanted) == true : value == wanted
            else { return false }
        }
        if !form.isEmpty, form != Self.fields(of: request.body) { return false }
        guard json.isEmpty else {
            let body = JSONValue(parsing: Array(request.body.utf8))
            return json.allSatisfy { body?[$0] == $1 }
        }
        return true
    }

    /// The fields of a form without its version, and the session's name where credwatch made it.
    static func fields(of body: String) -> [String: String] {
        var fields: [String: String] = [:]
        for part in body.split(separator: "&") {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(halves[0])
            let value = halves.count > 1 ? unescaped(halves[1]) : ""
            if name == "Version" || name == "RoleSessionName" && value.hasPrefix("credwatch-") {
                continue
            }
            fields[name] = value
        }
        return fields
    }

    private static func unescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), let value = UInt8(String(Substring(digits)), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
