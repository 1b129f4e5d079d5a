import Model

extension ActionCall {
    /// Returns the parameter `UserName`, or the caller's own name.
    func userName() throws(ServiceFault) -> String {
        if let name = parameters["UserName"], !name.isEmpty { return name }
        guard case .user(_, let name) = caller else {
            throw .validation("Must specify userName when calling with non-User credentials")
        }
        return name
    }

    /// Returns the ARN of a user of the caller's account.
    func userARN(_ name: String) -> String {
        "arn:aws:iam::\(caller.account):user/\(name)"
    }

    /// Throws `AccessDenied` when the caller may not call IAM, or is quarantined for this action.
    ///
    /// `resource` stands in the message as AWS writes it: `user app`.
    func authorize(on resource: String, in world: World) throws(ServiceFault) {
        let text =
            "User: \(identity.arn) is not authorized to perform: iam:\(action) "
            + "on resource: \(resource) "
        switch caller {
        case .user(let account, let name), .userSession(let account, let name):
            let user = try world.user(name, in: account)
            guard user.mayUseIAM else { throw .accessDenied(text + allowedByNone) }
            guard !user.isQuarantined || !Self.quarantined.contains(action) else {
                throw .accessDenied(text + "with an explicit deny in an identity-based policy")
            }
            try obeyOrders(about: user.arn, text, world)
        case .roleSession(let account, let role, _):
            let role = try world.role(role, in: account)
            guard role.mayUseIAM else { throw .accessDenied(text + allowedByNone) }
            try obeyOrders(about: role.arn, text, world)
        }
    }

    private func obeyOrders(
        about arn: String, _ text: String, _ world: World
    ) throws(ServiceFault) {
        switch world.decision(on: "iam:\(action)", of: arn) {
        case "explicitDeny":
            throw .accessDenied(text + "with an explicit deny in an identity-based policy")
        case "implicitDeny": throw .accessDenied(text + allowedByNone)
        default: break
        }
    }

    /// Whether AWS's quarantine denies an action, with its service: `iam:CreateUser`.
    static func isQuarantined(_ action: String) -> Bool {
        action == "cloudtrail:LookupEvents"
            || action.hasPrefix("iam:") && quarantined.contains(String(action.dropFirst(4)))
    }

    /// Returns what IAM answers about a key that is unknown, or another account's.
    func refuseKey(_ id: String) -> ServiceFault {
        .accessDenied(
            "User: \(identity.arn) is not authorized to perform: iam:\(action) "
                + "on resource: access key \(id)")
    }

    private var allowedByNone: String {
        "because no identity-based policy allows the iam:\(action) action"
    }

    /// What AWS's quarantine policies deny, as far as the sandbox has it.
    private static let quarantined: Set = [
        "CreateUser", "CreateAccessKey", "UpdateAccessKey", "AttachUserPolicy",
        "DetachUserPolicy", "CreateRole",
    ]
}
