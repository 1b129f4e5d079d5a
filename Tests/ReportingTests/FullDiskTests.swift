import Glibc
import Model
import Support
import Testing

@testable import Reporting

@Suite struct FullDiskTests {
    @Test(.enabled("needs root and mount namespaces") { await MountNamespace.isPossible() })
    func aFullOrReadOnlyDiskLeavesTheOldFile() async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        try await PrivateNamespace.runSuite(
            "InsideSmallDisk", in: "disk",
            script: """
                mount -t tmpfs -o size=256k,mode=755 tmpfs "$CREDWATCH_TEST_DISK"
                exec "$@"
                """,
            environment: ["CREDWATCH_TEST_DISK": folder.path])
    }
}

@Suite(
    .enabled(if: PrivateNamespace.isInside("disk"), "started by FullDiskTests in a namespace"),
    .serialized)
struct InsideSmallDisk {
    let disk = getenv("CREDWATCH_TEST_DISK").map { String(cString: $0) } ?? ""

    /// Takes all of the disk's room but less than a page.
    func fill() throws {
        let descriptor = open("\(disk)/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let piece = [UInt8](repeating: 0x78, count: 1_024)
        while piece.withUnsafeBytes({ write(descriptor, $0.baseAddress, $0.count) }) > 0 {}
        try #require(errno == ENOSPC)
    }

    @Test func aFullDiskIsNamedAndHeals() throws {
        let file = StatusFile(path: "\(disk)/status.json")
        let old = renderStatus(Samples.emptyDocument)
        try file.write(old)
        try fill()
        let problem = #expect(throws: StatusFileProblem.self) {
            try file.write(renderStatus(Samples.document))
        }
        #expect(problem == StatusFileProblem(path: file.path, operation: .write, code: ENOSPC))
        #expect(problem?.description.contains("the disk is full") == true)
        #expect(try namesIn(disk) == ["filler", "status.json"])
        #expect(try content(of: file.path) == old)

        unlink("\(disk)/filler")
        try file.write(renderStatus(Samples.document))
        #expect(try readStatus(path: file.path).document == Samples.document)
    }

    @Test func aFileThatFitsOnlyInPartIsNotPublished() throws {
        let file = StatusFile(path: "\(disk)/status.json")
        try file.write(Array("old".utf8))
        let problem = #expect(throws: StatusFileProblem.self) {
            try file.write([UInt8](repeating: 0x79, count: 1_048_576))
        }
        #expect(problem?.code == ENOSPC)
        #expect(try namesIn(disk) == ["status.json"])
        #expect(try content(of: file.path) == Array("old".utf8))
    }

    @Test func aReadOnlyDiskIsNamedAndHeals() async throws {
        let file = StatusFile(path: "\(disk)/status.json")
        try file.write(Array("old".utf8))
        try #require(try await run(["mount", "-o", "remount,ro", disk]).status == 0)
        let problem = #expect(throws: StatusFileProblem.self) { try file.write([0x41]) }
        #expect(problem == StatusFileProblem(path: file.path, operation: .create, code: EROFS))
        #expect(try content(of: file.path) == Array("old".utf8))
        try #require(try await run(["mount", "-o", "remount,rw", disk]).status == 0)
        try file.write([0x41])
        #expect(try content(of: file.path) == [0x41])
    }
}
