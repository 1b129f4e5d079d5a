import Model

/// What a program asks at the credentials' socket: one line of JSON.
struct CredentialsQuestion: Sendable, Hashable {
    var group: String

    var line: [UInt8] {
        var json = JSONWriter()
        json.object { $0.member("group", group) }
        json.finish()
        return json.bytes
    }

    init(group: String) {
        self.group = group
    }

    /// Reads a line; nil when it is no request.
    init?(line: [UInt8]) {
        guard let group = JSONValue(parsing: line)?["group"]?.text else { return nil }
        self.group = group
    }
}

/// Why the daemon hands nothing out.
package struct CredentialsRefusal: Error, Sendable, Hashable {
    package var code: String
    package var message: String

    init(_ code: String, _ message: String) {
        self.code = code
        self.message = message
    }
}

/// What the daemon answers: one line of JSON, the credentials in the form of `credential_process`.
enum CredentialsReply: Sendable {
    /// With when to ask again, which always is there.
    case served(Credentials, end: WallTime)
    case refused(CredentialsRefusal)

    init(_ credential: GroupCredential) {
        switch credential {
        case .credentials(let credentials, let end): self = .served(credentials, end: end)
        case .none(let gap): self = .refused(CredentialsRefusal(gap.code, gap.message))
        }
    }

    var line: [UInt8] {
        switch self {
        case .served(let credentials, let end): return credentials.processForm(endingAt: end)
        case .refused(let refusal):
            var json = JSONWriter()
            json.object { json in
                json.member("code", refusal.code)
                json.member("message", refusal.message)
            }
            json.finish()
            return json.bytes
        }
    }

    /// Reads a line; nil when it is no answer, or one that lacks a part.
    init?(line: [UInt8]) {
        guard let json = JSONValue(parsing: line) else { return nil }
        if let code = json["code"]?.text, let message = json["message"]?.text {
            self = .refused(CredentialsRefusal(code, message))
            return
        }
        guard let id = json["AccessKeyId"]?.text, !id.isEmpty,
            let secret = json["SecretAccessKey"]?.text, !secret.isEmpty,
            let end = json["Expiration"]?.text.flatMap({ WallTime(parsing: $0) })
        else { return nil }
        let place = Provenance.builtIn("the daemon")
        self = .served(
            Credentials(
                accessKeyID: Sourced(id, from: place),
                secretAccessKey: Sourced(Secret(secret), from: place),
                sessionToken: json["SessionToken"]?.text.map { Sourced(Secret($0), from: place) },
                accountID: json["AccountId"]?.text),
            end: end)
    }
}
