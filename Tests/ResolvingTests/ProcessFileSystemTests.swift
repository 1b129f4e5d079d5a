import Glibc
import Model
import Support
import Testing

@testable import Resolving

/// The root is a directory here, as that of a container is one in /proc.
@Suite struct ProcessFileSystemTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try #require(chmod(directory.path, 0o755) == 0)
        try directory.makeDirectory("etc", mode: 0o755)
        try directory.write("etc/config", "inside", mode: 0o644)
    }

    private func files(user: UInt32 = 0, groups: [UInt32] = []) throws -> ProcessFileSystem {
        let text =
            "Uid:\t0\t\(user)\t0\t0\nGid:\t0\t\(user)\t0\t0\nGroups:\t"
            + groups.map { "\($0)" }.joined(separator: " ") + "\n"
        let rights: FileRights = try #require(FileRights(parsing: Array(text.utf8)))
        return ProcessFileSystem(
            root: ProcessRoot(path: directory.path, process: 812, isAnother: true),
            rights: rights, workingDirectory: "/etc")
    }

    private func text(_ content: FileContent) -> String {
        switch content {
        case .missing(let note): "missing: \(note)"
        case .failed(.fileUnreadable(let path, let reason, _)): "\(path): \(reason)"
        case .failed(let problem): "\(problem)"
        case .bytes(let bytes, _): String(decoding: bytes, as: UTF8.self)
        }
    }

    @Test func pathsAreBelowTheRoot() throws {
        let files = try files()
        #expect(files.note == " (in the file system of PID 812)")
        #expect(text(files.read("/etc/config")) == "inside")
        #expect(text(files.read("/etc/config\(files.note)")) == "inside")
        #expect(text(files.read("config")) == "inside")
        #expect(text(files.read("/../../etc/config")) == "inside")
        #expect(
            text(files.read("/etc/passwd")) == "missing: no such file in the file system of PID 812"
        )
        #expect(text(files.read("/etc")) == "/etc: it is a directory")
        #expect(text(files.read("/etc\0")).contains("NUL"))
    }

    @Test func noLinkLeadsOut() throws {
        let files = try files()
        for (name, target) in [
            ("absolute", "/etc/config"), ("relative", "../../../../etc/config"),
            ("etc/sideways", "config"),
        ] {
            try #require(symlink(target, directory[name]) == 0)
            #expect(text(files.read("/\(name)")) == "inside")
        }
        try #require(symlink("/etc/passwd", directory["outside"]) == 0)
        #expect(text(files.read("/outside")).hasPrefix("missing"))
        try #require(symlink("loop", directory["loop"]) == 0)
        #expect(text(files.read("/loop")).contains("circle"))
    }

    @Test(.enabled(if: geteuid() == 0, "only root can read as another user"))
    func theRightsAreThoseOfTheProcess() throws {
        try directory.write("etc/secret", "secret", mode: 0o600)
        let own = try files()
        #expect(text(own.read("/etc/secret")) == "secret")
        let app = try files(user: 65_534)
        #expect(text(app.read("/etc/config")) == "inside")
        #expect(text(app.read("/etc/secret")) == "/etc/secret: Permission denied")
        guard case .failed(.fileUnreadable(_, _, let hint)) = app.read("/etc/secret") else {
            return #expect(Bool(false))
        }
        #expect(hint.sentence.contains("(uid 65534)"))
        #expect(hint.closedStep == .file(user: "nobody"))
        try #require(chown(directory["etc/secret"], 0, 4_242) == 0)
        try #require(chmod(directory["etc/secret"], 0o640) == 0)
        #expect(text(try files(user: 65_534, groups: [4_242]).read("/etc/secret")) == "secret")
        #expect(text(app.read("/etc/secret")) == "/etc/secret: Permission denied")
        try #require(chmod(directory["etc"], 0o700) == 0)
        #expect(text(app.read("/etc/config")) == "/etc/config: Permission denied")
        #expect(text(own.read("/etc/config")) == "inside")
    }

    @Test func keepsNoDescriptor() throws {
        let files = try files()
        let kept = open(directory["etc/config"], O_RDONLY)
        #expect(openPaths() == [directory["etc/config"]])
        close(kept)
        for path in ["/etc/config", "/etc", "/none"] {
            _ = files.look(at: path)
            _ = files.read(path)
        }
        #expect(openPaths() == [])
    }

    /// What this process has open of the root; other tests open files beside this one.
    private func openPaths() -> [String] {
        guard let list = opendir("/proc/self/fd") else { return ["/proc/self/fd"] }
        defer { closedir(list) }
        var paths: [String] = []
        while let entry = readdir(list) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            }
            var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
            let count = readlink("/proc/self/fd/\(name)", &target, target.count)
            let path = String(decoding: target.prefix(max(count, 0)), as: UTF8.self)
            if path == directory.path || path.hasPrefix(directory.path + "/") {
                paths.append(path)
            }
        }
        return paths
    }
}
