import Glibc
import Testing

@testable import Daemon

@Suite(.enabled(if: geteuid() == 0, "needs root, who owns the files"))
struct MoverTrustTests {
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        try folder.write("config", "profiles: []\n")
        chmod(folder.path, 0o755)
        chmod(folder.file("config"), 0o644)
    }

    /// What is found below the folder; /tmp itself may be written by anyone.
    private func found(_ name: String) -> String? {
        writersBesidesRoot(of: folder.file(name))
    }

    @Test func `a directory that anyone may write is no place for a config`() {
        #expect(found("config") == "/tmp may be written by anyone")
    }

    @Test func `what belongs to root alone is trusted`() {
        #expect(writersBesidesRoot(of: "/etc/hostname") == nil)
        #expect(writersBesidesRoot(of: "/etc/../etc/./hostname") == nil)
    }

    @Test(arguments: ["", "etc/hostname", "/etc/no-such-file", "/etc/hostname/x"])
    func `what is not there is not trusted`(path: String) {
        #expect(writersBesidesRoot(of: path) != nil)
    }
}
