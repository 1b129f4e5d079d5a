import Model
import Support
import Testing

@testable import Sandbox

/// Whether python3 has boto3, found out once.
enum Botocore {
    private static let probe = Task {
        let outcome = try? await Subprocess.run("python3", ["-c", "import boto3, botocore.auth"])
        return outcome?.ending == .exited(0)
    }
    static var isAvailable: Bool { get async { await probe.value } }
}

/// botocore as an independent client: it signs, sends and reads, and a script of ours asserts.
@Suite(.enabled("python3 has no boto3") { await Botocore.isAvailable })
struct BotocoreTests {
    /// Runs a script with clients made, and fails with its traceback unless it runs to its end.
    static func run(_ script: String, _ sandbox: Sandbox, _ key: AccessKey) async throws {
        var environment = Subprocess.inheritedEnvironment.filter { !$0.key.hasPrefix("AWS_") }
        environment["SANDBOX_URL"] = sandbox.url
        environment["SANDBOX_TOKEN"] = sandbox.adminToken.reveal()
        environment["KEY_ID"] = key.id
        environment["SECRET"] = key.secret.reveal()
        environment["AWS_EC2_METADATA_DISABLED"] = "true"
        environment["NO_PROXY"] = "127.0.0.1"
        let outcome = try await Subprocess.run(
            "python3", ["-"], environment: environment,
            input: Array((BotocoreScripts.preamble + script + "\nprint('whole')\n").utf8))
        #expect(outcome.ending == .exited(0), "\(outcome.errorText)")
        #expect(outcome.outputText.hasSuffix("whole\n"))
    }

    @Test(arguments: BotocoreScripts.allCases)
    func agrees(script: BotocoreScripts) async throws {
        let sandbox = try Sandbox()
        let key = try sandbox.createUser("app")
        try await Self.run(script.text, sandbox, key)
        #expect(sandbox.callCount > 0)
    }

    @Test func serves200ClientsAtOnce() async throws {
        let sandbox = try Sandbox()
        sandbox.faults.latency = .milliseconds(20)
        let key = try sandbox.createUser("app")
        try await Self.run(BotocoreScripts.parallel, sandbox, key)
        #expect(sandbox.callCount == 600)
        #expect(sandbox.calls.allSatisfy { $0.errorCode == nil })
    }
}
