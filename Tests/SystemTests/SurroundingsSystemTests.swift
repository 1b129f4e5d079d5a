import Glibc
import Sandbox
import Support
import Testing

/// The daemon in surroundings that somebody else has chosen badly.
@Suite(.timeLimit(.minutes(1)))
struct SurroundingsSystemTests {
    @Test(arguments: ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"])
    func `a standard stream that is closed is no place for other files`(_ closing: String)
        async throws
    {
        let site = try Site()
        try site.writeConfig()
        let manager = try NotifySocket(path: site.path("notify"))
        let daemon = try start("exec \"$@\" \(closing)", site)
        #expect(await manager.message { $0.contains("STATUS=2 healthy") } != nil)
        for part in closing.split(separator: " ") {
            let link = "/proc/\(daemon.processID)/fd/\(part.prefix(1))"
            #expect(linkTarget(link) == "/dev/null")
        }
        daemon.send(signal: SIGTERM)
        #expect(await daemon.outcome().ending == .exited(0))
    }

    @Test func `too few files that may be open are named at the start`() async throws {
        let site = try Site()
        try site.writeConfig()
        let daemon = try start("ulimit -n 20; exec \"$@\"", site)
        let outcome = await daemon.outcome()
        #expect(outcome.ending == .exited(1))
        #expect(outcome.errorText.contains("At most 20 files may be open"))
    }

    @Test func `a low soft limit of open files is raised`() async throws {
        let site = try Site()
        try site.writeConfig()
        let manager = try NotifySocket(path: site.path("notify"))
        let daemon = try start("ulimit -S -n 20; exec \"$@\"", site)
        #expect(await manager.message { $0.contains("STATUS=2 healthy") } != nil)
        try site.sandbox.deactivate(site.primary)
        #expect(await daemon.hasWritten("app now uses app-backup"))
        daemon.send(signal: SIGTERM)
        #expect(await daemon.outcome().ending == .exited(0))
    }

    /// Starts the daemon through a shell, which has its command line as `$@`.
    private func start(_ script: String, _ site: Site) throws -> Subprocess {
        try Subprocess(
            "/bin/sh",
            [
                "-c", script, "sh", binary("credwatch"), "run", "--log", "stderr", "--config",
                site.path("credwatch.yaml"),
            ],
            environment: plainEnvironment.merging(["NOTIFY_SOCKET": site.path("notify")]) { $1 },
            timeLimit: .seconds(30))
    }

    private func linkTarget(_ path: String) -> String {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = readlink(path, &buffer, buffer.count)
        return String(
            decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
