import Glibc
import Model
import Testing

@testable import Sandbox

@Suite final class SharedFilesTests {
    let directory: String

    init() throws {
        var template = Array("/tmp/credwatch-sandbox-test-XXXXXX".utf8CString)
        directory = String(cString: try #require(mkdtemp(&template)))
    }

    deinit {
        for name in ["a/credentials", "a/config", "file", "link"] { unlink("\(directory)/\(name)") }
        rmdir("\(directory)/a")
        rmdir(directory)
    }

    static func write(_ text: String, to path: String) {
        let file = fopen(path, "we")
        defer { fclose(file) }
        fputs(text, file)
    }

    static func mode(_ path: String) -> UInt32 {
        var status = stat()
        stat(path, &status)
        return status.st_mode & 0o777
    }

    @Test func writesAProfilePerUser() throws {
        var world = World(entropy: Entropy(seed: 1))
        let now = WallTime(seconds: 0)
        try world.createUser("app", in: "123456789012", now: now)
        let key = try world.createKey(for: "app", in: "123456789012", now: now)
        let session = world.startSession(
            for: .userSession(account: "123456789012", name: "app"), lasting: .seconds(1), now: now)
        let files = SharedFiles(
            profiles: [.init("app", key), .init("default", session)], region: "eu-west-1",
            endpointURL: "http://127.0.0.1:1")
        let paths = try files.write(to: "\(directory)/a")
        #expect(Self.mode("\(directory)/a") == 0o700)
        #expect(Self.mode(paths.credentials) == 0o600)
        #expect(Self.mode(paths.config) == 0o600)
        #expect(
            files.credentialsText == """

                [app]
                aws_access_key_id = \(key.id)
                aws_secret_access_key = \(key.secret.reveal())

                [default]
                aws_access_key_id = \(session.id)
                aws_secret_access_key = \(session.secret.reveal())
                aws_session_token = \(session.token.reveal())

                """)
        #expect(
            files.configText == """

                [profile app]
                region = eu-west-1
                endpoint_url = http://127.0.0.1:1

                [default]
                region = eu-west-1
                endpoint_url = http://127.0.0.1:1

                """)
        // An earlier sandbox's files may be replaced.
        _ = try files.write(to: "\(directory)/a")
    }

    @Test func spareWhatOthersWrote() throws {
        let path = "\(directory)/file"
        Self.write("[default]\naws_access_key_id = precious\n", to: path)
        #expect(throws: SandboxError.foreignFile(path)) { try PrivateFile.write("x", to: path) }
        Self.write("#", to: path)
        #expect(throws: SandboxError.foreignFile(path)) { try PrivateFile.write("x", to: path) }
        Self.write("", to: path)
        try PrivateFile.write("x", to: path)
        symlink(path, "\(directory)/link")
        #expect(throws: SandboxError.foreignFile("\(directory)/link")) {
            try PrivateFile.write("x", to: "\(directory)/link")
        }
        #expect(throws: SandboxError.foreignFile(directory)) {
            try PrivateFile.write("x", to: directory)
        }
        unlink(path)
        mkfifo(path, 0o600)
        #expect(throws: SandboxError.foreignFile(path)) { try PrivateFile.write("x", to: path) }
        #expect(throws: SandboxError.self) {
            try PrivateFile.write("x", to: "\(directory)/missing/file")
        }
    }
}
