/// When the daemon makes a new access key for a profile by itself, and what becomes of the old one.
package struct RotationRule: Sendable, Hashable {
    /// The age of a key at which a new one takes its place.
    package var every: Duration
    /// How long the deactivated key is kept before it is deleted; less than `every`, since a user has two
    /// keys at most.
    package var deleteAfter: Duration
    /// The profile that asks IAM in place of the profile itself.
    package var using: String?

    package init(
        every: Duration, deleteAfter: Duration = RotationRule.defaultDeleteAfter,
        using: String? = nil
    ) {
        self.every = every
        self.deleteAfter = deleteAfter
        self.using = using
    }

    package static let defaultDeleteAfter = Duration.seconds(7 * 86_400)
}

/// An action of IAM that changes the keys of a user.
package enum KeyAction: String, Sendable, Hashable, CaseIterable {
    case create = "iam:CreateAccessKey"
    case update = "iam:UpdateAccessKey"
    case delete = "iam:DeleteAccessKey"

    /// The name without its service: `CreateAccessKey`.
    package var name: String { String(rawValue.dropFirst(4)) }
}

/// An access key as IAM hands it out, the one time that it shows the secret.
package struct CreatedKey: Sendable, Hashable {
    package var id: String
    package var secret: Secret
    package var user: String?

    package init(id: String, secret: Secret, user: String? = nil) {
        self.id = id
        self.secret = secret
        self.user = user
    }

    package var written: WrittenKeys { WrittenKeys(accessKeyID: id, secretAccessKey: secret) }
}
