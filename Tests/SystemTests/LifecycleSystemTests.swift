import Glibc
import Model
import Sandbox
import Support
import Testing

/// Start, reload, signals and stop of the daemon as it is built.
@Suite(.timeLimit(.minutes(1)))
struct LifecycleSystemTests {
    @Test func `the service manager hears of the start, each state and the end`() async throws {
        let site = try Site()
        try site.writeConfig()
        let manager = try NotifySocket(path: site.path("notify"))
        let daemon = try site.startDaemon(environment: [
            "NOTIFY_SOCKET": site.path("notify"), "WATCHDOG_USEC": "1000000",
        ])
        let ready = try #require(await manager.message { $0.contains("READY=1") })
        // What READY=1 promises: an agent finds the status file.
        #expect(try site.status().daemon.pid == daemon.processID)
        #expect(ready.contains("STATUS="))
        #expect(await manager.message { $0.contains("STATUS=2 healthy, next check ") } != nil)
        #expect(await manager.message { $0.contains("WATCHDOG=1") } != nil)
        daemon.send(signal: SIGHUP)
        #expect(await manager.message { $0.contains("RELOADING=1") } != nil)
        #expect(await manager.message { $0.contains("READY=1") } != nil)
        daemon.send(signal: SIGTERM)
        #expect(await manager.message { $0.contains("STOPPING=1") } != nil)
        #expect(await daemon.outcome().ending == .exited(0))
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a stop takes less than a second while requests hang`(_ signal: Int32) async throws {
        let site = try Site()
        site.sandbox.faults.latency = .seconds(30)
        try site.writeConfig(timeout: "20s")
        var times: [Duration] = []
        // A machine that is busy elsewhere may hold up one of three, but not each.
        while times.count < 3, times.last.map({ $0 >= .seconds(1) }) ?? true {
            let daemon = try site.startDaemon()
            #expect(await daemon.hasWritten("checks 2 profiles"))
            try await Task.sleep(for: .milliseconds(300))
            let clock = ContinuousClock()
            let begin = clock.now
            daemon.send(signal: signal)
            #expect(await daemon.outcome().ending == .exited(0))
            times.append(clock.now - begin)
            #expect(!fileExists(site.path("control.sock")))
            // Nobody may take the results of a daemon that has ended for fresh ones.
            let status = try site.status()
            #expect(status.validUntil == status.generatedAt)
        }
        #expect(times.contains { $0 < .seconds(1) }, "\(times)")
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a stop right after the start is not lost`(_ signal: Int32) async throws {
        let site = try Site()
        try site.writeConfig()
        for _ in 0..<8 {
            let daemon = try site.startDaemon()
            #expect(await daemon.hasWritten("checks 2 profiles"))
            daemon.send(signal: signal)
            #expect(await daemon.outcome().ending == .exited(0))
        }
    }

    @Test func `what runs under an old config is asked again under the new one`() async throws {
        let site = try Site()
        site.sandbox.faults.latency = .seconds(2)
        func config(_ more: String) throws {
            try site.write(
                "credwatch.yaml", mode: 0o644,
                """
                defaults: {interval: 1h, timeout: 10s, region: us-east-1}
                profiles: [{name: app\(more)}]
                status: {file: \(site.path("status.json"))}
                state_directory: \(site.path("state"))
                control: {socket: \(site.path("control.sock"))}
                aws: {credentials_file: \(site.path("credentials")), config_file: \(site.path("config")), endpoint_url: "\(site.sandbox.url)"}
                """)
        }
        try config(#", expect: {account: "999999999999"}"#)
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("checks 1 profile, "))
        while site.sandbox.callCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
        // The answer is on its way; by the old config it would be another identity.
        try config("")
        daemon.send(signal: SIGHUP)
        #expect(await daemon.hasWritten("The config was read again"))
        #expect(await daemon.hasWritten("app is healthy"))
        daemon.send(signal: SIGTERM)
        let outcome = await daemon.outcome()
        #expect(!outcome.errorText.contains("app is failing"), "\(outcome.errorText)")
        #expect(site.sandbox.callCount == 2)
    }

    @Test func `a broken config is refused at a reload and health survives`() async throws {
        let site = try Site()
        try site.writeConfig()
        let manager = try NotifySocket(path: site.path("notify"))
        let daemon = try site.startDaemon(environment: ["NOTIFY_SOCKET": site.path("notify")])
        // The sentence is sent when the status file is there.
        #expect(await manager.message { $0.contains("STATUS=2 healthy") } != nil)
        let success = try #require(try site.profile("app")?.lastSuccessAt)

        try site.write("credwatch.yaml", mode: 0o644, "profiles: [{name: app, intervall: 5s}]")
        daemon.send(signal: SIGHUP)
        #expect(await daemon.hasWritten("credwatch.yaml:1:24"))
        #expect(await daemon.hasWritten("the old one stays in force"))
        #expect(try site.status().profiles.count == 2)

        try site.writeConfig(interval: "1h")
        daemon.send(signal: SIGHUP)
        #expect(await daemon.hasWritten("The config was read again"))
        let profile = try #require(try site.profile("app"))
        #expect(profile.state == .healthy)
        #expect(try #require(profile.lastSuccessAt) >= success)
        daemon.send(signal: SIGTERM)
        #expect(await daemon.outcome().ending == .exited(0))
    }

    @Test func `an ordered reload says when it is done, and why a config is refused`() async throws
    {
        let site = try Site()
        try site.writeConfig()
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app is healthy"))
        let socket = site.path("control.sock")

        try site.writeConfig(interval: "1h")
        let good = try await site.run("reload", "--config", site.path("credwatch.yaml"))
        #expect(good.ending == .exited(0))
        #expect(good.outputText == "The config was read again: 2 profiles, 1 failover group.\n")

        // A refused config names no socket of its own.
        try site.write(
            "credwatch.yaml", mode: 0o644,
            "profiles: [{name: app, intervall: 5s}]\nstatus: 7")
        let bad = try await site.run("reload", "--socket", socket)
        #expect(bad.ending == .exited(2))
        #expect(bad.errorText.contains("the old one stays in force"))
        #expect(bad.errorText.contains("credwatch.yaml:1:24"))
        #expect(bad.errorText.contains("credwatch.yaml:2:9"))

        // Neither does one that was emptied; and it is no order to check nothing.
        try site.write("credwatch.yaml", mode: 0o644, "# nothing\n")
        let empty = try await site.run("reload", "--socket", socket)
        #expect(empty.ending == .exited(2))
        #expect(empty.errorText.contains("[empty-file]"))
        #expect(try site.status().profiles.count == 2)

        // Those who ask at the same time get a reading each that began after they asked.
        try site.writeConfig()
        try await withThrowingTaskGroup(of: Subprocess.Ending.self) { group in
            for _ in 0..<8 {
                group.addTask { try await site.run("reload", "--socket", socket).ending }
            }
            for try await ending in group { #expect(ending == .exited(0)) }
        }
        daemon.send(signal: SIGTERM)
        #expect(await daemon.outcome().ending == .exited(0))
        let gone = try await site.run("reload", "--socket", socket)
        #expect(gone.ending == .exited(3))
        #expect(gone.errorText.contains("is the daemon running"))
    }

    @Test func `without a config to speak of it waits for one`() async throws {
        let site = try Site()
        // As the package leaves it, but for the paths, which belong to a test.
        try site.write("credwatch.yaml", mode: 0o644, "# profiles:\n")
        let validated = try await site.run(
            "validate", "--config", site.path("credwatch.yaml"))
        #expect(validated.ending == .exited(1))
        #expect(validated.errorText.contains("[empty-file]"))
        let check = try await site.run("check", "--config", site.path("credwatch.yaml"))
        #expect(check.ending == .exited(3))
    }

    @Test func `USR1 checks everything now`() async throws {
        let site = try Site()
        try site.writeConfig(interval: "1h")
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app-backup is healthy"))
        try site.sandbox.delete(site.backup)
        daemon.send(signal: SIGUSR1)
        #expect(await daemon.hasWritten("app-backup is failing"))
        daemon.send(signal: SIGTERM)
        _ = await daemon.outcome()
    }

    @Test func `checks that USR1 asks for leave the schedule as it is`() async throws {
        let site = try Site()
        try site.writeConfig(interval: "1h")
        let manager = try NotifySocket(path: site.path("notify"))
        let daemon = try site.startDaemon(environment: ["NOTIFY_SOCKET": site.path("notify")])
        #expect(await manager.message { $0.contains("STATUS=2 healthy") } != nil)
        let next = try #require(try site.profile("app")?.nextCheckAt)
        for _ in 0..<5 {
            let seen = site.sandbox.callCount
            daemon.send(signal: SIGUSR1)
            while site.sandbox.callCount < seen + 2 { try await Task.sleep(for: .milliseconds(5)) }
            #expect(await manager.message { $0.contains("STATUS=2 healthy") } != nil)
        }
        #expect(try site.profile("app")?.nextCheckAt == next)
        daemon.send(signal: SIGTERM)
        _ = await daemon.outcome()
    }

    @Test func `a fixed file heals its profile without a reload`() async throws {
        let site = try Site()
        try site.writeCredentials(primarySecret: "0123456789abcdef0123456789abcdef01234567")
        // The time that the mending takes must not be enough for a failover.
        try site.writeConfig(failover: "fall: 100, minimum_span: 1h, rise: 2")
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app is failing"))
        try site.writeCredentials(old: false)
        #expect(await daemon.hasWritten("app is healthy"))
        daemon.send(signal: SIGTERM)
        _ = await daemon.outcome()
        #expect(site.hookRuns().isEmpty)
    }

    @Test(arguments: ["", "{", "{\"schema\":\"credwatch-state/1\"", "\u{0}\u{1}garbage", "[]"])
    func `a corrupt state file is set aside, and no failover follows from it`(_ text: String)
        async throws
    {
        let site = try Site()
        try site.writeConfig()
        try site.write("state/state.json", mode: 0o600, text)
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("state.json.corrupt-"))
        #expect(await daemon.hasWritten("app is healthy"))
        daemon.send(signal: SIGTERM)
        #expect(await daemon.outcome().ending == .exited(0))
        #expect(site.hookRuns().isEmpty)
    }

    @Test func `a status directory that is missing is named once, and heals by itself`()
        async throws
    {
        let site = try Site()
        try site.writeConfig()
        try site.write(
            "credwatch.yaml", mode: 0o644,
            readText(site.path("credwatch.yaml")).replacing(
                "status.json", with: "later/status.json"))
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("later"))
        #expect(await daemon.hasWritten("app is healthy"))
        try makeFolder(site.path("later"))
        #expect(await daemon.hasWritten("is written again"))
        #expect(fileExists(site.path("later/status.json")))
        daemon.send(signal: SIGTERM)
        let errors = await daemon.outcome().errorText
        #expect(errors.split(separator: "\n").filter { $0.contains("later") }.count == 2)
    }

    @Test func `two daemons never share a state directory`() async throws {
        let site = try Site()
        try site.writeConfig()
        let first = try site.startDaemon()
        #expect(await first.hasWritten("app is healthy"))
        let second = try site.startDaemon()
        #expect(await second.outcome().ending == .exited(1))
        #expect(await second.outcome().errorText.contains("\(first.processID)"))
        first.send(signal: SIGTERM)
        #expect(await first.outcome().ending == .exited(0))
    }

    @Test func `a config that is refused ends the start with 78`() async throws {
        let site = try Site()
        try site.write("credwatch.yaml", mode: 0o644, "profiles: 7")
        let daemon = try site.startDaemon()
        let outcome = await daemon.outcome()
        #expect(outcome.ending == .exited(78))
        #expect(outcome.errorText.contains("credwatch.yaml:1:11"))
    }
}

func fileExists(_ path: String) -> Bool { access(path, F_OK) == 0 }
