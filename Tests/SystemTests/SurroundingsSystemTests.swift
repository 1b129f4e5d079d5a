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

    @Test(arguments: [SIGHUP, SIGUSR1])
    func `a signal that comes before the start is over does no harm`(_ signal: Int32) async throws {
        let site = try Site()
        // Long enough to be met while it is read.
        let profiles = (0..<12_000).map { "  - name: p\($0)" }.joined(separator: "\n")
        try site.write(
            "credwatch.yaml", mode: 0o644,
            """
            defaults: {interval: 1h}
            profiles:
            \(profiles)
            status: {file: \(site.path("status.json"))}
            state_directory: \(site.path("state"))
            control: {socket: \(site.path("control.sock"))}
            aws: {endpoint_url: "\(site.sandbox.url)"}
            """)
        let daemon = try start("exec \"$@\"", site)
        while processorTicks(daemon.processID) < 5 { await Task.yield() }
        daemon.send(signal: signal)
        #expect(await daemon.hasWritten("checks 12000 profiles"))
        daemon.send(signal: SIGTERM)
        #expect(await daemon.outcome().ending == .exited(0))
    }

    /// How much of a processor a process has used, in hundredths of a second.
    private func processorTicks(_ process: Int32) -> Int {
        let fields = readText("/proc/\(process)/stat").split(separator: " ")
        return fields.count > 14 ? (Int(fields[13]) ?? 0) + (Int(fields[14]) ?? 0) : .max
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
