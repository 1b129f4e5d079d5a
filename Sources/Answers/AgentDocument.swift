package import Model

/// What the metadata service or a container's agent answers when it is asked for credentials: JSON whose
/// names are read whatever their letter case.
package enum AgentDocument: Sendable, Hashable {
    case credentials(Keys)
    /// `{"Code": "AssumeRoleUnauthorizedAccess", "Message": "…"}`, which comes with HTTP 200, too.
    case error(ServiceError)
    /// A clause that says what is wrong with the form, and repeats nothing of it.
    case malformed(String)

    package struct Keys: Sendable, Hashable {
        package var accessKeyID: String
        package var secretAccessKey: Secret
        package var sessionToken: Secret
        package var expiresAt: WallTime
        package var accountID: String?
    }

    package init(_ body: [UInt8]) {
        self = Self.read(body)
    }

    private static func read(_ body: [UInt8]) -> AgentDocument {
        guard let document = JSONValue(parsing: body), document.isObject else {
            return .malformed("the answer is \(BodyShape(body).foreign), not credentials in JSON")
        }
        func text(_ name: String) -> String? {
            document.member(ignoringCase: name)?.text.flatMap { $0.isEmpty ? nil : $0 }
        }
        if let code = text("Code"), code != "Success" {
            let message = String((text("Message") ?? "").prefix(1_024))
            let error = ServiceError(checkedCode: code, message: message)
            return error.map { .error($0) } ?? .malformed("the answer has a code that is none")
        }
        guard let id = text("AccessKeyId") else { return missing("AccessKeyId") }
        guard let secret = text("SecretAccessKey") else { return missing("SecretAccessKey") }
        guard let token = text("Token") else { return missing("Token") }
        guard let end = text("Expiration") else { return missing("Expiration") }
        guard let accessKeyID = plainText(id.utf8) else {
            return .malformed("the answer's AccessKeyId is not a key id")
        }
        guard let expiresAt = WallTime(parsing: end) else {
            return .malformed("the answer's Expiration is not a time")
        }
        return .credentials(
            Keys(
                accessKeyID: accessKeyID, secretAccessKey: Secret(secret),
                sessionToken: Secret(token), expiresAt: expiresAt,
                accountID: text("AccountId").flatMap { plainText($0.utf8) }))
    }

    private static func missing(_ name: String) -> AgentDocument {
        .malformed("the answer has no \(name)")
    }
}

extension BodyShape {
    /// What an agent's answer looks like: JSON is no surprise there, unless it is no object.
    fileprivate var foreign: String {
        self == .json ? "JSON that is no object" : self == .xml ? "an XML document" : rawValue
    }
}
