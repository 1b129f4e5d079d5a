import Glibc
import Model
import Testing

@testable import Configuring

/// A directory of its own for each test, removed at its end.
private final class Directory {
    let path: String

    init() throws {
        var template = Array("/tmp/credwatch-configuring-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = template.withUnsafeBytes {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    deinit {
        unlink(path + "/c.yaml")
        rmdir(path)
    }

    func write(_ text: String, mode: mode_t = 0o644) throws -> String {
        let file = path + "/c.yaml"
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        try #require(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
        try #require(fchmod(descriptor, mode) == 0)
        return file
    }
}

@Suite struct LoadConfigurationTests {
    private let text = "profiles: [{name: app}]\n"

    @Test func aGoodFileIsAcceptedWithoutAWord() throws {
        let directory = try Directory()
        let path = try directory.write(text)
        let result = loadConfiguration(path: path)
        #expect(result.problems == [])
        #expect(
            result.configuration?.profiles.first?.location
                == Model.SourceLocation(file: path, line: 1, column: 12))
    }

    @Test(arguments: [
        ("/nonexistent/c.yaml", "file-missing"), ("/etc/passwd/c.yaml", "file-missing"),
        ("/tmp", "not-a-file"), ("/dev/null", "not-a-file"),
    ])
    func whatCannotBeReadIsNamed(path: String, rule: String) {
        let result = loadConfiguration(path: path)
        #expect(result.problems.map(\.rule) == [rule])
        #expect(result.configuration == nil)
        #expect(result.problems.allSatisfy { $0.description.hasPrefix(path + ": ") })
    }

    @Test func aFIFODoesNotHang() throws {
        let directory = try Directory()
        let path = directory.path + "/c.yaml"
        try #require(mkfifo(path, 0o600) == 0)
        #expect(loadConfiguration(path: path).problems.map(\.rule) == ["not-a-file"])
    }

    @Test func aFileThatAnyoneMayWriteIsRefused() throws {
        let directory = try Directory()
        let path = try directory.write(text, mode: 0o646)
        let result = loadConfiguration(path: path)
        #expect(result.configuration == nil)
        #expect(result.problems.map(\.rule) == ["writable-by-anyone"])
    }

    @Test func aFileThatAnyoneMayReplaceIsRefused() throws {
        let directory = try Directory()
        let path = try directory.write(text)
        chmod(directory.path, 0o777)
        #expect(loadConfiguration(path: path).problems.map(\.rule) == ["writable-by-anyone"])
        chmod(directory.path, 0o1777)
        #expect(loadConfiguration(path: path).problems == [])
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a file to another owner"))
    func aFileOfAnotherUserOrGroupGetsAWarning() throws {
        let directory = try Directory()
        let path = try directory.write(text, mode: 0o664)
        try #require(chown(path, 12_345, 23_456) == 0)
        let result = loadConfiguration(path: path)
        #expect(result.configuration != nil)
        #expect(result.problems.map(\.rule) == ["writable-by-group", "owned-by-another"])
        #expect(result.problems.allSatisfy { $0.severity == .warning })
    }

    @Test func aBadFileHasItsProblems() throws {
        let directory = try Directory()
        let path = try directory.write("profiles: []\n")
        let result = loadConfiguration(path: path)
        #expect(result.problems.map(\.description).first?.hasPrefix(path + ":1:11: ") == true)
    }

    @Test func aFileWithoutAnEndIsNotReadToIt() throws {
        let directory = try Directory()
        let path = try directory.write("")
        try #require(truncate(path, 1 << 40) == 0)
        #expect(loadConfiguration(path: path).problems.map(\.rule) == ["too-large"])
    }
}
