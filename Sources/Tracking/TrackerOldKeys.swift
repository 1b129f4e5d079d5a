import Model

extension Tracker {
    /// Keeps the key that a group moves away from with its incident, for who looks for its users later.
    package mutating func noteOldKey(_ keyID: String, of group: String, incident: String) {
        guard groups[group]?.incident?.id == incident else { return }
        groups[group]?.incident?.oldKeyID = keyID
    }
}
