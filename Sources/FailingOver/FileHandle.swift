import Glibc

/// A failed system call.
struct SystemError: Error {
    var call: String
    var code: Int32

    /// Takes over the `errno` of a call, unless another code is given.
    init(_ call: String, code: Int32 = errno) {
        self.call = call
        self.code = code
    }

    var reason: String { "\(call): \(systemText(code))" }
}

/// Returns the system's own text for an `errno`.
func systemText(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
}

/// A file descriptor that is closed on exec, and at the end of its scope.
struct FileHandle: ~Copyable {
    let number: Int32

    /// Opens a file of a directory, never through a symbolic link, and without waiting for a writer.
    init(
        _ name: String, in directory: Int32, _ flags: Int32, mode: mode_t = 0
    ) throws(SystemError) {
        let flags = flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        number = openat(directory, name, flags, mode)
        if number < 0 { throw SystemError("open") }
    }

    /// Opens a directory.
    init(directory path: String) throws(SystemError) {
        number = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if number < 0 { throw SystemError("open") }
    }

    deinit {
        if number >= 0 { close(number) }
    }

    var isRegular: Bool {
        get throws(SystemError) {
            var status = stat()
            guard fstat(number, &status) == 0 else { throw SystemError("fstat") }
            return status.st_mode & S_IFMT == S_IFREG
        }
    }

    /// Reads to the end, or to one byte more than `limit`.
    func read(limit: Int) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= limit {
            let count = Glibc.read(number, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("read") }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return bytes
    }

    func write(_ bytes: [UInt8]) throws(SystemError) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(number, $0.baseAddress?.advanced(by: offset), $0.count - offset)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError("write") }
            offset += count
        }
    }

    func sync() throws(SystemError) {
        while fsync(number) != 0 {
            guard errno == EINTR else { throw SystemError("fsync") }
        }
    }
}
