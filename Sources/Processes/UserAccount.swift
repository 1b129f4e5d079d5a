import Glibc

/// A user as the password and group databases know it.
package struct UserAccount: Sendable, Hashable {
    package var user: UInt32
    package var group: UInt32
    /// All groups of the user, the primary one among them.
    package var groups: [UInt32]
    package var name: String
    package var home: String

    package init(user: UInt32, group: UInt32, groups: [UInt32], name: String, home: String) {
        self.user = user
        self.group = group
        self.groups = groups
        self.name = name
        self.home = home
    }

    /// Looks a user up, which may ask the network; nil when the databases do not know it.
    package init?(lookingUp user: UInt32) {
        let found = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 65_536) {
            buffer -> UserAccount? in
            var entry = passwd()
            var result: UnsafeMutablePointer<passwd>?
            guard let base = buffer.baseAddress,
                getpwuid_r(user, &entry, base, buffer.count, &result) == 0,
                result != nil, let name = entry.pw_name, let home = entry.pw_dir
            else { return nil }
            return UserAccount(
                user: user, group: entry.pw_gid, groups: groupList(name, entry.pw_gid),
                name: String(cString: name), home: String(cString: home))
        }
        guard let found else { return nil }
        self = found
    }

    /// A user for a person: `app (uid 1000)`, or `uid 1000` when the database does not know it.
    package static func describe(_ user: UInt32) -> String {
        UserAccount(lookingUp: user).map { "\($0.name) (uid \(user))" } ?? "uid \(user)"
    }
}

private func groupList(_ name: UnsafePointer<CChar>, _ primary: gid_t) -> [UInt32] {
    var count: Int32 = 64
    while true {
        var groups = [gid_t](repeating: 0, count: Int(count))
        let room = count
        if getgrouplist(name, primary, &groups, &count) >= 0 {
            return Array(groups.prefix(Int(count)))
        }
        // It says how many there are; a database that keeps changing ends it with the primary one.
        guard count > room, count <= 65_536 else { return [primary] }
    }
}
