package import Model

/// What is seen of a rotation from outside, just now.
package struct RotationFacts: Sendable, Hashable {
    package var now: WallTime
    /// AWS's time, by the answer that listed the keys; nil when that does not say.
    package var awsTime: WallTime?
    /// All keys of the user.
    package var listed: [ListedKey]
    /// The key that stands in the file; nil without one.
    package var keyInFile: String?
    /// The key ids in the files that applications read, by the group that writes them.
    package var applications: [String: Set<String>]
    /// Until when clients of the daemon may use the old key that they were given; nil for none.
    package var clientsUntil: WallTime?

    package init(
        now: WallTime, awsTime: WallTime?, listed: [ListedKey], keyInFile: String?,
        applications: [String: Set<String>] = [:], clientsUntil: WallTime? = nil
    ) {
        self.now = now
        self.awsTime = awsTime
        self.listed = listed
        self.keyInFile = keyInFile
        self.applications = applications
        self.clientsUntil = clientsUntil
    }

    /// Names the groups whose applications have a key.
    package func groups(with id: String) -> [String] {
        applications.filter { $0.value.contains(id) }.keys.sorted()
    }

    /// Finds a key of the user.
    package func key(_ id: String) -> ListedKey? {
        listed.first { $0.id == id }
    }
}

/// What a rotation does next.
package enum RotationStep: Sendable, Hashable {
    /// Deletes the key that was given up.
    case makeRoom(String)
    /// Asks for a key and writes it.
    case create
    /// Takes a key for the new one: it was written, and the journal does not know it yet.
    case adopt(String)
    /// Deletes a key whose secret is lost: it was made, and not written.
    case deleteLost(String)
    /// Asks AWS with the new key until it is proven.
    case prove
    /// Goes on to another stage, with nothing to do.
    case advance(RotationStage)
    /// Writes the key in the file to what applications read.
    case bring
    /// Lets both keys be until clients of the daemon have asked again.
    case linger(until: WallTime)
    case deactivate(String)
    case deleteOld(String)
    /// Puts the old key back into the file.
    case restore
    /// Deletes the new key, which is in no file.
    case deleteNew(String)
    /// Nothing before this time.
    case wait(until: WallTime)
    case finish(RotationEnding)
    /// A person has to look; a sentence says why.
    case stop(String)
}

/// How a rotation is over.
package enum RotationEnding: Sendable, Hashable {
    /// The old key is gone.
    case replaced
    /// The old key stays, inactive.
    case kept
    /// Somebody has activated the old key again, so it stays.
    case reactivated
    /// All is as it was.
    case undone
}

/// How far a key's date may be from the time at which it was asked for, when nobody knows whose it is.
private let lostKeySpan = Duration.seconds(600)

/// Says what a rotation does next, from its journal and what is seen; pure.
///
/// It is asked again after each step. It never names a key for deletion or deactivation that stands in the
/// file, or in one that applications read.
package func nextStep(
    of rotation: RotationRecord, _ facts: RotationFacts
) -> RotationStep {
    let step = wantedStep(of: rotation, facts)
    switch step {
    case .makeRoom(let id), .deleteLost(let id), .deactivate(let id), .deleteOld(let id),
        .deleteNew(let id):
        guard id != facts.keyInFile else {
            return .stop("\(id) stands in the file, so nothing is done to it.")
        }
        let groups = facts.groups(with: id)
        guard groups.isEmpty else {
            return .stop(
                "The applications of \(groups.joined(separator: ", ")) have \(id), so nothing is "
                    + "done to it.")
        }
        return step
    case .create, .adopt, .prove, .advance, .bring, .linger, .restore, .wait, .finish, .stop:
        return step
    }
}

