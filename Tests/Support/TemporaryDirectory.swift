import CDescriptors
import Glibc

/// A directory of a test's own, removed with its content when the test ends.
package final class TemporaryDirectory: Sendable {
    /// A call that failed, with the system's reason.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        init(_ call: String) {
            description = "\(call): \(String(cString: strerror(errno)))"
        }
    }

    package let path: String

    package init() throws(Failure) {
        var template = Array("/tmp/credwatch-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure("mkdtemp") }
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
    package subscript(name: String) -> String { "\(path)/\(name)" }

    /// Writes a file in place, keeping its inode if it exists.
    package func write(_ name: String, _ text: String, mode: UInt32 = 0o600) throws(Failure) {
        try write(name, Array(text.utf8), mode: mode)
    }

    package func write(_ name: String, _ bytes: [UInt8], mode: UInt32 = 0o600) throws(Failure) {
        let descriptor = open(
            self[name], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw Failure("open \(name)") }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw Failure("write \(name)")
        }
    }

    package func makeDirectory(_ name: String, mode: UInt32 = 0o700) throws(Failure) {
        guard mkdir(self[name], mode) == 0, chmod(self[name], mode) == 0 else {
            throw Failure("mkdir \(name)")
        }
    }

    /// Sets the time of the last modification, in seconds since 1970.
    package func setModified(_ name: String, _ seconds: Int) throws(Failure) {
        guard credwatch_set_modified(self[name], Int64(seconds)) == 0 else {
            throw Failure("utimensat \(name)")
        }
    }
}
