/// What a user or role may not do, by the names of actions: the sandbox's stand-in for policies.
///
/// Without one it may do everything; calls of IAM obey it, and so does the simulation.
package struct ActionPolicy: Sendable, Hashable {
    /// Denied by a policy of the principal's own; `s3:*` stands for a whole service.
    package var denied: Set<String> = []
    /// Allowed by no policy.
    package var withheld: Set<String> = []

    /// What the policy comes to for an action, in IAM's words.
    package func decision(on action: String) -> String {
        if Self.holds(denied, action) { return "explicitDeny" }
        return Self.holds(withheld, action) ? "implicitDeny" : "allowed"
    }

    private static func holds(_ names: Set<String>, _ action: String) -> Bool {
        let service = action.prefix { $0 != ":" }
        return names.contains(action) || names.contains("\(service):*")
    }
}

/// What an order does to an action of a user.
package enum ActionRight: Sendable, Hashable {
    case denied, withheld, allowed
}

extension World {
    /// Denies an action to a user or role (its ARN), withholds it, or gives it back.
    package mutating func set(_ right: ActionRight, of action: String, for arn: String) {
        actionPolicies[arn, default: ActionPolicy()].denied.remove(action)
        actionPolicies[arn, default: ActionPolicy()].withheld.remove(action)
        switch right {
        case .denied: actionPolicies[arn, default: ActionPolicy()].denied.insert(action)
        case .withheld: actionPolicies[arn, default: ActionPolicy()].withheld.insert(action)
        case .allowed: break
        }
    }

    /// What the orders come to for an action of a user or role.
    func decision(on action: String, of arn: String) -> String {
        actionPolicies[arn]?.decision(on: action) ?? "allowed"
    }
}
