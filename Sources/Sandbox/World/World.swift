package import Model

/// The accounts of the sandbox and all that is in them: a value, without a clock or any I/O.
///
/// `now` is always a parameter; what AWS would refuse is thrown as AWS words it.
package struct World: Sendable {
    package internal(set) var accounts: [String: Account] = [:]
    package internal(set) var keys: [String: AccessKey] = [:]
    package internal(set) var sessions: [String: Session] = [:]
    /// The ids of keys that are gone, with their accounts.
    package internal(set) var deletedKeys: [String: String] = [:]
    /// The role that the metadata service and the container's agent hand out, with its account.
    package var agentRole: (account: String, name: String)?
    /// What the container's agent wants as `Authorization`; nil lets everybody in.
    package var containerToken: Secret?
    /// The tokens of the metadata service, with the end of each.
    var metadataTokens: [Secret: WallTime] = [:]
    var entropy: Entropy

    /// AWS's quota, which a test may raise.
    package var keysPerUser = 2
    /// Above this, sessions that are over are forgotten.
    static let sessionLimit = 10_000

    package init(entropy: Entropy = Entropy()) {
        self.entropy = entropy
    }

    /// Returns a user, or throws `NoSuchEntity`.
    package func user(_ name: String, in account: String) throws(ServiceFault) -> User {
        guard let user = accounts[account]?.users[name] else { throw .noSuchUser(name) }
        return user
    }

    /// Adds a user, and the account with its first user; `account` is 12 digits.
    @discardableResult
    package mutating func createUser(
        _ name: String, in account: String, now: WallTime
    ) throws(ServiceFault) -> User {
        try Self.checkName(name, field: "userName")
        try Self.checkAccount(account)
        guard accounts[account]?.users[name] == nil else { throw .alreadyExists("User", name) }
        let user = User(
            account: account, name: name,
            id: Identifiers.resourceID(
                prefix: "AIDA", account: UInt64(account) ?? 0, using: &entropy),
            createdAt: now)
        accounts[account, default: Account(id: account)].users[name] = user
        return user
    }

    /// Removes a user that has no keys and no policies.
    package mutating func deleteUser(
        _ name: String, in account: String
    ) throws(ServiceFault) {
        let user = try user(name, in: account)
        guard user.keyIDs.isEmpty else {
            throw .deleteConflict("Cannot delete entity, must delete access keys first.")
        }
        guard user.policies.isEmpty else {
            throw .deleteConflict("Cannot delete entity, must detach all policies first.")
        }
        accounts[account]?.users[name] = nil
    }

    /// Lets a user call IAM, or not.
    package mutating func allowIAM(
        _ allowed: Bool, for name: String, in account: String
    ) throws(ServiceFault) {
        _ = try user(name, in: account)
        accounts[account]?.users[name]?.mayUseIAM = allowed
    }

    /// Attaches a policy to a user; once is enough.
    package mutating func attach(
        _ policy: AttachedPolicy, to name: String, in account: String
    ) throws(ServiceFault) {
        guard try !user(name, in: account).policies.contains(policy) else { return }
        accounts[account]?.users[name]?.policies.append(policy)
    }

    /// Detaches a policy from a user.
    package mutating func detach(
        policyARN: String, from name: String, in account: String
    ) throws(ServiceFault) {
        guard try user(name, in: account).policies.contains(where: { $0.arn == policyARN }) else {
            throw .noSuchEntity("Policy \(policyARN) was not found.")
        }
        accounts[account]?.users[name]?.policies.removeAll { $0.arn == policyARN }
    }

    /// Adds a role that the given accounts (12 digits) and ARNs may assume.
    @discardableResult
    package mutating func createRole(
        _ name: String, in account: String, trusting trusted: Set<String>,
        webProvider: WebProvider? = nil, now: WallTime
    ) throws(ServiceFault) -> Role {
        try Self.checkName(name, field: "roleName")
        try Self.checkAccount(account)
        guard accounts[account]?.roles[name] == nil else { throw .alreadyExists("Role", name) }
        let role = Role(
            account: account, name: name,
            id: Identifiers.resourceID(
                prefix: "AROA", account: UInt64(account) ?? 0, using: &entropy),
            createdAt: now,
            trusted: trusted, webProvider: webProvider)
        accounts[account, default: Account(id: account)].roles[name] = role
        return role
    }

    /// Returns a role, or throws `NoSuchEntity`.
    package func role(_ name: String, in account: String) throws(ServiceFault) -> Role {
        guard let role = accounts[account]?.roles[name] else {
            throw .noSuchEntity("The role with name \(name) cannot be found.")
        }
        return role
    }

    /// Makes a request id.
    mutating func nextRequestID() -> String {
        Identifiers.requestID(using: &entropy)
    }

    private static func checkAccount(_ account: String) throws(ServiceFault) {
        guard account.utf8.count == 12, account.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { throw .validation("The account \(account) is not a number of 12 digits.") }
    }

    private static func checkName(_ name: String, field: String) throws(ServiceFault) {
        guard (1...64).contains(name.utf8.count) else {
            throw .constraint(
                name, at: field, "Member must have length between 1 and 64, inclusive")
        }
        let isAllowed = name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: Array("+=,.@_-".utf8).contains(byte)
            }
        }
        guard isAllowed else {
            throw .validation(
                "The specified value for \(field) is invalid. It must contain only alphanumeric "
                    + "characters and/or the following: +=,.@_-")
        }
    }
}
