import Glibc
import Testing

/// A directory of a test's own, removed with its content when the test ends.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/credwatch-bus-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil, "mkdtemp: \(String(cString: strerror(errno)))")
        path = template.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    deinit {
        Self.removeAll(path)
    }

    private static func removeAll(_ path: String) {
        // A link to a directory is removed, not followed.
        if unlink(path) == 0 { return }
        if let directory = opendir(path) {
            while let entry = readdir(directory) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != ".", name != ".." { removeAll("\(path)/\(name)") }
            }
            closedir(directory)
        }
        rmdir(path)
    }

    /// The path of an entry.
    subscript(name: String) -> String { "\(path)/\(name)" }

    /// Writes a file in place, keeping its inode if it exists.
    func write(_ name: String, _ text: String, mode: mode_t = 0o600) throws {
        try write(name, Array(text.utf8), mode: mode)
    }

    func write(_ name: String, _ bytes: [UInt8], mode: mode_t = 0o600) throws {
        let descriptor = open(
            self[name], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        try #require(descriptor >= 0, "open \(name): \(String(cString: strerror(errno)))")
        defer { close(descriptor) }
        #expect(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
    }

    func makeDirectory(_ name: String, mode: mode_t = 0o700) throws {
        try #require(mkdir(self[name], mode) == 0)
        try #require(chmod(self[name], mode) == 0)
    }

    /// Sets the time of the last modification, in seconds since 1970.
    func setModified(_ name: String, _ seconds: Int) throws {
        let time = timespec(tv_sec: seconds, tv_nsec: 0)
        let times = [time, time]
        try #require(utimensat(AT_FDCWD, self[name], times, 0) == 0)
    }
}
