import Glibc
import Support
import Testing

/// The script that installs what a build needs, on machines that are not as they should be.
@Suite(.timeLimit(.minutes(1)))
struct DependenciesSystemTests {
    @Test func `who may not install is told what to run as root`() async throws {
        let machine = try Machine()
        try machine.add("id", "echo 1000")
        try machine.add("apt-get", "exit 0")
        let outcome = try await machine.install("build")
        #expect(outcome.ending == .exited(1))
        #expect(outcome.errorText.contains("pkg-config is missing: the build finds"))
        #expect(
            outcome.errorText.contains(
                "run as root: apt-get install --no-install-recommends pkg-config"))
    }

    @Test func `what apt-get says is shown when it fails`() async throws {
        let machine = try Machine()
        // The service policy of the real machine stays as it is.
        try machine.add("id", "echo 1000")
        try machine.add("sudo", "[ \"$1\" = -n ] || \"$@\"")
        try machine.add("apt-get", "echo 'E: no network' >&2; exit 100")
        let outcome = try await machine.install("build")
        #expect(outcome.ending == .exited(1))
        #expect(outcome.errorText.contains("E: no network"))
        #expect(outcome.errorText.contains("could not install: pkg-config"))
    }

    @Test func `without a toolchain it says where to get one`() async throws {
        let machine = try Machine(hasSwift: false)
        let outcome = try await machine.install("build")
        #expect(outcome.ending == .exited(1))
        #expect(outcome.errorText.contains("https://www.swift.org/install/"))
    }

    /// A search path of its own, in which pkg-config is missing.
    private final class Machine {
        let folder: String

        init(hasSwift: Bool = true) throws {
            folder = try makeFolder()
            for name in ["sh", "grep", "sed", "tail", "rm", "mktemp", "cat", "chmod"] {
                symlink("/bin/\(name)", "\(folder)/\(name)")
            }
            if hasSwift { try add("swift", "exit 0") }
        }

        deinit { removeFolder(folder) }

        func add(_ name: String, _ script: String) throws {
            try writeText("\(folder)/\(name)", mode: 0o755, "#!/bin/sh\n\(script)\n")
        }

        func install(_ purpose: String) async throws -> Subprocess.Outcome {
            let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
            return try await Subprocess.run(
                "/bin/sh", ["/\(root)/packaging/dependencies", purpose],
                environment: ["PATH": folder])
        }
    }
}
