import Glibc
import Testing

/// A directory of its own for each test, removed with everything in it.
final class TemporaryDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/credwatch-failing-over-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = template.withUnsafeBytes {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    deinit {
        remove(path)
    }

    /// Writes a file and returns its path.
    func write(_ name: String, _ bytes: [UInt8], mode: mode_t = 0o644) throws -> String {
        let file = path + "/" + name
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        try #require(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
        try #require(fchmod(descriptor, mode) == 0)
        return file
    }

    /// Writes an executable script.
    func script(_ text: String, _ name: String = "hook") throws -> String {
        try write(name, Array(text.utf8), mode: 0o755)
    }

    /// Reads a whole file; nil when there is none.
    func read(_ name: String) -> [UInt8]? {
        guard let file = fopen(path + "/" + name, "rbe") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
            bytes += chunk[..<count]
        }
        return bytes
    }

    /// The names in it, sorted.
    var names: [String] {
        entries(of: path).sorted()
    }

    private func remove(_ path: String) {
        for name in entries(of: path) {
            let entry = path + "/" + name
            if unlink(entry) != 0 { remove(entry) }
        }
        rmdir(path)
    }

    private func entries(of path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
