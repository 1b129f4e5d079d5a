import CLinux
import Glibc

/// The lock beside a file: `NAME.credwatch.lock`, which all that write the file by credwatch take.
///
/// flock ends with the process, so a crash leaves nothing behind that matters.
struct LockFile: ~Copyable {
    private let file: Descriptor

    /// Takes the lock, and waits for it for as long as is given.
    init(of target: borrowing Target, within limit: Duration) throws(StepProblem) {
        let name = target.name + ".credwatch.lock"
        let deadline = ContinuousClock.now + limit
        while true {
            let file = try Descriptor(
                name, in: target.directory, O_RDWR | O_CREAT, mode: 0o600,
                what: "its lock \(name) cannot be opened")
            let status = try file.status
            guard status.kind == S_IFREG else { throw .refused("its lock \(name) is no file") }
            guard status.st_uid == target.owner || status.st_uid == 0, status.st_nlink == 1 else {
                throw .refused("its lock \(name) belongs to somebody else")
            }
            // Who may open it, may hold it.
            if status.st_mode & 0o077 != 0 { fchmod(file.number, 0o600) }
            while flock(file.number, LOCK_EX | LOCK_NB) != 0 {
                guard errno == EWOULDBLOCK || errno == EINTR else {
                    throw .system("its lock \(name) cannot be taken")
                }
                guard ContinuousClock.now < deadline else {
                    throw .failed("another credwatch holds its lock \(name)")
                }
                usleep(5_000)
            }
            // Somebody may have removed it in between.
            var now = stat()
            if fstatat(target.directory.number, name, &now, AT_SYMLINK_NOFOLLOW) == 0,
                now.isSameFile(as: status)
            {
                self.file = file
                return
            }
            guard ContinuousClock.now < deadline else {
                throw .failed("others keep removing its lock \(name)")
            }
        }
    }
}
