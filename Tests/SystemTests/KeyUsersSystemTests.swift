import Glibc
import Model
import Sandbox
import Support
import Testing

/// Who still uses the key of before a failover, by the daemon as it is built and real processes.
@Suite(.timeLimit(.minutes(1)))
struct KeyUsersSystemTests {
    private func sleeper(_ site: Site) async throws -> Subprocess {
        let process = try Subprocess(
            "sh", ["-c", "echo up >&2; exec sleep 60"],
            environment: ["PATH": "/usr/bin:/bin", "AWS_ACCESS_KEY_ID": site.primary.id])
        #expect(await process.hasWritten("up"))
        return process
    }

    @Test func `a process with the old key is told of, over a restart too, until it is gone`()
        async throws
    {
        let site = try Site()
        try site.writeConfig()
        let process = try await sleeper(site)
        try site.sandbox.deactivate(site.primary)
        let first = try site.startDaemon()
        #expect(await first.hasWritten("app now uses app-backup"))
        #expect(
            await first.hasWritten(
                "1 process still uses access key \(site.primary.id) of app: pid \(process.processID) sleep ("
            ))
        first.send(signal: SIGTERM)
        _ = await first.outcome()
        let stale = try #require(try site.status().groups.first?.staleUsers)
        #expect(stale.report.users.map(\.pid) == [process.processID])
        #expect(stale.report.users.first?.reason == .environment)
        #expect(readText(site.path("state") + "/state.json").contains("\"old_key_id\""))

        let second = try site.startDaemon()
        #expect(await second.hasWritten("1 process still uses access key \(site.primary.id)"))
        let doctor = try await site.run(
            "doctor", "app-backup", "--config", site.path("credwatch.yaml"))
        #expect(doctor.outputText.contains("Who still uses the key"), "\(doctor.outputText)")
        #expect(doctor.outputText.contains("pid \(process.processID) sleep ("))
        process.send(signal: SIGKILL)
        _ = await process.outcome()
        #expect(await second.hasWritten("uses access key \(site.primary.id) of app any more"))
        second.send(signal: SIGTERM)
        _ = await second.outcome()
        #expect(try site.status().groups.first?.staleUsers == nil)
    }

    @Test
    func `while a group moves back, nobody is told of processes with the key that it gets again`()
        async throws
    {
        let site = try Site()
        try site.writeConfig()
        // The way back takes longer than the first look waits.
        try site.write(
            "hook", mode: 0o755,
            "#!/bin/sh\n[ $CREDWATCH_EVENT != failback ] || sleep 4\n")
        let process = try await sleeper(site)
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app is healthy"), "\(daemon.errorsSoFar)")
        #expect(await daemon.hasWritten("app-backup is healthy"), "\(daemon.errorsSoFar)")
        for command in ["failover", "failback"] {
            let outcome = try await site.run(
                command, "app", "--config", site.path("credwatch.yaml"))
            #expect(outcome.ending == .exited(0), "\(outcome.errorText)")
        }
        #expect(!daemon.errorsSoFar.contains("still uses access key"), "\(daemon.errorsSoFar)")
        daemon.send(signal: SIGTERM)
        #expect(await daemon.outcome().ending == .exited(0))
        process.send(signal: SIGKILL)
        _ = await process.outcome()
    }

    @Test(.enabled(if: geteuid() == 0, "only root may hand capabilities down"))
    func `with the rights of the service the processes of others are counted, not judged`()
        async throws
    {
        let site = try Site()
        try site.writeConfig()
        try site.sandbox.delete(site.primary)
        let process = try await sleeper(site)
        #expect(chmod(site.folder, 0o755) == 0)
        let ran = try await Subprocess.run(
            "setpriv",
            [
                "--reuid", "nobody", "--clear-groups", "--inh-caps", "-all,+dac_read_search",
                "--ambient-caps", "-all,+dac_read_search", "--bounding-set",
                "-all,+dac_read_search", binary("credwatch"), "doctor", "app", "--json",
                "--config", site.path("credwatch.yaml"),
            ])
        let report = try JSONRow(
            try #require(JSONValue(parsing: ran.standardOutput), "\(ran.errorText)"))
        let part = try report.row("key_users")
        #expect(try part.string("state") == "unknown")
        let key = try #require(try part.row("found").rows("keys").first)
        #expect(try key.number("count") == 0)
        #expect(try key.number("unreadable") > 0)
        process.send(signal: SIGKILL)
        _ = await process.outcome()
    }

    @Test func `doctor names who has a refused key, and says when nobody has`() async throws {
        let site = try Site()
        try site.writeConfig()
        try site.sandbox.delete(site.primary)
        let process = try await sleeper(site)
        let used = try await site.run("doctor", "app", "--config", site.path("credwatch.yaml"))
        #expect(used.ending == .exited(2))
        #expect(
            used.outputText.contains("! pid \(process.processID) sleep ("), "\(used.outputText)")
        process.send(signal: SIGKILL)
        _ = await process.outcome()
        let json = try await site.run(
            "doctor", "app", "--json", "--config", site.path("credwatch.yaml"))
        let report = try JSONRow(try #require(JSONValue(parsing: json.standardOutput)))
        let found = try report.row("key_users").row("found").rows("keys")
        #expect(try found.map { try $0.string("access_key_id") } == [site.primary.id])
        #expect(try found[0].number("count") == 0)
        try site.write("doctor.json", mode: 0o600, json.outputText)
        guard await ReportSchema.hasValidator() else { return }
        let fit = try await ReportSchema.doctor.validate(site.path("doctor.json"))
        #expect(fit.ending == .exited(0), "\(fit.outputText)")
    }
}
