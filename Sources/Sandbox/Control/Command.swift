import Model

/// One order to a running sandbox, the same for the admin path, the timeline and Swift.
package enum Command: Sendable, Hashable {
    case deactivate(KeySelector)
    case activate(KeySelector)
    case delete(KeySelector)
    /// Ends a session at once.
    case expire(keyID: String)
    /// Adds a key to a user.
    case createKey(user: String)
    /// Makes a user's keys older than they are.
    case backdate(user: String, by: Duration)
    case quarantine(user: String, Bool)
    case allowIAM(user: String, Bool)
    /// Denies a user an action, withholds it, or gives it back: `iam:GetUser`, `s3:*`.
    case setRight(user: String, action: String, ActionRight)
    case fault(FaultChange)

    /// The keys that an order is for.
    package enum KeySelector: Sendable, Hashable {
        case key(String)
        /// Every key of a user, in whichever account.
        case user(String)

        /// Reads a key id or else a user's name.
        package init(_ text: String) {
            let isKey = text.utf8.count == 20 && text.hasPrefix("AKIA")
            self = isKey ? .key(text) : .user(text)
        }
    }

    /// The verbs that ``init(verb:argument:)`` reads, faults apart.
    package static let verbs = [
        "deactivate", "activate", "delete", "expire", "create-key", "backdate", "quarantine",
        "unquarantine",
        "allow-iam", "deny-iam", "deny-action", "withhold-action", "allow-action",
    ]

    /// Reads an order like `deactivate` with `app`, or a fault like `throttle` with `on`.
    ///
    /// Throws a sentence that says what is wrong and what is allowed.
    package init(verb: String, argument: String) throws(CommandProblem) {
        switch verb {
        case _ where FaultChange.names.contains(verb):
            self = .fault(try FaultChange(name: verb, value: argument))
        case _ where argument.isEmpty:
            throw CommandProblem("\(verb) needs a user or a key id.")
        case "deactivate": self = .deactivate(KeySelector(argument))
        case "activate": self = .activate(KeySelector(argument))
        case "delete": self = .delete(KeySelector(argument))
        case "expire": self = .expire(keyID: argument)
        case "create-key": self = .createKey(user: argument)
        case "backdate": self = try Self.backdating(argument)
        case "quarantine": self = .quarantine(user: argument, true)
        case "unquarantine": self = .quarantine(user: argument, false)
        case "allow-iam": self = .allowIAM(user: argument, true)
        case "deny-iam": self = .allowIAM(user: argument, false)
        case "deny-action": self = try Self.right(.denied, verb, argument)
        case "withhold-action": self = try Self.right(.withheld, verb, argument)
        case "allow-action": self = try Self.right(.allowed, verb, argument)
        default:
            let known = (Self.verbs + FaultChange.names).joined(separator: ", ")
            throw CommandProblem("\(verb) is no order; known are \(known).")
        }
    }
}

extension Command {
    /// Reads `app:100d`.
    private static func backdating(_ argument: String) throws(CommandProblem) -> Command {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let age = Duration(parsing: String(parts[1])) else {
            throw CommandProblem(
                "backdate needs a user and a duration like app:100d, not '\(argument)'.")
        }
        return .backdate(user: String(parts[0]), by: age)
    }

    /// Reads `app:iam:GetUser`.
    private static func right(
        _ right: ActionRight, _ verb: String, _ argument: String
    ) throws(CommandProblem) -> Command {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else {
            throw CommandProblem(
                "\(verb) needs a user and an action like app:iam:GetUser, not '\(argument)'.")
        }
        return .setRight(
            user: String(parts[0]), action: "\(parts[1]):\(parts[2])", right)
    }
}

/// Why an order cannot be read or carried out, as a sentence.
package struct CommandProblem: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// What an order did.
package struct CommandOutcome: Sendable, Hashable {
    /// One line per thing that changed, without secrets.
    package var lines: [String]
    /// The key that was created.
    package var createdKey: AccessKey?
}
