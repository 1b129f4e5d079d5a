import CLinux
import Glibc
import Model
import Signing

/// Why a file holds no token that could be used; each text is a clause that repeats nothing of what it holds.
package struct TokenProblem: Error, Sendable, Hashable, CustomStringConvertible {
    package var path: String
    package var reason: String
    /// Whether another user than the one who looked may find it usable.
    package var dependsOnUser = false

    package var description: String { "the token file \(path) \(reason)" }
}

/// The token of a group, read again when its file changes, so that it can be replaced without a reload.
///
/// It belongs to the loop of its server.
struct ServedToken {
    /// By which a change of the file is noticed.
    private struct Stamp: Hashable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var modified: Int64
        var changed: Int64

        init(_ status: stat) {
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            size = Int64(status.st_size)
            (modified, changed) = withUnsafePointer(to: status) {
                (credwatch_modified($0), credwatch_changed($0))
            }
        }
    }

    static let lengths = 16...4_096

    let path: String
    private let key: [UInt8]
    private var stamp: Stamp?
    private var digest: KeyedDigest?

    /// `key` is what tokens are hashed with before they are compared.
    init(path: String, key: [UInt8]) {
        self.path = path
        self.key = key
    }

    /// Returns the digest of the token that stands in the file now.
    mutating func current() throws(TokenProblem) -> KeyedDigest {
        do throws(TokenProblem) {
            return try read()
        } catch {
            digest = nil
            stamp = nil
            throw error
        }
    }

    private mutating func read() throws(TokenProblem) -> KeyedDigest {
        // Symbolic links are followed: systemd and Kubernetes put one in the place of such a file. Whose it
        // is, and who may read it, is asked of the file itself.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            let code = errno
            throw problem("cannot be read: \(text(code))", dependsOnUser: code == EACCES)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw problem("cannot be read: \(text(errno))")
        }
        if let flaw = flaw(of: status) { throw problem(flaw) }
        guard status.st_uid == 0 || status.st_uid == geteuid() else {
            throw problem(
                "belongs to uid \(status.st_uid), neither to root nor to credwatch's user",
                dependsOnUser: true)
        }
        let new = Stamp(status)
        if let digest, stamp == new { return digest }
        let token = try token(of: descriptor)
        let fresh = KeyedDigest(of: token, key: key)
        (stamp, digest) = (new, fresh)
        return fresh
    }

    /// What forbids to go by a file.
    private func flaw(of status: stat) -> String? {
        guard status.st_mode & S_IFMT == S_IFREG else { return "is no regular file" }
        if status.st_mode & S_IWGRP != 0 { return "may be written by its group" }
        return status.st_mode & S_IRWXO != 0
            ? "may be read or written by everybody; it needs a mode like 0640 or 0600" : nil
    }

    private func token(of descriptor: Int32) throws(TokenProblem) -> Secret {
        var bytes = [UInt8](repeating: 0, count: Self.lengths.upperBound + 3)
        var length = 0
        while length < bytes.count {
            let start = length
            let count = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress?.advanced(by: start), $0.count - start)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw problem("cannot be read: \(text(errno))") }
            if count == 0 { break }
            length += count
        }
        var token = bytes[..<length]
        if token.last == 0x0A { token.removeLast() }
        if token.last == 0x0D { token.removeLast() }
        guard token.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw problem("holds more than one line, or what may not stand in a header")
        }
        guard token.count >= Self.lengths.lowerBound else {
            throw problem("holds fewer than \(Self.lengths.lowerBound) characters")
        }
        guard token.count <= Self.lengths.upperBound else {
            throw problem("holds more than \(Self.lengths.upperBound) characters")
        }
        return Secret(bytes: Array(token))
    }

    private func problem(_ reason: String, dependsOnUser: Bool = false) -> TokenProblem {
        TokenProblem(path: path, reason: reason, dependsOnUser: dependsOnUser)
    }

    private func text(_ code: Int32) -> String { String(cString: strerror(code)) }
}
