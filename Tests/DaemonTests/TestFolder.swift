import Glibc

/// A failed call of the system, in a test's own preparations.
struct Unprepared: Error, CustomStringConvertible {
    let description: String

    init(_ what: String, code: Int32 = errno) {
        description = "\(what): \(String(cString: strerror(code)))"
    }
}

/// A new directory under /tmp that goes away with its content.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/credwatch-daemon.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Unprepared("mkdtemp") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        if let stream = opendir(path) {
            while let entry = readdir(stream) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != ".", name != "..", unlink(file(name)) != 0 { rmdir(file(name)) }
            }
            closedir(stream)
        }
        rmdir(path)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, and returns its path.
    @discardableResult
    func write(_ name: String, _ text: String, mode: mode_t = 0o600) throws -> String {
        let descriptor = open(file(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw Unprepared("open \(name)") }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard fchmod(descriptor, mode) == 0,
            Glibc.write(descriptor, bytes, bytes.count) == bytes.count
        else { throw Unprepared("write \(name)") }
        return file(name)
    }
}
