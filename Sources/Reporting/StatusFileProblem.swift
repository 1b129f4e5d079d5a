import Glibc

/// Why the status file could not be replaced; the old one is whole.
package struct StatusFileProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The step that failed.
    package enum Operation: String, Sendable, Hashable, CaseIterable {
        case openDirectory = "open_directory"
        case create, write, sync, rename
        case syncDirectory = "sync_directory"
    }

    package var path: String
    package var operation: Operation
    /// The system's errno.
    package var code: Int32
    /// Which file it is: `status file`, `metrics file`.
    package var what: String

    package init(path: String, operation: Operation, code: Int32, what: String = "status file") {
        self.what = what
        self.path = path
        self.operation = operation
        self.code = code
    }

    /// The system's own text: `No space left on device`.
    package var reason: String { systemText(code) }

    /// What most likely helps, as a clause; nil when the reason says it all.
    package var hint: String? {
        switch code {
        case ENOSPC, EDQUOT: "the disk is full: make room and it is written again by itself"
        case EROFS:
            "the file system is mounted read-only, or ProtectSystem= of the unit makes it so; ReadWritePaths= names what may be written"
        case ENOENT where operation == .openDirectory:
            "the directory is missing: create it, or let systemd do so by RuntimeDirectory="
        case ENOTDIR: "a part of the path is not a directory"
        case EACCES, EPERM: "the service's user may not write there"
        case EISDIR: "the path names a directory; it has to name a file in one"
        case ELOOP:
            "the path leads through a symbolic link of another user, or through too many of them"
        case EEXIST: "a device, a FIFO or a socket is in its place, which is not replaced"
        case EIO: "the disk has errors: see the kernel's log"
        default: nil
        }
    }

    /// The problem in few words for a status line: `status file not written: No space left on device`.
    package var clause: String { "\(what) not written: \(reason)" }

    /// `cannot write /run/credwatch/status.json: No space left on device (create); the disk is full: …`.
    package var description: String {
        "cannot write the \(what) \(path): \(reason) (\(operation.words))"
            + (hint.map { "; \($0)" } ?? "")
    }
}

extension StatusFileProblem.Operation {
    fileprivate var words: String {
        switch self {
        case .openDirectory: "opening its directory"
        case .create: "creating a temporary file"
        case .write: "writing the temporary file"
        case .sync: "syncing the temporary file"
        case .rename: "renaming the temporary file"
        case .syncDirectory: "syncing the directory"
        }
    }
}

/// Returns the system's text for an errno.
func systemText(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
}
