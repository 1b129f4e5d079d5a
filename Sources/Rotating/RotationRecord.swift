package import Model

/// How far a rotation has come, as its journal says; the raw values are stable.
///
/// Each stage is on disk before what it names is done, so that the next run knows what may have happened.
package enum RotationStage: String, Sendable, Hashable, CaseIterable {
    /// A key that may go is deleted, to make room for the new one.
    case replacing
    /// A key is asked for, and written to the file before anything else happens.
    case creating
    /// The new key stands in the file, and is asked to prove itself.
    case switched
    /// The new key is good; what applications read gets it.
    case proven
    /// The applications that are known have the new key; the old one is deactivated.
    case moved
    /// The old key is inactive until its time is over.
    case deactivated
    /// The old key is deleted.
    case deleting
    /// The file gets the old key back, and the new one is deleted.
    case undoing
}

/// One rotation, as its journal keeps it; it holds no secret.
package struct RotationRecord: Sendable, Hashable {
    package var stage: RotationStage
    /// The profile's name in credwatch.yaml.
    package var profile: String
    package var user: String
    /// 12 digits.
    package var account: String
    /// Where the profile's keys stand.
    package var place: SwitchPlace
    /// The key that stood there at the beginning.
    package var oldKeyID: String
    /// Whether AWS accepted it then: only a key that works is worth putting back.
    package var oldKeyWasGood: Bool
    /// The keys of the user that are to be there beside the new one; a key that is not among them is ours.
    package var keysBefore: [String]
    /// The key that was given up to make room.
    package var replacedKeyID: String?
    /// Nil until the new key stands in the file.
    package var newKeyID: String?
    /// The profile that asks IAM; nil for the profile itself.
    package var using: String?
    /// How long the old key stays inactive before it is deleted; nil keeps it.
    package var deleteAfter: Duration?
    package var startedAt: WallTime
    /// The file itself, and the copy of what it was, for putting it back; nil when they are not known.
    package var realPath: String?
    package var keptPath: String?
    package var switchedAt: WallTime?
    /// When the applications had the new key.
    package var movedAt: WallTime?
    package var deactivatedAt: WallTime?

    package init(
        stage: RotationStage = .creating, profile: String, user: String, account: String,
        place: SwitchPlace, oldKeyID: String, oldKeyWasGood: Bool = true, keysBefore: [String],
        replacedKeyID: String? = nil, newKeyID: String? = nil, using: String? = nil,
        deleteAfter: Duration? = RotationRule.defaultDeleteAfter, startedAt: WallTime
    ) {
        self.stage = stage
        self.profile = profile
        self.user = user
        self.account = account
        self.place = place
        self.oldKeyID = oldKeyID
        self.oldKeyWasGood = oldKeyWasGood
        self.keysBefore = keysBefore
        self.replacedKeyID = replacedKeyID
        self.newKeyID = newKeyID
        self.using = using
        self.deleteAfter = deleteAfter
        self.startedAt = startedAt
    }

    /// What the switch did, for putting it back; nil when that is not known, or of no use.
    package var switchedFile: SwitchedFile? {
        guard oldKeyWasGood, let realPath, let keptPath else { return nil }
        return SwitchedFile(
            place: place, realPath: realPath, keptPath: keptPath, previousKeyID: oldKeyID)
    }

    /// Whether a key was made or deleted, so that all is not as it was before.
    package var hasChanged: Bool {
        newKeyID != nil || replacedKeyID != nil && stage != .replacing
    }

    /// When the old key is to be deleted; nil for never, or not yet known.
    package var deleteAt: WallTime? {
        guard let deleteAfter, let deactivatedAt else { return nil }
        return deactivatedAt + deleteAfter
    }
}
