/// Who asks IAM about somebody's key.
package struct Asker: Sendable, Hashable {
    /// The profile's name.
    package var profile: String
    /// What `--profile` of the AWS command line takes; nil when it is no profile of the shared files.
    package var commandProfile: String?
    /// Nil until AWS has said it.
    package var identity: CallerIdentity?

    package init(profile: String, commandProfile: String? = nil, identity: CallerIdentity? = nil) {
        self.profile = profile
        self.commandProfile = commandProfile
        self.identity = identity
    }
}

/// A user whose key it may be.
package struct UserCandidate: Sendable, Hashable {
    /// Why it may be this one, the surest first.
    package enum Basis: Int, Sendable, Hashable, CaseIterable, Comparable {
        /// AWS has accepted this very key as the user's before.
        case seen
        /// IAM names the user for the key id.
        case named
        /// The profile expects it.
        case expected
        /// A backup's user; its list is good for finding a typo, and for nothing else.
        case backup

        package static func < (left: Basis, right: Basis) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    package var name: String
    /// 12 digits.
    package var account: String
    package var basis: Basis

    package init(name: String, account: String, basis: Basis) {
        self.name = name
        self.account = account
        self.basis = basis
    }
}

/// What an investigation is about.
package struct KeyCase: Sendable, Hashable {
    package var accessKeyID: String
    package var asker: Asker
    /// The key's account where it is certain, as of a key that is accepted.
    package var account: String?
    package var candidates: [UserCandidate]
    /// Whether AWS accepts the key, and only its age and its user's state are of interest.
    package var isAccepted: Bool

    package init(
        accessKeyID: String, asker: Asker, account: String? = nil,
        candidates: [UserCandidate] = [], isAccepted: Bool = false
    ) {
        self.accessKeyID = accessKeyID
        self.asker = asker
        self.account = account
        self.candidates = candidates
        self.isAccepted = isAccepted
    }
}

/// What was learnt of one user.
package struct InvestigatedUser: Sendable, Hashable {
    package var name: String
    package var basis: UserCandidate.Basis
    /// Nil when nobody said it; false when IAM does not know the user.
    package var exists: Bool?
    /// Nil when IAM did not list them.
    package var keys: [ListedKey]?
    /// Whether the list was read to its end.
    package var keysAreComplete = false
    /// The attached policies with which AWS quarantines leaked keys; nil when IAM did not list them.
    package var quarantine: [String]?

    package init(name: String, basis: UserCandidate.Basis) {
        self.name = name
        self.basis = basis
    }
}

/// How one question of an investigation ended.
package struct InquiryRecord: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable {
        case answered
        /// The user or the key is not known.
        case notFound
        /// The permission is missing.
        case denied
        /// IAM gives no answer about a key that is unknown, or of another account, in the same words as
        /// without the permission.
        case deniedOrUnknown
        case throttled
        /// A clause.
        case failed(String)
        /// Not asked; a clause says why.
        case leftOut(String)
    }

    package var action: InquiryAction
    /// The key id or the user that it was about.
    package var subject: String
    package var outcome: Outcome
    package var requestID: String?

    package init(
        _ action: InquiryAction, about subject: String, _ outcome: Outcome,
        requestID: String? = nil
    ) {
        self.action = action
        self.subject = subject
        self.outcome = outcome
        self.requestID = requestID
    }
}

/// What a second identity has learnt of an access key.
package struct Investigation: Sendable, Hashable {
    package var accessKeyID: String
    package var asker: Asker
    /// Why nobody could be asked, a clause; nil when somebody was.
    package var problem: String?
    /// Whether the problem may pass by itself, as one of the network does.
    package var problemMayPass = false
    /// The key's account, by STS.
    package var account: String?
    /// The last use of the key; nil when it was never used, or nobody said it.
    package var lastUse: KeyUse?
    /// The users that were asked about, the surest first.
    package var users: [InvestigatedUser] = []
    /// In the order of the questions; pages of a list are one question.
    package var records: [InquiryRecord] = []

    package init(accessKeyID: String, asker: Asker) {
        self.accessKeyID = accessKeyID
        self.asker = asker
    }

    /// The user that the key belongs or belonged to, as far as that is known.
    package var owner: InvestigatedUser? { users.first { $0.basis != .backup } }

    /// The key as IAM lists it, with its user.
    package var listed: (user: InvestigatedUser, key: ListedKey)? {
        for user in users {
            if let key = user.keys?.first(where: { $0.id == accessKeyID }) { return (user, key) }
        }
        return nil
    }

    /// Whether IAM or STS asked to wait.
    package var wasThrottled: Bool { records.contains { $0.outcome == .throttled } }
}
