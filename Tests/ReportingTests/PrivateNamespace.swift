import Glibc
import Support
import Testing

/// Runs tests of this very binary again inside a mount namespace of their own.
///
/// What such a test needs, a journald or a full disk, exists there only, and nothing outside changes.
/// The suites for it are disabled elsewhere; one test outside starts them and reports what they found.
enum PrivateNamespace {
    /// The variable that tells a suite which namespace it is in.
    static let variable = "CREDWATCH_TEST_NAMESPACE"

    static func isInside(_ name: String) -> Bool {
        getenv(variable).map { String(cString: $0) } == name
    }

    /// Runs one suite after a shell script has prepared the namespace.
    ///
    /// The script ends by calling `"$@"`. The suite has to pass, with at least one test.
    static func runSuite(
        _ suite: String, in name: String, script: String, environment: [String: String] = [:]
    ) async throws {
        let executable = try #require(readLink("/proc/self/exe"))
        let result = try await run(
            MountNamespace.command(
                after: script,
                [
                    executable, "--testing-library", "swift-testing", "--filter",
                    "ReportingTests.\(suite)/",
                ]),
            environment: environment.merging([variable: name]) { first, _ in first })
        #expect(result.status == 0, "\(result.output)")
        #expect(!result.output.contains("skipped"), "\(result.output)")
        #expect(
            result.output.contains(/Test run with [1-9]\d* tests? in .* passed/), "\(result.output)"
        )
    }
}
