import Glibc
import Model
import Reporting
import Sandbox
import Support
import Testing

/// The page as the running daemon and the command write it, and the history behind its strips.
@Suite(.timeLimit(.minutes(2)))
struct StatusPageSystemTests {
    /// A site whose daemon writes a page beside its status file, or in the folder that is named.
    private func site(in folder: String = "") throws -> Site {
        let site = try Site()
        try site.writeConfig()
        let file = site.path("status.json")
        let text = readText(site.path("credwatch.yaml"))
        let page = site.path("\(folder)page.html")
        let status = "status: {file: \(file)"
        try site.write(
            "credwatch.yaml", mode: 0o644,
            text.split(separator: status, maxSplits: 1).joined(
                separator: "\(status), html_file: \(page)"))
        return site
    }

    @Test func `the daemon's page follows the state, and says when it ended`() async throws {
        let site = try site()
        let manager = try NotifySocket(path: site.path("notify"))
        let daemon = try site.startDaemon(environment: ["NOTIFY_SOCKET": site.path("notify")])
        #expect(await manager.message { $0.contains("STATUS=2 healthy") } != nil)
        let healthy = readText(site.path("page.html"))
        #expect(healthy.contains("<title>healthy: credwatch on "))
        #expect(healthy.contains("http-equiv=\"refresh\""))
        var information = stat()
        #expect(stat(site.path("page.html"), &information) == 0)
        #expect(information.st_mode & 0o777 == 0o644)

        try site.sandbox.deactivate(site.primary)
        #expect(await daemon.hasWritten("app now uses app-backup"))
        #expect(await manager.message { $0.contains("failed over to app-backup") } != nil)
        let moved = readText(site.path("page.html"))
        #expect(moved.contains("In trouble"))
        #expect(moved.contains("<dt>In use</dt><dd><b>app-backup</b></dd>"))
        #expect(try site.profile("app")?.history.newest == .failing)

        daemon.send(signal: 15)
        #expect(await daemon.outcome().ending == .exited(0))
        // The last page is valid until it was written.
        let last = readText(site.path("page.html"))
        let times = last.split(separator: "<time datetime=\"").dropFirst().prefix(2).map {
            $0.prefix { $0 != "\"" }
        }
        #expect(times.count == 2 && times.first == times.last)

        // The next daemon goes on with the history.
        let kept = readText(site.path("state/history.json"))
        #expect(kept.contains("credwatch-history/1") && kept.contains("\"name\":\"app\""))
        let second = try site.startDaemon()
        #expect(await second.hasWritten("checks 2 profiles"))
        #expect(await second.hasWritten("app"))
        second.send(signal: 15)
        _ = await second.outcome()
        #expect(try site.profile("app")?.history.levels.contains(.failing) == true)
    }

    @Test func `a history that is damaged is set aside, and the daemon goes on`() async throws {
        let site = try site()
        try writeText(site.path("state/history.json"), mode: 0o600, "{")
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("the last 24 hours begin anew"))
        #expect(await daemon.hasWritten("checks 2 profiles"))
        daemon.send(signal: 15)
        #expect(await daemon.outcome().ending == .exited(0))
        #expect(readText(site.path("state/history.json")).contains("credwatch-history/1"))
    }

    @Test func `a page that cannot be written is told of, and heals`() async throws {
        let site = try site(in: "web/")
        let manager = try NotifySocket(path: site.path("notify"))
        let daemon = try site.startDaemon(environment: ["NOTIFY_SOCKET": site.path("notify")])
        #expect(
            await daemon.hasWritten("cannot write the page \(site.path("web/page.html"))"))
        // The status file itself is there all the same.
        #expect(await manager.message { $0.contains("READY=1") } != nil)
        #expect(try site.status().profiles.count == 2)
        try makeFolder(site.path("web"))
        #expect(await daemon.hasWritten("is written again"))
        #expect(readText(site.path("web/page.html")).contains("</html>"))
        daemon.send(signal: 15)
        #expect(await daemon.outcome().ending == .exited(0))
    }

    @Test func `status --html writes a page to a file and to standard output`() async throws {
        let site = try site()
        let daemon = try site.startDaemon()
        let manager = await daemon.hasWritten("app-backup")
        #expect(manager)
        daemon.send(signal: 15)
        _ = await daemon.outcome()
        let config = ["--config", site.path("credwatch.yaml")]
        let file = site.path("mine.html")
        let written = try await site.run(list: ["status", "--html", file] + config)
        // The daemon is gone, so the status is stale by now, and the page says so as the exit code does.
        #expect(written.ending == .exited(3))
        #expect(written.outputText == "")
        let page = readText(file)
        #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
        #expect(page.contains("Stale: ") && !page.contains("http-equiv=\"refresh\""))
        let printed = try await site.run(list: ["status", "--html", "-"] + config)
        #expect(printed.outputText.hasPrefix("<!DOCTYPE html>"))
        let refused = try await site.run(
            list: ["status", "--html", "/nonexistent/page.html"] + config)
        #expect(refused.ending == .exited(3))
        #expect(refused.errorText.contains("cannot write the page /nonexistent/page.html"))
    }
}
