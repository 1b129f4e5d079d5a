import CLinux
import Glibc

/// The socket on which systemd-journald takes native entries.
let journalSocket = "/run/systemd/journal/socket"

/// Tells whether a journal listens, by connecting to its socket.
///
/// `sd_journal_sendv` cannot tell: it returns 0 without a journal too.
package func journalIsPresent() -> Bool {
    socketListens(at: journalSocket)
}

func socketListens(at path: String) -> Bool {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let fits = withUnsafeMutableBytes(of: &address.sun_path) { target in
        guard path.utf8.count < target.count else { return false }
        target.copyBytes(from: path.utf8)
        return true
    }
    guard fits else { return false }
    let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let descriptor = socket(AF_UNIX, kind, 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return withUnsafePointer(to: address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
        }
    }
}

/// Tells whether what this process prints to a descriptor goes to the journal, as a service's does.
package func printsToJournal(_ descriptor: Int32) -> Bool {
    streamIsJournal(environmentVariable("JOURNAL_STREAM"), descriptor: descriptor)
}

/// Tells whether a value of JOURNAL_STREAM, `device:inode` in decimal, names an open descriptor.
func streamIsJournal(_ value: String?, descriptor: Int32) -> Bool {
    guard let parts = value?.split(separator: ":", omittingEmptySubsequences: false),
        parts.count == 2, let device = UInt64(parts[0]), let inode = UInt64(parts[1])
    else { return false }
    var information = stat()
    guard fstat(descriptor, &information) == 0 else { return false }
    return UInt64(information.st_dev) == device && UInt64(information.st_ino) == inode
}

/// Returns a variable of this process's environment.
package func environmentVariable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
}

/// Tells whether colours are welcome: on a terminal that knows them, unless NO_COLOR is set.
package func colorIsWelcome(
    descriptor: Int32, variable: (String) -> String? = environmentVariable
) -> Bool {
    isatty(descriptor) == 1 && (variable("NO_COLOR") ?? "").isEmpty && variable("TERM") != "dumb"
}
