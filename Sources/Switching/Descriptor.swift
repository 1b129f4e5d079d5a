import CLinux
import Glibc
import Model

/// Why a step was not done; the path is added at the edge.
struct StepProblem: Error {
    var kind: SwitchProblem.Kind
    /// A clause without secrets.
    var reason: String

    static func refused(_ reason: String) -> StepProblem {
        StepProblem(kind: .refused, reason: reason)
    }

    static func failed(_ reason: String) -> StepProblem {
        StepProblem(kind: .failed, reason: reason)
    }

    /// What a call of the system has said; `what` is a clause about what was wanted.
    static func system(_ what: String, _ code: Int32 = errno) -> StepProblem {
        let reason = "\(what): \(systemText(code))"
        switch code {
        case EACCES, EPERM, EROFS, ELOOP, ENOTDIR, ENOENT, EISDIR, ENAMETOOLONG, EOPNOTSUPP:
            return .refused(reason)
        default: return .failed(reason)
        }
    }
}

/// Returns the system's own text for an `errno`.
func systemText(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
}

/// An open file or directory, closed on exec and at the end of its scope.
struct Descriptor: ~Copyable {
    let number: Int32

    /// Takes over what a call has returned.
    init(_ number: Int32, _ what: String) throws(StepProblem) {
        guard number >= 0 else { throw .system(what) }
        self.number = number
    }

    /// Opens a name of a directory, never through a symbolic link and without waiting.
    init(
        _ name: String, in directory: borrowing Descriptor, _ flags: Int32, mode: mode_t = 0,
        what: String
    ) throws(StepProblem) {
        let flags = flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        try self.init(openat(directory.number, name, flags, mode), what)
    }

    deinit {
        close(number)
    }

    var status: stat {
        get throws(StepProblem) {
            var status = stat()
            guard fstat(number, &status) == 0 else { throw .system("it cannot be looked at") }
            return status
        }
    }

    /// Reads from the beginning to the end, or to one byte more than `limit`.
    func read(limit: Int) throws(StepProblem) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= limit {
            let count = pread(number, &chunk, chunk.count, off_t(bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system("it cannot be read") }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return bytes
    }

    func write(_ bytes: [UInt8], what: String) throws(StepProblem) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(number, $0.baseAddress?.advanced(by: offset), $0.count - offset)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system(what) }
            offset += count
        }
    }

    func sync(what: String) throws(StepProblem) {
        while fsync(number) != 0 {
            guard errno == EINTR else { throw .system(what) }
        }
    }
}

extension stat {
    var kind: mode_t { st_mode & S_IFMT }

    /// Whether two looks were at one file, which was not written to in between.
    func isUnchanged(since other: stat) -> Bool {
        isSameFile(as: other) && st_size == other.st_size
            && withUnsafePointer(to: self, credwatch_modified)
                == withUnsafePointer(to: other, credwatch_modified)
    }

    func isSameFile(as other: stat) -> Bool {
        st_dev == other.st_dev && st_ino == other.st_ino
    }
}
