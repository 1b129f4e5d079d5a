import CLinux
import Glibc
package import Model

/// Why a status file cannot be used, with what to do about it.
package enum StatusReadProblem: Error, Sendable, Hashable, CustomStringConvertible {
    case missing(path: String)
    /// `reason` is the system's own text, or what stands there instead of a file.
    case unreadable(path: String, reason: String)
    case tooLarge(path: String, limit: Int)
    /// `place` is a path into the document like `profiles[3].state`, empty for the document itself.
    case malformed(path: String, place: String, what: String)
    case unsupportedSchema(path: String, found: String)

    package var description: String {
        switch self {
        case .missing(let path):
            "\(path) does not exist; is credwatch running, and with this status file? (`systemctl status credwatch`)"
        case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
        case .tooLarge(let path, let limit):
            "\(path) is larger than \(limit / 1_048_576) MiB, no status file of credwatch"
        case .malformed(let path, let place, let what):
            "\(path) is no status file of credwatch: "
                + (place.isEmpty ? what : "\(place): \(what)")
        case .unsupportedSchema(let path, let found):
            "\(path) has the schema \"\(visible(bounded(found, bytes: 100)))\", this version reads"
                + " \"\(statusSchema)\"; use the credwatch that wrote it"
        }
    }
}

/// A status file as it was read.
package struct StatusContents: Sendable {
    package var document: StatusDocument
    /// The file itself, for those who want its JSON.
    package var bytes: [UInt8]
}

/// The largest status file that is read: some 60,000 profiles.
private let sizeLimit = 64 * 1_048_576

/// Reads a status file.
package func readStatus(path: String) throws(StatusReadProblem) -> StatusContents {
    let bytes = try readBounded(path: path, limit: sizeLimit)
    return StatusContents(document: try decodeStatus(bytes, path: path), bytes: bytes)
}

/// Reads a regular file of at most `limit` bytes.
func readBounded(path: String, limit: Int) throws(StatusReadProblem) -> [UInt8] {
    // Without O_NONBLOCK a FIFO in the file's place would hold this process until somebody writes.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else {
        let code = errno
        if code == ENOENT { throw .missing(path: path) }
        throw .unreadable(path: path, reason: systemText(code))
    }
    defer { close(descriptor) }
    var information = stat()
    guard fstat(descriptor, &information) == 0 else {
        throw .unreadable(path: path, reason: systemText(errno))
    }
    guard information.st_mode & S_IFMT == S_IFREG else {
        throw .unreadable(path: path, reason: "it is not a regular file")
    }
    guard information.st_size <= limit else { throw .tooLarge(path: path, limit: limit) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(information.st_size))
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = piece.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        if count == 0 { return bytes }
        if count > 0 {
            bytes.append(contentsOf: piece[..<count])
            guard bytes.count <= limit else { throw .tooLarge(path: path, limit: limit) }
        } else if errno != EINTR {
            throw .unreadable(path: path, reason: systemText(errno))
        }
    }
}
