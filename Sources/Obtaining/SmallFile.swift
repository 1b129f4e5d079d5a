import CLinux
import Glibc
import Model
import Processes

/// Why a small file is not used; each text is a clause that repeats nothing of what it holds.
enum FileRefusal: Error, Hashable, Sendable {
    case missing
    case unreadable(String)
    /// Somebody else than its user decides what is read.
    case untrusted(String)
    case tooLarge(limit: Int)
    case timedOut
}

/// Reads a whole small file, such as a token, that an application of a user reads.
///
/// Running as root on behalf of a user, it reads with the rights of that user and no others: a path out
/// of the user's own settings must not show it what only root may read. Then the file has to belong to
/// root or to that user, and nobody else may be able to put another in its place. Whoever it is for, a
/// file that others than its owner may write is refused.
func readSmallFile(
    _ path: String, for user: UInt32?, limit: Int = 65_536, within: Duration
) async -> Result<[UInt8], FileRefusal> {
    await offThread(key: path, within: within) {
        readNow(path, for: user, limit: limit)
    } ?? .failure(.timedOut)
}

/// Reads a file at once, as ``readSmallFile(_:for:limit:within:)`` does, however long that takes.
func readNow(_ path: String, for user: UInt32?, limit: Int) -> Result<[UInt8], FileRefusal> {
    guard let user, geteuid() == 0 else { return attempt(path, trusting: nil, limit: limit) }
    // Root's own files are read with root's own rights.
    guard user != 0 else { return attempt(path, trusting: user, limit: limit) }
    return withFileRights(of: user) { attempt(path, trusting: user, limit: limit) }
}

/// Reads a file; once more when it went away meanwhile, as those of a Kubernetes volume do when they are
/// replaced.
private func attempt(
    _ path: String, trusting user: UInt32?, limit: Int
) -> Result<[UInt8], FileRefusal> {
    let first = attemptOnce(path, trusting: user, limit: limit)
    guard case .failure(.missing) = first else { return first }
    return attemptOnce(path, trusting: user, limit: limit)
}

private func attemptOnce(
    _ path: String, trusting user: UInt32?, limit: Int
) -> Result<[UInt8], FileRefusal> {
    do throws(FileRefusal) {
        let descriptor = try openRegularFile(path, trusting: user)
        defer { close(descriptor) }
        return .success(try contents(of: descriptor, limit: limit))
    } catch {
        return .failure(error)
    }
}

private func contents(of descriptor: Int32, limit: Int) throws(FileRefusal) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    var length = 0
    while length <= limit {
        let start = length
        let count = bytes.withUnsafeMutableBytes {
            read(descriptor, $0.baseAddress?.advanced(by: start), $0.count - start)
        }
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw .unreadable(text(errno)) }
        if count == 0 { return Array(bytes[..<length]) }
        length += count
    }
    throw .tooLarge(limit: limit)
}

/// Does something with the rights to files that a user has, which are taken by this thread alone.
private func withFileRights(
    of user: UInt32, _ body: () -> Result<[UInt8], FileRefusal>
) -> Result<[UInt8], FileRefusal> {
    let account = UserAccount(lookingUp: user)
    // A user that no database knows has no groups; 65534 is nobody's everywhere.
    let group = account?.group ?? 65_534
    let groups = account?.groups ?? []
    var before = [gid_t](repeating: 0, count: max(0, Int(getgroups(0, nil))))
    let count = getgroups(Int32(before.count), &before)
    before = Array(before.prefix(max(0, Int(count))))
    defer { _ = credwatch_take_file_rights(0, getegid(), before.count, before) }
    guard credwatch_take_file_rights(user, group, groups.count, groups) == 0 else {
        return .failure(
            .unreadable("credwatch lacks the right to read as \(UserAccount.describe(user))"))
    }
    return body()
}
