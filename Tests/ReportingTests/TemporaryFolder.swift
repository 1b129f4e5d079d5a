import Glibc

/// A new directory under /tmp that goes away with its content.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/credwatch-reporting.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SpawnProblem(program: "mkdtemp", code: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for name in (try? names()) ?? [] {
            unlink("\(path)/\(name)")
            rmdir("\(path)/\(name)")
        }
        rmdir(path)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// The names of all entries, sorted.
    func names() throws -> [String] { try namesIn(path) }
}

/// The names of all entries of a directory, sorted.
func namesIn(_ path: String) throws -> [String] {
    guard let stream = opendir(path) else { throw SpawnProblem(program: "opendir", code: errno) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
}

/// Writes a file as a test needs it, in place.
func put(_ bytes: [UInt8], at path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw SpawnProblem(program: "open", code: errno) }
    defer { close(descriptor) }
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    guard count == bytes.count else { throw SpawnProblem(program: "write", code: errno) }
}

/// Reads a whole file.
func content(of path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SpawnProblem(program: "open", code: errno) }
    defer { close(descriptor) }
    return readToEnd(descriptor)
}

/// Returns where a symbolic link points to.
func readLink(_ path: String) -> String? {
    var target = [CChar](repeating: 0, count: 4_096)
    let count = readlink(path, &target, target.count)
    guard count >= 0 else { return nil }
    return String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
