/// What is asked of whoever writes a group's keys: the daemon itself, or its privileged half.
package struct MoveRequest: Sendable, Hashable {
    package enum Purpose: String, Sendable, Hashable, CaseIterable {
        /// Applications are to use the profile from now on: files, units, processes.
        case move
        /// The profile in use has new keys: they are written, and units restarted where nothing else helps.
        case refresh
        /// Shows what a move would do, and changes nothing.
        case plan
        /// Looks whether every file could be written, and changes nothing; no keys are looked for.
        case look
    }

    package var purpose: Purpose
    package var group: String
    package var profile: String
    /// The access key id that AWS has accepted for a profile whose keys stand in a file; nil when
    /// nothing was proven.
    package var keyID: String?

    package init(_ purpose: Purpose, group: String, profile: String, keyID: String? = nil) {
        self.purpose = purpose
        self.group = group
        self.profile = profile
        self.keyID = keyID
    }
}

/// One thing that was done, or found, on the way of a move.
package struct MoveStep: Sendable, Hashable {
    /// The raw values are stable: the journal has them.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case written, unchanged
        /// What a plan says of a file and of a unit.
        case writable, restartable
        /// A file was put back since a later step failed, or could not be.
        case restored
        case notRestored = "not_restored"
        /// AWS did not answer about what stands on the disk now.
        case unanswered
        case restarted, reloaded
        /// The unit's processes have the keys already.
        case current
        /// The unit does not run, so nothing was done.
        case idle
        /// Whether the unit's processes have the keys could not be seen.
        case unseen
        case unitFailed = "unit_failed"
    }

    package var kind: Kind
    package var place: SwitchPlace?
    package var unit: String?
    /// The access key id that stands there now, or that processes are to have.
    package var keyID: String?
    package var previousKeyID: String?
    /// Where the file as it was before is kept.
    package var keptPath: String?
    /// A clause without secrets.
    package var detail: String?

    package init(
        _ kind: Kind, place: SwitchPlace? = nil, unit: String? = nil, keyID: String? = nil,
        previousKeyID: String? = nil, keptPath: String? = nil, detail: String? = nil
    ) {
        self.kind = kind
        self.place = place
        self.unit = unit
        self.keyID = keyID
        self.previousKeyID = previousKeyID
        self.keptPath = keptPath
        self.detail = detail
    }
}

/// What a move came to.
package struct MoveOutcome: Sendable, Hashable {
    package enum End: Sendable, Hashable {
        case done
        /// Nothing is changed; the reason.
        case failed(String)
        /// The files have the good keys, but what follows failed; the reason.
        case incomplete(String)
    }

    package var end: End
    /// The access key id that stands in the files; nil when none was written or looked for.
    package var keyID: String?
    /// When those keys end, for a session.
    package var expiresAt: WallTime?

    package init(_ end: End, keyID: String? = nil, expiresAt: WallTime? = nil) {
        self.end = end
        self.keyID = keyID
        self.expiresAt = expiresAt
    }
}

extension MoveStep: CustomStringConvertible {
    /// A clause for people: `[app] in /home/app/.aws/credentials has AKIA… in place of AKIA…`.
    package var description: String {
        let subject = unit ?? place?.description ?? ""
        let key = keyID ?? "the keys"
        switch kind {
        case .written:
            let before = previousKeyID.map { " in place of \($0)" } ?? ""
            let kept = keptPath.map { ", the file before is kept as \($0)" } ?? ""
            return "\(subject) has \(key)\(before)\(kept)"
        case .unchanged: return "\(subject) has \(key) already"
        case .writable:
            let before = previousKeyID.map { ", it has \($0)" } ?? ""
            return "\(subject) can be written\(keyID.map { " with \($0)" } ?? "")\(before)"
        case .restartable: return "\(subject) \(detail ?? "is to be restarted")"
        case .restored: return "\(subject) is as it was before"
        case .notRestored: return "\(subject) could not be put back: \(detail ?? "no reason known")"
        case .unanswered:
            return "\(subject) has \(key), about which AWS gave no answer: \(detail ?? "unknown")"
        case .restarted: return "\(subject) was restarted"
        case .reloaded: return "\(subject) was reloaded"
        case .current: return "\(subject) uses \(key) already"
        case .idle: return "\(subject) is left alone: it is \(detail ?? "not running")"
        case .unseen:
            return "whether \(subject) uses \(key) is not known: \(detail ?? "it cannot be seen")"
        case .unitFailed: return "\(subject): \(detail ?? "it does not come back")"
        }
    }
}
