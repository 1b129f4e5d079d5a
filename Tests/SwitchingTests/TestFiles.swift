import Glibc
import Model
import Support
import Testing

@testable import Switching

/// A directory for one test, in which nobody else may write.
final class TestDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/credwatch-switch-XXXXXX".utf8CString)
        path = try #require(mkdtemp(&template).map { String(cString: $0) })
    }

    deinit {
        // A directory of the tests holds files, links and one level of directories.
        for name in entries(of: path, hidden: true) {
            let entry = "\(path)/\(name)"
            for inner in entries(of: entry, hidden: true) { unlink("\(entry)/\(inner)") }
            if unlink(entry) != 0 { rmdir(entry) }
        }
        rmdir(path)
    }

    func write(_ name: String, _ text: String, mode: mode_t = 0o600) throws -> String {
        let file = "\(path)/\(name)"
        try write(file: file, text, mode)
        return file
    }

    private func write(file: String, _ text: String, _ mode: mode_t) throws {
        let stream = try #require(fopen(file, "we"))
        defer { fclose(stream) }
        #expect(fputs(text, stream) >= 0)
        #expect(fchmod(fileno(stream), mode) == 0)
    }

    /// What is there beside the file and its lock.
    var names: [String] { entries(of: path, hidden: true).filter { !$0.hasSuffix(".lock") } }
}

func entries(of path: String, hidden: Bool = false) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != "..", hidden || !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
}

func contents(of path: String) throws -> [UInt8] {
    let file = try #require(fopen(path, "re"), "\(path)")
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
        let count = fread(&chunk, 1, chunk.count, file)
        if count == 0 { return bytes }
        bytes += chunk[..<count]
    }
}

func text(of path: String) throws -> String {
    String(decoding: try contents(of: path), as: UTF8.self)
}

/// The keys of a number, as credwatch-switch writes them.
func numberedKeys(_ number: Int) -> WrittenKeys {
    let digits = String(number)
    let padded = String(repeating: "0", count: 16 - digits.count) + digits
    return WrittenKeys(
        accessKeyID: "AKIA" + padded, secretAccessKey: Secret("secret+/" + padded),
        sessionToken: number % 3 == 0 ? Secret("token+/=" + padded) : nil)
}

/// A profile with the keys of a number, as a new one is written.
func section(_ profile: String, _ number: Int) -> String {
    let keys = numberedKeys(number)
    let token = keys.sessionToken.map { "aws_session_token = \($0.reveal())\n" } ?? ""
    return "[\(profile)]\naws_access_key_id = \(keys.accessKeyID)\n"
        + "aws_secret_access_key = \(keys.secretAccessKey.reveal())\n" + token
}
