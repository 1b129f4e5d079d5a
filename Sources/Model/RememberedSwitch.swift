/// What is known of the keys that a group's applications were given, across restarts.
package struct RememberedSwitch: Sendable, Hashable {
    package var group: String
    package var profile: String
    package var accessKeyID: String
    /// When a session has to be written anew; nil for keys that do not end, and for a group whose files
    /// were never written.
    package var renewAt: WallTime?
    /// Whether credwatch has written the keys; else they were only seen to be in use.
    package var isWritten: Bool

    package init(
        group: String, profile: String, accessKeyID: String, renewAt: WallTime? = nil,
        isWritten: Bool = false
    ) {
        self.group = group
        self.profile = profile
        self.accessKeyID = accessKeyID
        self.renewAt = renewAt
        self.isWritten = isWritten
    }
}
