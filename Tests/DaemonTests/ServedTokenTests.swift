import Glibc
import Model
import Signing
import Testing

@testable import Daemon

@Suite struct ServedTokenTests {
    private static let key: [UInt8] = [1, 2, 3]
    private static let good = "0123456789abcdef"
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func digest(_ token: String) -> KeyedDigest {
        KeyedDigest(of: Secret(token), key: Self.key)
    }

    /// Whether a file holds a token now.
    private func holds(_ text: String, _ token: inout ServedToken) throws -> Bool {
        try token.current().isSame(as: digest(text))
    }

    private func problem(of token: ServedToken) -> String? {
        var token = token
        do throws(TokenProblem) {
            _ = try token.current()
            return nil
        } catch {
            return error.reason
        }
    }

    @Test(arguments: [good, good + "\n", good + "\r\n"], [mode_t(0o600), 0o640, 0o440, 0o400])
    func `a token stands alone in a file of few readers`(_ text: String, _ mode: mode_t) throws {
        var token = ServedToken(path: try folder.write("t", text, mode: mode), key: Self.key)
        var isHeld = try holds(Self.good, &token)
        #expect(isHeld)
        isHeld = try holds("0123456789abcdee", &token)
        #expect(!isHeld)
    }

    @Test func `a file that changes is read again, also by a rename`() throws {
        let path = try folder.write("t", Self.good)
        var token = ServedToken(path: path, key: Self.key)
        var isHeld = try holds(Self.good, &token)
        #expect(isHeld)
        let new = "fedcba9876543210"
        try folder.write("t.new", new)
        #expect(rename(folder.file("t.new"), path) == 0)
        isHeld = try holds(new, &token)
        #expect(isHeld)
        // A token that is gone admits nobody, the old one neither.
        #expect(unlink(path) == 0)
        #expect(problem(of: token) != nil)
        try folder.write("t", Self.good)
        isHeld = try holds(Self.good, &token)
        #expect(isHeld)
        #expect(chmod(path, 0o604) == 0)
        #expect(problem(of: token) != nil)
    }

    @Test(
        arguments: [
            (good, 0o604, "everybody"), (good, 0o602, "everybody"), (good, 0o620, "its group"),
            ("", 0o600, "fewer than 16"), ("0123456789abcde\n", 0o600, "fewer than 16"),
            ("0123456789 abcdef", 0o600, "more than one line"),
            ("0123456789abcdef\n\n", 0o600, "more than one line"),
            ("0123456789\nabcdef", 0o600, "more than one line"),
            ("0123456789abcdef\u{e9}", 0o600, "header"),
            (String(repeating: "x", count: 4_097), 0o600, "more than 4096"),
            (String(repeating: "x", count: 1_000_000), 0o600, "more than"),
        ] as [(String, mode_t, String)])
    func `what is no safe token is refused`(_ text: String, _ mode: mode_t, _ reason: String) throws
    {
        let path = try folder.write("t", text, mode: mode)
        let found = problem(of: ServedToken(path: path, key: Self.key))
        #expect(found?.contains(reason) == true, "\(found ?? "nothing")")
        #expect(found?.contains("0123456789") == false)
    }

    @Test func `the longest token is taken`() throws {
        let text = String(repeating: "x", count: 4_096)
        var token = ServedToken(path: try folder.write("t", text + "\r\n"), key: Self.key)
        let isHeld = try holds(text, &token)
        #expect(isHeld)
    }

    @Test func `what is no file is refused without waiting`() throws {
        #expect(mkfifo(folder.file("fifo"), 0o600) == 0)
        #expect(problem(of: ServedToken(path: folder.file("fifo"), key: Self.key)) != nil)
        #expect(problem(of: ServedToken(path: folder.path, key: Self.key)) != nil)
        #expect(problem(of: ServedToken(path: "/dev/zero", key: Self.key)) != nil)
        #expect(problem(of: ServedToken(path: folder.file("none"), key: Self.key)) != nil)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a file away"))
    func `the file of another user is refused`() throws {
        let path = try folder.write("t", Self.good)
        #expect(chown(path, 65_534, 65_534) == 0)
        let found = problem(of: ServedToken(path: path, key: Self.key))
        #expect(found?.contains("belongs to uid 65534") == true)
    }
}
