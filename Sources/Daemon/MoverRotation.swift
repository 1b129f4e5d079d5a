import Model
import Rotating

/// A wish of the daemon's to its privileged half: rotate the key of a profile, when the config says that it
/// is time, or go on with that.
///
/// How old a key may get, who asks IAM and where the keys stand is the config's. What applications read is
/// written by the daemon's own moves, so the privileged half asks for them on the same connection.
struct RotateRequest: Sendable, Hashable {
    var profile: String
    /// The key that the daemon has seen accepted: the one that is to be rotated.
    var keyID: String

    /// The request as one line.
    var line: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("request", "rotate")
            json.member("profile", profile)
            json.member("key_id", keyID)
        }
        json.finish()
        return json.bytes
    }

    init(profile: String, keyID: String) {
        self.profile = profile
        self.keyID = keyID
    }

    /// Reads a line; nil when it is no such request.
    init?(line: [UInt8]) {
        guard line.count <= MoverProtocol.longestRequest, let json = JSONValue(parsing: line),
            json["request"]?.text == "rotate", let profile = json["profile"]?.text,
            let keyID = json["key_id"]?.text, isKeyID(keyID)
        else { return nil }
        self.init(profile: profile, keyID: keyID)
    }

    /// What is to be done, by the config; throws a clause when that says nothing of it.
    func order(
        _ configuration: Configuration
    ) throws(NotRotatable) -> (profile: ProfileConfiguration, order: RotationOrder) {
        guard let profile = configuration.profiles.first(where: { $0.name == profile }) else {
            throw NotRotatable("The config has no profile \(profile).")
        }
        guard let rule = profile.rotation else {
            throw NotRotatable("Profile \(profile.name) has no `rotate` in the config.")
        }
        var order = RotationOrder(rule, in: configuration)
        order.keeper = .privilegedHalf
        order.expectedKeyID = keyID
        return (profile, order)
    }
}

extension RotationOrder {
    /// What the daemon wants by the rule of a profile.
    init(_ rule: RotationRule, in configuration: Configuration) {
        let asker = rule.using.map { name in
            configuration.profiles.first { $0.name == name } ?? ProfileConfiguration(name: name)
        }
        self.init(using: asker, deleteAfter: rule.deleteAfter, minimumAge: rule.every)
    }
}

/// What the privileged half says while it rotates.
enum RotateAnswer: Sendable, Hashable {
    /// A sentence about what has happened.
    case told(String)
    /// It asks for a move, and waits for a line with the outcome.
    case move(MoveRequest)
    /// It asks for a check of the profile.
    case check
    case end(RotationResult)

    /// The answer as one line.
    var line: [UInt8] {
        var json = JSONWriter()
        switch self {
        case .move(let request): return request.line
        case .told(let sentence): json.object { $0.member("told", sentence) }
        case .check: json.object { $0.member("request", "check") }
        case .end(let result): json.object { $0.member("end", Int(result.rawValue)) }
        }
        json.finish()
        return json.bytes
    }

    /// Reads a line; nil when it is no answer.
    init?(line: [UInt8]) {
        guard let json = JSONValue(parsing: line) else { return nil }
        if let request = MoveRequest(line: line) {
            self = .move(request)
        } else if let sentence = json["told"]?.text {
            self = .told(sentence)
        } else if json["request"]?.text == "check" {
            self = .check
        } else if let number = json["end"]?.integer,
            let result = Int32(exactly: number).flatMap(RotationResult.init(rawValue:))
        {
            self = .end(result)
        } else {
            return nil
        }
    }
}
