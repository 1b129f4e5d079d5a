import CClock
import CLinux
import CSystemd
import Glibc
package import Model

/// The status file, replaced as a whole so that a reader sees the old one or the new one.
package struct StatusFile: Sendable {
    package let path: String
    /// What it is, for messages.
    private let what: String
    /// The directory that it is in.
    package let directory: String
    private let name: String

    package init(path: String, what: String = "status file") {
        self.path = path
        self.what = what
        let slash = path.utf8.lastIndex(of: 0x2F)
        name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
        let parent = slash.map { String(path[..<$0]) } ?? "."
        directory = parent.isEmpty ? "/" : parent
    }

    /// Replaces the file: a temporary file beside it, written, synced and renamed, mode 0644.
    ///
    /// Only a file or a link to one is replaced, so that `/dev/stdout` or a FIFO stays what it is. Waits
    /// for the disk, so it belongs on a queue of its own. After a failure the old file is whole and the
    /// temporary one is gone. Only a failure of `syncDirectory` leaves the new content in place.
    package func write(_ bytes: [UInt8]) throws(StatusFileProblem) {
        let folder = try openDirectory()
        defer { close(folder) }
        var information = stat()
        if fstatat(folder, name, &information, 0) == 0 {
            switch information.st_mode & S_IFMT {
            case S_IFCHR, S_IFBLK, S_IFIFO, S_IFSOCK:
                throw StatusFileProblem(path: path, operation: .create, code: EEXIST, what: what)
            default: break
            }
        }
        let temporary =
            ".\(name).\(getpid()).\(String(UInt32.random(in: .min ... .max), radix: 16)).tmp"
        let descriptor = openat(
            folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw problem(.create) }
        do throws(StatusFileProblem) {
            defer { close(descriptor) }
            try fill(descriptor, with: bytes)
        } catch {
            unlinkat(folder, temporary, 0)
            throw error
        }
        guard renameat(folder, temporary, folder, name) == 0 else {
            let problem = problem(.rename)
            unlinkat(folder, temporary, 0)
            throw problem
        }
        // File systems that cannot sync a directory say EINVAL.
        while fsync(folder) != 0, errno != EINVAL {
            guard errno == EINTR else { throw problem(.syncDirectory) }
        }
    }

    /// Removes the file, if it is this user's own and no other thing than a file.
    package func remove() {
        guard let folder = try? openDirectory() else { return }
        defer { close(folder) }
        var information = stat()
        guard fstatat(folder, name, &information, AT_SYMLINK_NOFOLLOW) == 0,
            information.st_mode & S_IFMT == S_IFREG, information.st_uid == geteuid()
        else { return }
        unlinkat(folder, name, 0)
    }

    /// Removes temporary files that a crash left behind: of this user, and last written before `start`.
    ///
    /// `start` is when this process began, so that what it writes itself is never touched. Returns the names.
    @discardableResult
    package func removeLeftovers(before start: WallTime) -> [String] {
        guard let folder = try? openDirectory() else { return [] }
        guard let stream = fdopendir(folder) else {
            close(folder)
            return []
        }
        defer { closedir(stream) }
        var removed: [String] = []
        while let entry = readdir(stream) {
            let candidate = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard isTemporaryName(candidate) else { continue }
            var information = stat()
            guard fstatat(folder, candidate, &information, AT_SYMLINK_NOFOLLOW) == 0,
                information.st_mode & S_IFMT == S_IFREG, information.st_uid == geteuid(),
                modificationTime(information) < start, unlinkat(folder, candidate, 0) == 0
            else { continue }
            removed.append(candidate)
        }
        return removed.sorted()
    }

    /// Whether a name is one that ``write(_:)`` gives a temporary file: `.NAME.PROCESS.RANDOM.tmp`.
    private func isTemporaryName(_ candidate: String) -> Bool {
        guard candidate.hasPrefix(".\(name)."), candidate.hasSuffix(".tmp") else { return false }
        let middle = candidate.utf8.dropFirst(name.utf8.count + 2).dropLast(4)
        let parts = middle.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 2, let process = parts.first, let random = parts.last else {
            return false
        }
        return !process.isEmpty && process.allSatisfy { (0x30...0x39).contains($0) }
            && (1...8).contains(random.count)
            && random.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// Tells what is unsafe about the directory, as a sentence; nil when nothing is, or it is missing.
    ///
    /// Only a warning: who may write into the directory may replace the file, but credwatch itself reads
    /// nothing from it, and a refusal would cost the operator the status.
    package func directoryWarning() -> String? {
        guard let folder = try? openDirectory() else { return nil }
        defer { close(folder) }
        var information = stat()
        guard fstat(folder, &information) == 0 else { return nil }
        let mode = information.st_mode
        if mode & S_IWOTH != 0, mode & S_ISVTX == 0 {
            return "Every user may replace \(path), because \(directory) is writable by all"
                + " and has no sticky bit; chmod o-w \(directory)."
        }
        guard information.st_uid != 0, information.st_uid != geteuid() else { return nil }
        return "The user with id \(information.st_uid) owns \(directory) and may replace \(path);"
            + " it should belong to root or to the service's user."
    }

    private func openDirectory() throws(StatusFileProblem) -> Int32 {
        guard !name.isEmpty, name != ".", name != ".." else {
            throw StatusFileProblem(path: path, operation: .openDirectory, code: EISDIR, what: what)
        }
        do throws(DirectoryProblem) {
            return try Reporting.openDirectory(directory)
        } catch {
            throw StatusFileProblem(
                path: path, operation: .openDirectory, code: error.code, what: what)
        }
    }

    private func fill(_ descriptor: Int32, with bytes: [UInt8]) throws(StatusFileProblem) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count == 0 || errno != EINTR {
                throw problem(.write)
            }
        }
        // Not at creation, where the umask has its say.
        guard fchmod(descriptor, 0o644) == 0 else { throw problem(.create) }
        while fsync(descriptor) != 0 {
            guard errno == EINTR else { throw problem(.sync) }
        }
    }

    /// Makes the problem from errno, so it has to come before any other call.
    private func problem(_ operation: StatusFileProblem.Operation) -> StatusFileProblem {
        StatusFileProblem(path: path, operation: operation, code: errno, what: what)
    }
}

private func modificationTime(_ information: stat) -> WallTime {
    WallTime(nanoseconds: withUnsafePointer(to: information.st_mtim, credwatch_nanoseconds))
}
