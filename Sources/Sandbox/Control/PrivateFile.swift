import Glibc

/// Writes a file that only its owner may read, whole or not at all.
///
/// A file that is there already is replaced only when it is empty or begins with the mark of an
/// earlier sandbox: a slip in a path must not cost anybody their real credentials.
enum PrivateFile {
    static let mark = "# written by credwatch-sandbox\n"

    /// Writes the mark and the text to a path, with mode 0600.
    static func write(_ text: String, to path: String) throws(SandboxError) {
        try checkReplaceable(path)
        let temporary = "\(path).\(getpid()).tmp"
        unlink(temporary)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
        let descriptor = open(temporary, flags, 0o600)
        guard descriptor >= 0 else { throw .unwritable(path: temporary, errno) }
        let failure = writeAll(Array((mark + text).utf8), to: descriptor)
        close(descriptor)
        if let failure {
            unlink(temporary)
            throw .unwritable(path: path, failure)
        }
        guard rename(temporary, path) == 0 else {
            let number = errno
            unlink(temporary)
            throw .unwritable(path: path, number)
        }
    }

    /// Makes a directory that only its owner may enter, unless it is there.
    static func makeDirectory(_ path: String) throws(SandboxError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw .unwritable(path: path, errno)
        }
    }

    private static func checkReplaceable(_ path: String) throws(SandboxError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw errno == ELOOP ? .foreignFile(path) : .unwritable(path: path, errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .foreignFile(path)
        }
        var start = [UInt8](repeating: 0, count: mark.utf8.count)
        let count = read(descriptor, &start, start.count)
        guard count == 0 || count == start.count && start == Array(mark.utf8) else {
            throw .foreignFile(path)
        }
    }

    /// Returns the `errno` of a failure.
    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            rest = rest.dropFirst(count)
        }
        return nil
    }
}
