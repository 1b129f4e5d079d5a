import Glibc

/// What the password database says about a user.
package struct PasswordEntry {
    package var name: String
    package var home: String

    /// Looks a user up; nil when the database has no such user, or cannot be asked.
    package init?(uid: UInt32) {
        let found = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16_384) {
            buffer -> (String, String)? in
            var entry = passwd()
            var result: UnsafeMutablePointer<passwd>?
            guard let base = buffer.baseAddress,
                getpwuid_r(uid, &entry, base, buffer.count, &result) == 0,
                result != nil, let name = entry.pw_name, let home = entry.pw_dir
            else { return nil }
            return (String(cString: name), String(cString: home))
        }
        guard let found else { return nil }
        (name, home) = found
    }

    /// A user for a person: `app (uid 1000)`, or `uid 1000` when the database does not know it.
    package static func describe(_ uid: UInt32) -> String {
        PasswordEntry(uid: uid).map { "\($0.name) (uid \(uid))" } ?? "uid \(uid)"
    }
}
