import CLinux
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

    @Test func `a directory that is still to be made is as good as the one it will be in`() {
        #expect(
            writersBesidesRoot(ofDirectory: "/tmp/no-such") == "/tmp may be written by anyone")
        #expect(writersBesidesRoot(ofDirectory: "/etc/no-such") == nil)
        #expect(writersBesidesRoot(ofDirectory: "/no-such") == nil)
        #expect(writersBesidesRoot(ofDirectory: "/etc") == nil)
        #expect(writersBesidesRoot(ofDirectory: "/etc/no-such/other") != nil)
        #expect(writersBesidesRoot(ofDirectory: "no-such") != nil)
    }

    @Test func `an access list is as good as a group`() throws {
        #expect(writersBesidesRoot(ofEntry: folder.path, isLink: false) == nil)
        chmod(folder.path, 0o775)
        #expect(writersBesidesRoot(ofEntry: folder.path, isLink: false) == nil)
        // Version 2; owner rwx, user 65534 rwx, group r-x, mask rwx, others r-x.
        let list: [UInt8] = [
            2, 0, 0, 0, 1, 0, 7, 0, 255, 255, 255, 255, 2, 0, 7, 0, 254, 255, 0, 0,
            4, 0, 5, 0, 255, 255, 255, 255, 16, 0, 7, 0, 255, 255, 255, 255,
            32, 0, 5, 0, 255, 255, 255, 255,
        ]
        try #require(
            setxattr(folder.path, "system.posix_acl_access", list, list.count, 0) == 0)
        #expect(
            writersBesidesRoot(ofEntry: folder.path, isLink: false)
                == "\(folder.path) may be written by those of its access list")
    }
}
