import Glibc
import Model
import Support
import Testing

@testable import Resolving

@Suite(.timeLimit(.minutes(1))) struct LintSourcesTests {
    @Test(
        arguments: [
            (0o600, true, 1_000, []), (0o644, true, 1_000, [LintCode.worldReadable]),
            (0o640, true, 1_000, [.groupReadable]), (0o640, true, 1_001, []), (0o640, true, 0, []),
            (0o644, false, 1_000, []), (0o660, false, 1_000, [.writableByOthers]),
            (0o666, true, 1_000, [.worldReadable, .writableByOthers]), (0o400, true, 1_000, []),
        ] as [(UInt32, Bool, UInt32, [LintCode])])
    func `the mode says who may read and change a file`(
        mode: UInt32, holdsSecret: Bool, reader: UInt32, codes: [LintCode]
    ) {
        let owner = reader == 1_001 ? UInt32(0) : reader
        let found = permissionFindings(
            "/f", FileOwnership(user: owner, group: 7, mode: mode), holdsSecret: holdsSecret,
            reader: reader)
        #expect(found.map(\.code) == codes)
        #expect(found.allSatisfy { $0.severity == .warning })
    }

    @Test(arguments: [
        ("aws_secret_access_key = x", true), ("AWS_SESSION_TOKEN=x", true), ("secret", false),
        ("region = eu", false), ("{\"SecretAccessKey\": 1}", true), ("", false),
    ])
    func `a file holds a secret or does not`(text: String, holds: Bool) {
        #expect(holdsSecret(Array(text.utf8)) == holds)
    }

    @Test func `whoever calls sudo may have another home in mind`() {
        var environment = AWSEnvironment(
            variables: ["HOME": "/root", "SUDO_USER": "alice"], passwordHome: "/root")
        let homes = OtherHome.all(of: environment) { $0 == "alice" ? "/home/alice" : nil }
        #expect(homes.map(\.path) == ["/home/alice"])
        let there = Set(["/home/alice/.aws/config"])
        let found = homeFindings(environment, SharedFilePaths(environment), homes) {
            there.contains($0)
        }
        #expect(found.map(\.code) == [.otherHome])
        #expect(found.first?.message.contains("alice, who called sudo") == true)
        // Where HOME has a file of its own, or the environment a key, nobody has to be told.
        #expect(homeFindings(environment, SharedFilePaths(environment), homes) { _ in true } == [])
        environment.variables["AWS_ACCESS_KEY_ID"] = "AKIA"
        #expect(
            homeFindings(environment, SharedFilePaths(environment), homes) { there.contains($0) }
                == [])
    }

    @Test func `what hangs is told of when its time is over`() async {
        let slept = await offQueue(within: .milliseconds(20)) { () -> Bool in
            poll(nil, 0, 500)
            return true
        }
        #expect(slept == nil)
        #expect(await offQueue(within: .seconds(10)) { 7 } == 7)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can look with the rights of another"))
    func `the directory that keeps a process out is named, with its owner and mode`() async throws {
        let directory = try TemporaryDirectory()
        try directory.makeDirectory(".aws")
        try directory.write(".aws/credentials", "[default]\n")
        #expect(chmod(directory.path, 0o755) == 0)
        #expect(chmod(directory.path + "/.aws", 0o700) == 0)
        let rights = try #require(
            FileRights(parsing: Array("Uid:\t1 65534 1 1\nGid:\t1 65534 1 1\nGroups:\t\n".utf8)))
        let files = ProcessFileSystem(root: nil, rights: rights, workingDirectory: "/")
        guard
            case .failed(.fileUnreadable(_, _, let hint)) = files.read(
                directory.path + "/.aws/credentials")
        else { return #expect(Bool(false)) }
        #expect(
            hint.sentence.hasPrefix(
                "The directory \(directory.path)/.aws belongs to root (uid 0), has mode 0700"))
        #expect(hint.sentence.contains("uid 65534"))
        // The file itself, too.
        #expect(chmod(directory.path + "/.aws", 0o755) == 0)
        #expect(chmod(directory.path + "/.aws/credentials", 0o600) == 0)
        guard
            case .failed(.fileUnreadable(_, _, let fileHint)) = files.read(
                directory.path + "/.aws/credentials")
        else { return #expect(Bool(false)) }
        #expect(
            fileHint.sentence.hasPrefix(
                "The file \(directory.path)/.aws/credentials belongs to root"))
    }
}
