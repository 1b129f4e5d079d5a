import Glibc
import Model
import Support
import Testing

@testable import Sandbox

/// The built command, as a demo starts it.
@Suite final class ServeTests {
    let program: String
    let directory: String

    init() throws {
        program = try #require(BuiltProduct.path("credwatch-sandbox"))
        var template = Array("/tmp/credwatch-sandbox-test-XXXXXX".utf8CString)
        directory = String(cString: try #require(mkdtemp(&template)))
    }

    deinit {
        for name in ["aws/credentials", "aws/config", "ready"] { unlink("\(directory)/\(name)") }
        rmdir("\(directory)/aws")
        rmdir(directory)
    }

    static func read(_ path: String) throws -> String {
        let file = try #require(fopen(path, "re"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func servesUntilItIsToldToEnd(signal: Int32) async throws {
        let process = try Subprocess(
            program,
            [
                "serve", "--user", "app", "--user", "spare", "--region", "eu-west-1",
                "--write-files", "\(directory)/aws", "--ready-file", "\(directory)/ready",
                "--fault", "throttle=on", "--show-calls",
            ])
        try #require(await process.hasWritten("  ready\n"))
        let ready = try Self.read("\(directory)/ready")
        #expect(ready.contains("SANDBOX_PID=\(process.processID)\n"))
        let port = try #require(
            ready.split(separator: "'").dropFirst().first?.split(separator: ":").last.flatMap {
                UInt16($0)
            })
        let client = try #require(TestClient(port: port))
        client.send("GET /?Action=GetCallerIdentity HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(client.answer()?.body.contains("<Code>Throttling</Code>") == true)
        #expect(await process.hasWritten("GetCallerIdentity - - Throttling"))
        let credentials = try Self.read("\(directory)/aws/credentials")
        #expect(credentials.contains("[app]\n"))
        #expect(credentials.contains("[spare]\n"))
        let config = try Self.read("\(directory)/aws/config")
        #expect(config.contains("[profile app]\nregion = eu-west-1\n"))
        process.send(signal: signal)
        let outcome = await process.outcome()
        #expect(outcome.ending == .exited(0))
        #expect(outcome.outputText.hasSuffix("stopped after 1 calls\n"))
        #expect(outcome.errorText.isEmpty)
        let secret = credentials.split(separator: "aws_secret_access_key = ")[1].prefix(40)
        #expect(!outcome.outputText.contains(secret))
    }

    @Test func playsItsScript() async throws {
        let outcome = try await Subprocess.run(
            program, ["serve", "--user", "app", "--script", "1ms:deactivate:app,2ms:exit"])
        #expect(outcome.ending == .exited(0))
        #expect(outcome.outputText.contains("1ms deactivate:app: AKIA"))
    }

    @Test(arguments: [
        (["--script", "x"], "DURATION:ORDER"), (["--fault", "x=1"], "known are clock_offset"),
        (["--fault", "throttle"], "on or off"), (["--account", "1"], "12 digits"),
        (["--user", "a/b"], "userName is invalid"), (["--user", "app", "--user", "app"], "exists"),
        (["--port", "70000"], "port"),
    ])
    func refusesWrongUsage(arguments: [String], text: String) async throws {
        let outcome = try await Subprocess.run(program, ["serve"] + arguments)
        #expect(outcome.ending == .exited(64))
        #expect(outcome.errorText.contains(text))
    }

    @Test func saysWhyItCannotServe() async throws {
        let other = try Sandbox()
        let taken = try await Subprocess.run(program, ["serve", "--port", "\(other.port)"])
        #expect(taken.ending == .exited(1))
        #expect(taken.errorText.contains("Port \(other.port) of 127.0.0.1 is in use"))
        let missing = try await Subprocess.run(
            program, ["serve", "--write-files", "\(directory)/none/aws"])
        #expect(missing.ending == .exited(1))
        #expect(missing.errorText.contains("cannot be written"))
    }

    @Test func namesEveryOptionInItsHelp() async throws {
        let outcome = try await Subprocess.run(program, ["serve", "--help"])
        #expect(outcome.ending == .exited(0))
        for option in [
            "--port", "--user", "--account", "--region", "--write-files", "--ready-file", "--fault",
            "--script", "--show-calls", "--hand-out", "--everywhere",
        ] + Command.verbs + FaultChange.names {
            #expect(outcome.outputText.contains(option))
        }
    }
}