private func wantedStep(of rotation: RotationRecord, _ facts: RotationFacts) -> RotationStep {
    switch rotation.stage {
    case .replacing:
        guard let id = rotation.replacedKeyID, facts.key(id) != nil else {
            return .advance(.creating)
        }
        return .makeRoom(id)
    case .creating: return afterCreation(rotation, facts)
    case .switched: return afterSwitch(rotation, facts)
    case .proven:
        return strangerInFile(rotation, facts) ?? .bring
    case .moved: return afterMove(rotation, facts)
    case .deactivated, .deleting:
        guard let old = facts.key(rotation.oldKeyID) else { return .finish(.replaced) }
        guard !old.isActive else { return .finish(.reactivated) }
        if rotation.stage == .deleting { return .deleteOld(old.id) }
        guard rotation.deleteAfter != nil else { return .finish(.kept) }
        guard let time = rotation.deleteAt else { return .advance(.deactivated) }
        return deletion(of: old.id, due: time, facts)
    case .undoing:
        guard let new = rotation.newKeyID else { return .finish(.undone) }
        if facts.keyInFile == new { return .restore }
        // The daemon writes a new key as soon as it has seen it accepted once.
        if !facts.groups(with: new).isEmpty { return .bring }
        return facts.key(new) == nil ? .finish(.undone) : .deleteNew(new)
    }
}

/// How exact AWS's time is: `Date` has whole seconds, and an answer is on its way for a while.
private let dateMargin = Duration.seconds(5)

/// Says whether a key's time is over, which only AWS's clock does: ours may be years ahead at the start of
/// a machine, and a deletion cannot be undone.
private func deletion(of id: String, due time: WallTime, _ facts: RotationFacts) -> RotationStep {
    if let now = facts.awsTime {
        return now + dateMargin < time ? .wait(until: time) : .advance(.deleting)
    }
    guard facts.now >= time else { return .wait(until: time) }
    return .stop(
        "\(id) stays, inactive: its time seems to be over, but AWS's answer does not say what time it is."
    )
}

/// Says what may have happened since a key was asked for.
private func afterCreation(_ rotation: RotationRecord, _ facts: RotationFacts) -> RotationStep {
    let strangers = facts.listed.filter {
        !rotation.keysBefore.contains($0.id) && $0.id != rotation.replacedKeyID
    }
    if let written = strangers.first(where: { $0.id == facts.keyInFile }) {
        return .adopt(written.id)
    }
    guard facts.keyInFile == rotation.oldKeyID else {
        return .stop(
            "\(rotation.place) holds \(facts.keyInFile ?? "no key") now, and held "
                + "\(rotation.oldKeyID) when the rotation began.")
    }
    guard let lost = strangers.first else { return .create }
    // What somebody else made later is not ours to delete.
    let distance = lost.createdAt.map { ($0 - rotation.startedAt).magnitude }
    guard let distance, distance < lostKeySpan, strangers.count == 1 else {
        return .stop(
            "User \(rotation.user) has got the key \(lost.id), which this rotation has not made.")
    }
    return .deleteLost(lost.id)
}

private func afterSwitch(_ rotation: RotationRecord, _ facts: RotationFacts) -> RotationStep {
    guard rotation.newKeyID != nil else { return .stop("The journal lacks the new key.") }
    // Somebody has put the old file back.
    if facts.keyInFile == rotation.oldKeyID { return .advance(.undoing) }
    if let stop = strangerInFile(rotation, facts) { return stop }
    // IAM may not list it yet: the proof tells whether it is there.
    return .prove
}

private func afterMove(_ rotation: RotationRecord, _ facts: RotationFacts) -> RotationStep {
    if let stop = strangerInFile(rotation, facts) { return stop }
    // Somebody has put a file back.
    if !facts.groups(with: rotation.oldKeyID).isEmpty { return .bring }
    guard let old = facts.key(rotation.oldKeyID) else { return .finish(.replaced) }
    guard old.isActive else { return .advance(.deactivated) }
    if let until = facts.clientsUntil, facts.now < until { return .linger(until: until) }
    return .deactivate(old.id)
}

private func strangerInFile(_ rotation: RotationRecord, _ facts: RotationFacts) -> RotationStep? {
    guard facts.keyInFile != rotation.newKeyID else { return nil }
    return .stop(
        "\(rotation.place) holds \(facts.keyInFile ?? "no key") now, where the rotation has written "
            + "\(rotation.newKeyID ?? "nothing").")
}
