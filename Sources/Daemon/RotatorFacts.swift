import Model
import Rotating
import Scheduling

/// What a rotation sees of the world before each step.
extension Rotator {
    /// Reads what has to be known for the next step.
    func facts(
        of record: RotationRecord, after changes: [String: Change]
    ) async throws(RotationStop) -> RotationFacts {
        let standing = try await standing()
        var listed: [ListedKey] = []
        var skew: Duration?
        // A new key that AWS does not know yet cannot ask for the list, and nothing depends on it then.
        let isNewInFile = standing.keyID == record.newKeyID
        if record.stage != .switched, record.stage != .undoing || !isNewInFile {
            do throws(KeyTrouble) {
                (listed, skew) = try await calls(record).listing(record.user)
            } catch {
                throw RotationStop(.unfinished, error.sentence)
            }
            // A journal in a directory of others must not lead to keys of somebody else.
            guard await isOfUser(standing.keyID, record, listed) else {
                let way =
                    isNewInFile
                    ? " If it was deleted, --force gives this rotation up and begins anew." : ""
                throw RotationStop(
                    .unfinished,
                    "IAM does not list \(standing.keyID), which stands in the file, among the keys of "
                        + "user \(record.user).\(way)")
            }
        }
        let seen = listed.compactMap { key -> ListedKey? in
            switch changes[key.id] {
            case .deleted: return nil
            case .deactivated:
                return ListedKey(id: key.id, isActive: false, createdAt: key.createdAt)
            case nil: return key
            }
        }
        var found: [String: Set<String>] = [:]
        switch record.stage {
        case .replacing, .proven, .moved, .deleting, .undoing:
            found = try await applications(record.stage)
        case .creating, .switched, .deactivated: break
        }
        let now = SystemClock.wall()
        return RotationFacts(
            now: now, awsTime: skew.map { now + $0 }, listed: seen, keyInFile: standing.keyID,
            applications: found, clientsUntil: clientsUntil(record))
    }

    /// Whether the key that the rotation has made, and proven, exists no more: it stands in the file, AWS
    /// refuses it, and IAM does not list it.
    func isNewKeyGone(_ record: RotationRecord) async throws(RotationStop) -> Bool {
        switch record.stage {
        case .proven, .moved, .deactivated, .deleting: break
        case .replacing, .creating, .switched, .undoing: return false
        }
        let standing = try await standing()
        guard standing.place == record.place, standing.keyID == record.newKeyID,
            try await refusalOfKey(standing) != nil
        else { return false }
        do throws(KeyTrouble) {
            return try await !calls(record).list(record.user).contains { $0.id == standing.keyID }
        } catch {
            throw RotationStop(.unfinished, error.sentence)
        }
    }

    /// Whether a key, which stands in the file, is one of the journal's user.
    private func isOfUser(
        _ id: String, _ record: RotationRecord, _ listed: [ListedKey]
    ) async -> Bool {
        if listed.contains(where: { $0.id == id }) { return true }
        // One that was deleted before the rotation began is in no list any more.
        guard id == record.oldKeyID, !record.oldKeyWasGood,
            record.stage == .replacing || record.stage == .creating
        else { return false }
        if let arn = profile.expected.arn, let user = try? rotatedUser(ofARN: arn) {
            return user.name == record.user
        }
        return (try? await calls(record).lastUse(of: id).user) == record.user
    }
}
