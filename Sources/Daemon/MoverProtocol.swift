import Model

/// The lines between the daemon and its privileged half: a request, then steps, then the end; each a line of
/// JSON, bounded by ``MoverProtocol/longestLine``. Who uses a key is asked and answered in a line each, see
/// ``UsersRequest``; for a rotation both ask and answer, see ``RotateRequest``.
///
/// A request names only what the config has: no key, no path and no unit comes from the socket.
enum MoverProtocol {
    static let longestLine = 65_536
    static let longestRequest = 4_096
    /// More steps than a move of all allowed targets and units has.
    static let mostLines = 4_096

    /// What the privileged half answers.
    enum Answer: Sendable, Hashable {
        case step(MoveStep)
        case end(MoveOutcome)
    }
}

extension MoveRequest {
    /// The request as one line.
    var line: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("request", purpose.rawValue)
            json.member("group", group)
            json.member("profile", profile)
            if let keyID { json.member("key_id", keyID) }
        }
        json.finish()
        return json.bytes
    }

    /// Reads a line; nil when it is no request.
    init?(line: [UInt8]) {
        guard line.count <= MoverProtocol.longestRequest, let json = JSONValue(parsing: line),
            let purpose = json["request"]?.text.flatMap(Purpose.init),
            let group = json["group"]?.text, let profile = json["profile"]?.text
        else { return nil }
        let keyID = json["key_id"]
        if let keyID, keyID.text == nil { return nil }
        self.init(purpose, group: group, profile: profile, keyID: keyID?.text)
    }
}

extension MoverProtocol.Answer {
    /// The answer as one line; nil when it would be too long for one.
    var line: [UInt8]? {
        var json = JSONWriter()
        switch self {
        case .step(let step): json.object { step.write(to: &$0) }
        case .end(let outcome): json.object { outcome.write(to: &$0) }
        }
        json.finish()
        return json.bytes.count <= MoverProtocol.longestLine ? json.bytes : nil
    }

    /// Reads a line; nil when it is no answer.
    init?(line: [UInt8]) {
        guard line.count <= MoverProtocol.longestLine, let json = JSONValue(parsing: line) else {
            return nil
        }
        if let step = MoveStep(json) {
            self = .step(step)
        } else if let outcome = MoveOutcome(json) {
            self = .end(outcome)
        } else {
            return nil
        }
    }
}

extension MoveStep {
    /// Writes the members of a step.
    func write(to json: inout JSONWriter) {
        json.member("step", kind.rawValue)
        switch place {
        case .credentialsFile(let path, let profile):
            json.member("credentials_file", path)
            json.member("profile", profile)
        case .configFile(let path, let profile):
            json.member("config_file", path)
            json.member("profile", profile)
        case .environmentFile(let path): json.member("environment_file", path)
        case nil: break
        }
        if let unit { json.member("unit", unit) }
        if let keyID { json.member("key_id", keyID) }
        if let previousKeyID { json.member("previous_key_id", previousKeyID) }
        if let keptPath { json.member("kept", keptPath) }
        if let detail { json.member("detail", detail) }
    }

    fileprivate init?(_ json: JSONValue) {
        guard let kind = json["step"]?.text.flatMap(Kind.init) else { return nil }
        self.init(
            kind, place: SwitchPlace(json), unit: json["unit"]?.text, keyID: json["key_id"]?.text,
            previousKeyID: json["previous_key_id"]?.text, keptPath: json["kept"]?.text,
            detail: json["detail"]?.text)
    }
}

extension SwitchPlace {
    fileprivate init?(_ json: JSONValue) {
        if let path = json["environment_file"]?.text {
            self = .environmentFile(path)
        } else if let path = json["credentials_file"]?.text, let name = json["profile"]?.text {
            self = .credentialsFile(path, profile: name)
        } else if let path = json["config_file"]?.text, let name = json["profile"]?.text {
            self = .configFile(path, profile: name)
        } else {
            return nil
        }
    }
}

extension MoveOutcome {
    /// Writes the members of an outcome.
    func write(to json: inout JSONWriter) {
        switch end {
        case .done: json.member("end", "done")
        case .failed(let reason):
            json.member("end", "failed")
            json.member("reason", reason)
        case .incomplete(let reason):
            json.member("end", "incomplete")
            json.member("reason", reason)
        }
        if let keyID { json.member("key_id", keyID) }
        if let expiresAt { json.member("expires_at", expiresAt) }
    }

    fileprivate init?(_ json: JSONValue) {
        let reason = json["reason"]?.text ?? "no reason given"
        let end: End
        switch json["end"]?.text {
        case "done": end = .done
        case "failed": end = .failed(reason)
        case "incomplete": end = .incomplete(reason)
        default: return nil
        }
        self.init(
            end, keyID: json["key_id"]?.text,
            expiresAt: json["expires_at"]?.text.flatMap { WallTime(parsing: $0) })
    }
}
