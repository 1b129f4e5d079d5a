import CLinux
import Glibc

/// A user as the password database names them: `app (uid 1000)`.
func describeUser(_ user: uid_t) -> String {
    passwordEntry(of: user).map { "\($0.name) (uid \(user))" } ?? "uid \(user)"
}

private func passwordEntry(of user: uid_t) -> (name: String, group: gid_t)? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 65_536) { buffer in
        var entry = passwd()
        var result: UnsafeMutablePointer<passwd>?
        guard let base = buffer.baseAddress,
            getpwuid_r(user, &entry, base, buffer.count, &result) == 0,
            result != nil, let name = entry.pw_name
        else { return nil }
        return (String(cString: name), entry.pw_gid)
    }
}

private func groups(of name: String, _ primary: gid_t) -> [gid_t] {
    var count: Int32 = 64
    while true {
        var list = [gid_t](repeating: 0, count: Int(count))
        let room = count
        if getgrouplist(name, primary, &list, &count) >= 0 { return Array(list.prefix(Int(count))) }
        // It says how many there are.
        guard count > room, count <= 65_536 else { return [primary] }
    }
}

/// Does something with the rights to files of another user, on this thread only.
///
/// As root, all rights beyond that user's are put down meanwhile, so the kernel decides what may be
/// opened, made and renamed. Anybody else keeps the own rights.
func withFileRights<Value>(
    of user: uid_t, _ body: () throws(StepProblem) -> Value
) throws(StepProblem) -> Value {
    guard geteuid() == 0, user != 0 else { return try body() }
    let entry = passwordEntry(of: user)
    // A user that no database knows has no groups; 65534 is nobody's everywhere.
    let list = entry.map { groups(of: $0.name, $0.group) } ?? []
    var before = [gid_t](repeating: 0, count: max(0, Int(getgroups(0, nil))))
    let count = getgroups(Int32(before.count), &before)
    before = Array(before.prefix(max(0, Int(count))))
    defer { _ = credwatch_take_file_rights(0, getegid(), before.count, before) }
    guard credwatch_take_file_rights(user, entry?.group ?? 65_534, list.count, list) == 0 else {
        throw .failed("credwatch lacks the right to write as \(describeUser(user))")
    }
    return try body()
}
