import Glibc

/// What the password database says about a user.
package struct PasswordEntry {
    package var name: String
    package var home: String

    /// Looks a user up; nil when the database has no such user, or cannot be asked.
    package init?(uid: UInt32) {
        self.init { getpwuid_r(uid, $0, $1, $2, $3) }
    }

    /// Looks a user up by name.
    init?(name: String) {
        self.init { getpwnam_r(name, $0, $1, $2, $3) }
    }

    private init?(
        _ ask: (
            UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
            UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
        ) -> Int32
    ) {
        let found = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16_384) {
            buffer -> (String, String)? in
            var entry = passwd()
            var result: UnsafeMutablePointer<passwd>?
            guard let base = buffer.baseAddress, ask(&entry, base, buffer.count, &result) == 0,
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
