import CClock
import Glibc
import Model

/// The machine's own file system, read with bounds.
struct FileSystem: FileReading {
    /// 16 MiB, which is 130,000 profiles.
    static let maxSize = 16 << 20
    /// Major 1, minor 3: `/dev/null`.
    private static let nullDevice: dev_t = 0x103

    func now() -> Int64 {
        credwatch_clock(CLOCK_REALTIME)
    }

    func look(at path: String) -> FileLook {
        var status = stat()
        guard !path.utf8.contains(0) else {
            return .failed(unreadable(path, "its path holds a NUL character"))
        }
        guard stat(path, &status) == 0 else { return failure(path, errno) }
        // The usual way to tell an SDK that there is no such file.
        if status.st_mode & S_IFMT == S_IFCHR, status.st_rdev == Self.nullDevice {
            return .missing(note: "the null device")
        }
        if let reason = Self.refusal(status) { return .failed(unreadable(path, reason)) }
        return .regular(FileIdentity(status))
    }

    func read(_ path: String) -> FileContent {
        // A device may act on being opened, so only what is a file by its status is.
        switch look(at: path) {
        case .missing(let note): return .missing(note: note)
        case .failed(let problem): return .failed(problem)
        case .regular: break
        }
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else {
            switch failure(path, errno) {
            case .missing(let note): return .missing(note: note)
            case .failed(let problem): return .failed(problem)
            case .regular: return .missing(note: "it went away while it was read")
            }
        }
        defer { close(descriptor) }
        // Written to while it is read, a file is read again; the third attempt counts.
        var last: (bytes: [UInt8], identity: FileIdentity)?
        for _ in 0..<3 {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else {
                return .failed(unreadable(path, errorText(errno)))
            }
            if let reason = Self.refusal(status) { return .failed(unreadable(path, reason)) }
            let identity = FileIdentity(status)
            if let last, last.identity == identity { break }
            switch readAll(descriptor, expecting: Int(status.st_size)) {
            case .failure(let error): return .failed(unreadable(path, error.reason))
            case .success(let bytes): last = (bytes, identity)
            }
        }
        guard let last else { return .failed(unreadable(path, "nothing could be read")) }
        return .bytes(last.bytes, last.identity)
    }

    private struct ReadFailure: Error {
        var reason: String
    }

    private func readAll(
        _ descriptor: Int32, expecting size: Int
    ) -> Result<[UInt8], ReadFailure> {
        // One byte more than the size shows the end without another call.
        var capacity = size + 1
        var bytes: [UInt8] = []
        while true {
            var count = 0
            let filled = bytes.count
            var chunk = [UInt8](unsafeUninitializedCapacity: capacity - filled) { buffer, length in
                count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(filled))
                length = max(count, 0)
            }
            if count < 0 {
                if errno == EINTR { continue }
                return .failure(ReadFailure(reason: errorText(errno)))
            }
            if filled == 0 { swap(&bytes, &chunk) } else { bytes += chunk }
            if count == 0 { return .success(bytes) }
            if bytes.count > Self.maxSize {
                return .failure(ReadFailure(reason: "it is larger than 16 MiB"))
            }
            if bytes.count == capacity { capacity *= 2 }
        }
    }

    private static func refusal(_ status: stat) -> String? {
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            status.st_size > maxSize
                ? "it is larger than 16 MiB (\(status.st_size >> 20) MiB)" : nil
        case S_IFDIR: "it is a directory"
        case S_IFIFO: "it is a named pipe, not a file"
        case S_IFSOCK: "it is a socket, not a file"
        default: "it is a device, not a file"
        }
    }

    private func unreadable(_ path: String, _ reason: String) -> ResolveProblem {
        .fileUnreadable(
            path: path, reason: reason,
            hint: "Put a regular file of at most 16 MiB there, or name another one.")
    }

    /// Tells a missing file, which is normal, from one that cannot be reached.
    private func failure(_ path: String, _ code: Int32) -> FileLook {
        switch code {
        case ENOENT, ENOTDIR: .missing(note: missingNote(path))
        case EACCES, EPERM:
            .failed(
                .fileUnreadable(path: path, reason: errorText(code), hint: accessHint(path)))
        case ELOOP: .failed(unreadable(path, "its symbolic links lead in a circle"))
        case ESTALE, EIO, ENOTCONN, EHOSTDOWN, ETIMEDOUT:
            .failed(
                .fileUnreadable(
                    path: path, reason: errorText(code),
                    hint: "The file system that holds it does not work; look at its mount."))
        default: .failed(unreadable(path, errorText(code)))
        }
    }

    private func missingNote(_ path: String) -> String {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else {
            return "no such file"
        }
        return "a symbolic link to a file that does not exist"
    }
}

extension FileIdentity {
    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        modified = nanoseconds(status.st_mtim)
        changed = nanoseconds(status.st_ctim)
        ownership = FileOwnership(status)
    }
}

/// A time of the system in nanoseconds; file systems hold stamps of any size, so it wraps.
private func nanoseconds(_ time: timespec) -> Int64 {
    withUnsafePointer(to: time, credwatch_nanoseconds)
}

/// The system's text for an error code, without the capital that it begins with.
func errorText(_ code: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
        guard let base = buffer.baseAddress, strerror_r(code, base, buffer.count) == 0 else {
            return "error \(code)"
        }
        return String(cString: base)
    }
}
