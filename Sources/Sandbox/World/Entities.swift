package import Model

/// An AWS account.
package struct Account: Sendable, Hashable {
    /// 12 digits.
    package let id: String
    package internal(set) var users: [String: User] = [:]
    package internal(set) var roles: [String: Role] = [:]
}

/// A managed policy that is attached to a user.
package struct AttachedPolicy: Sendable, Hashable {
    package var name: String
    package var arn: String

    /// The name that AWS's quarantine of a leaked key begins with.
    static let quarantinePrefix = "AWSCompromisedKeyQuarantine"
    /// What AWS attaches today to the user of a key that leaked.
    package static let quarantine = AttachedPolicy(
        arn: "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3")

    package init(arn: String) {
        self.arn = arn
        name = arn.split(separator: "/").last.map(String.init) ?? arn
    }
}

/// An IAM user.
package struct User: Sendable, Hashable {
    package let account: String
    package let name: String
    /// `AIDA…`.
    package let id: String
    package let createdAt: WallTime
    /// False refuses the user every call of IAM.
    package internal(set) var mayUseIAM = true
    package internal(set) var policies: [AttachedPolicy] = []
    /// In the order of creation; at most two.
    package internal(set) var keyIDs: [String] = []

    package var arn: String { "arn:aws:iam::\(account):user/\(name)" }
    /// True while a quarantine policy of any version is attached.
    package var isQuarantined: Bool {
        policies.contains { $0.name.hasPrefix(AttachedPolicy.quarantinePrefix) }
    }
}

/// The last use of an access key.
package struct LastUse: Sendable, Hashable {
    package var at: WallTime
    package var region: String
    package var service: String
}

/// A long-term access key.
package struct AccessKey: Sendable, Hashable {
    /// `AKIA…`.
    package let id: String
    package let secret: Secret
    package let account: String
    package let userName: String
    package internal(set) var createdAt: WallTime
    package internal(set) var isActive = true
    package internal(set) var lastUse: LastUse?
    /// How often the key was tried while not all places knew it.
    var earlyCalls = 0
    /// When a wrong secret was last sent for the key.
    var wrongSecretAt: WallTime?
}

/// An IAM role.
package struct Role: Sendable, Hashable {
    package let account: String
    package let name: String
    /// `AROA…`.
    package let id: String
    package let createdAt: WallTime
    /// `/`, or `/team/`; the ARN of a session does not have it.
    package let path: String
    /// The accounts and the ARNs that may assume the role.
    package internal(set) var trusted: Set<String>
    package internal(set) var mayUseIAM = true
    /// Whose tokens may assume it.
    package internal(set) var webProvider: WebProvider?

    package var arn: String { "arn:aws:iam::\(account):role\(path)\(name)" }
}

/// An identity provider whose tokens a role trusts, for one audience.
package struct WebProvider: Sendable, Hashable {
    /// A URL.
    package var issuer: String
    package var audience: String

    package init(issuer: String, audience: String = "sts.amazonaws.com") {
        self.issuer = issuer
        self.audience = audience
    }
}

/// Whom a credential speaks for.
package enum Principal: Sendable, Hashable {
    case user(account: String, name: String)
    /// A user by a session of GetSessionToken.
    case userSession(account: String, name: String)
    case roleSession(account: String, role: String, session: String)

    package var account: String {
        switch self {
        case .user(let account, _), .userSession(let account, _), .roleSession(let account, _, _):
            account
        }
    }

    var isSession: Bool {
        if case .user = self { false } else { true }
    }
}

/// Temporary credentials.
package struct Session: Sendable, Hashable {
    /// `ASIA…`.
    package let id: String
    package let secret: Secret
    package let token: Secret
    package let principal: Principal
    package let createdAt: WallTime
    package internal(set) var expiresAt: WallTime
}
