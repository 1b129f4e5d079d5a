import CLinux
import Glibc

/// Gives a new file what the old one has beside its content: owner, group, mode, access list, extended
/// attributes. Whatever cannot be kept is a refusal.
func copyAttributes(
    from old: borrowing Descriptor, to new: borrowing Descriptor
) throws(StepProblem) {
    let status = try old.status
    let made = try new.status
    if made.st_uid != status.st_uid || made.st_gid != status.st_gid,
        fchown(new.number, status.st_uid, status.st_gid) != 0
    {
        let what =
            made.st_uid != status.st_uid
            ? "its owner, \(describeUser(status.st_uid))," : "its group (gid \(status.st_gid))"
        throw .refused("\(what) could not be kept: \(systemText(errno))")
    }
    let wanted = try attributeNames(of: old)
    // A new file may have got an access list from its directory.
    for name in try attributeNames(of: new) where !wanted.contains(name) {
        guard fremovexattr(new.number, name) == 0 || errno == ENODATA else {
            throw .refused("a new file gets the attribute \(name): \(systemText(errno))")
        }
    }
    guard fchmod(new.number, status.st_mode & 0o7777) == 0 else {
        throw .system("its mode could not be kept")
    }
    for name in wanted {
        let value = try attribute(name, of: old)
        if (try? attribute(name, of: new)) == value { continue }
        guard fsetxattr(new.number, name, value, value.count, 0) == 0 else {
            let code = errno
            if code == ENOSPC || code == EDQUOT { throw .system("its attribute \(name)", code) }
            throw .refused("its attribute \(name) could not be kept: \(systemText(code))")
        }
    }
    let result = try new.status
    guard result.st_mode == status.st_mode, result.st_uid == status.st_uid,
        result.st_gid == status.st_gid
    else { throw .refused("its mode or owner could not be kept") }
}

/// The names of extended attributes, sorted, without those that the kernel writes for itself.
private func attributeNames(of file: borrowing Descriptor) throws(StepProblem) -> [String] {
    for _ in 0..<8 {
        let size = flistxattr(file.number, nil, 0)
        if size < 0, errno == EOPNOTSUPP { return [] }
        guard size >= 0 else { throw .system("its attributes cannot be listed") }
        if size == 0 { return [] }
        var buffer = [CChar](repeating: 0, count: size)
        let count = flistxattr(file.number, &buffer, size)
        if count < 0, errno == ERANGE { continue }
        guard count >= 0 else { throw .system("its attributes cannot be listed") }
        let names = buffer[..<count].split(separator: 0).map {
            String(decoding: $0.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        return names.filter { $0 != "security.ima" && $0 != "security.evm" }.sorted()
    }
    throw .failed("its attributes keep changing")
}

private func attribute(
    _ name: String, of file: borrowing Descriptor
) throws(StepProblem) -> [UInt8] {
    for _ in 0..<8 {
        let size = fgetxattr(file.number, name, nil, 0)
        guard size >= 0 else { throw .system("its attribute \(name) cannot be read") }
        var value = [UInt8](repeating: 0, count: size)
        let count = fgetxattr(file.number, name, &value, size)
        if count < 0, errno == ERANGE { continue }
        guard count >= 0 else { throw .system("its attribute \(name) cannot be read") }
        return Array(value[..<count])
    }
    throw .failed("its attribute \(name) keeps changing")
}
