import Glibc
import Model
import Support
import Testing

@testable import Resolving

/// Processes whose mounts or root are not ours.
@Suite(
    .timeLimit(.minutes(1)),
    .enabled("needs root and mount namespaces") { await MountNamespace.isPossible() })
struct ProcessRootTests {
    private let directory: TemporaryDirectory
    private let resolver = Resolver(environment: AWSEnvironment(variables: [:]))

    init() throws {
        directory = try TemporaryDirectory()
        try directory.makeDirectory(".aws")
    }

    /// Starts a process after a script has made mounts in a namespace of the process's own.
    private func process(
        after script: String, _ program: [String], _ variables: [String: String]
    ) async throws -> Subprocess {
        let command = MountNamespace.command(
            after: "\(script)\necho ready\nexec \"$@\"", program)
        let process = try Subprocess(
            command[0], Array(command[1...]),
            environment: variables.merging(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]) { $1 })
        try #require(await process.hasWritten("ready"))
        return process
    }

    private static let inside = """
        [app]
        aws_access_key_id = AKIAINSIDE
        aws_secret_access_key = x
        """

    @Test func theCheckReadsWithTheProcesssOwnMounts() async throws {
        let process = try await process(
            after: """
                mount -t tmpfs tmpfs \(directory[".aws"])
                echo '\(Self.inside)' >\(directory[".aws/credentials"])
                """, ["sleep", "50"], ["HOME": directory.path, "AWS_PROFILE": "app"])
        defer { process.send(signal: SIGKILL) }
        let profile = ProfileConfiguration(
            name: "x", origin: .defaultChain, surroundings: .process(process.processID),
            timeout: .seconds(50))
        guard case .ready(let resolved) = try await resolver.resolve(profile) else {
            return #expect(Bool(false))
        }
        #expect(resolved.credentials.accessKeyID.value == "AKIAINSIDE")
        #expect(resolved.source == "[app] in \(directory[".aws/credentials"]):1")
    }

    /// A root file system of its own, as a container has one.
    @Test func theFilesOfAContainerAreItsOwn() async throws {
        try directory.makeDirectory("root", mode: 0o755)
        let root = directory["root"]
        let process = try await process(
            after: """
                mount -t tmpfs -o mode=755 tmpfs \(root)
                for name in bin lib lib64 usr; do
                    if [ -e /$name ]; then mkdir \(root)/$name; mount --rbind /$name \(root)/$name; fi
                done
                mkdir -p \(root)/home/app/.aws \(root)/real
                echo '\(Self.inside)' >\(root)/real/credentials
                echo '[profile run]' >\(root)/home/app/.aws/config
                echo 'credential_process = /usr/bin/true' >>\(root)/home/app/.aws/config
                echo '[profile web]' >>\(root)/home/app/.aws/config
                echo 'role_arn = arn:aws:iam::123456789012:role/app' >>\(root)/home/app/.aws/config
                echo 'web_identity_token_file = /run/token' >>\(root)/home/app/.aws/config
                ln -s /real/credentials \(root)/home/app/.aws/credentials
                """, ["chroot", root, "sh", "-c", "echo inside; sleep 50; :"],
            ["HOME": "/home/app"])
        defer { process.send(signal: SIGKILL) }
        try #require(await process.hasWritten("inside"))
        let id = process.processID
        func profile(_ name: String) -> ProfileConfiguration {
            ProfileConfiguration(
                name: name, surroundings: .process(id), timeout: .seconds(50))
        }
        guard case .ready(let resolved) = try await resolver.resolve(profile("app")) else {
            return #expect(Bool(false))
        }
        #expect(resolved.credentials.accessKeyID.value == "AKIAINSIDE")
        #expect(
            resolved.source
                == "[app] in /home/app/.aws/credentials (in the file system of PID \(id)):1")
        guard
            case .planned(let plan) = try await resolver.resolve(profile("web")),
            case .webIdentity(let step) = plan.steps.first
        else { return #expect(Bool(false)) }
        #expect(step.tokenFile.value == "/proc/\(id)/root/run/token")
        await #expect {
            try await resolver.resolve(profile("run"))
        } throws: { error in
            guard case .surroundings(_, let what, _) = error as? ResolveProblem else {
                return false
            }
            return what.contains("another root file system")
        }
    }
}
