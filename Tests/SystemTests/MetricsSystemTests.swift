import Glibc
import Model
import Sandbox
import Support
import Testing

/// The metrics of the daemon as it is built, by both ways.
@Suite(.timeLimit(.minutes(1)))
struct MetricsSystemTests {
    /// A port of 127.0.0.1 that nobody had a moment ago.
    private static func freePort() async throws -> String {
        try await Subprocess.run(
            "python3",
            [
                "-c",
                "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1])",
            ]
        ).outputText.split(separator: "\n").map(String.init).first ?? ""
    }

    private func configure(_ site: Site, file: String, listen: String? = nil, more: String = "")
        throws
    {
        try site.write(
            "credwatch.yaml", mode: 0o644,
            """
            defaults: {interval: 1s, fast_interval: 1s, timeout: 5s, region: us-east-1}
            profiles:
              - {name: app, diagnose_with: app-backup}
            status: {file: \(site.path("status.json")), prometheus_file: \(site.path(file))}
            state_directory: \(site.path("state"))
            control: {socket: \(site.path("control.sock"))}
            aws: {credentials_file: \(site.path("credentials")), config_file: \(site.path("config")), endpoint_url: "\(site.sandbox.url)"}
            \(listen.map { "metrics: {listen: 127.0.0.1:\($0)}" } ?? "")
            \(more)
            """)
    }

    /// What is served; nil while nobody listens.
    private func ask(_ port: String) async throws -> String? {
        let outcome = try await Subprocess.run(
            "python3",
            [
                "-c",
                """
                import sys, urllib.request
                request = urllib.request.Request(sys.argv[1], headers={"Accept": "application/openmetrics-text"})
                print(urllib.request.urlopen(request, timeout=5).read().decode())
                """, "http://127.0.0.1:\(port)/metrics",
            ])
        return outcome.ending == .exited(0) ? outcome.outputText : nil
    }

    /// Asks until the answer holds a line; the answer, or the last one when it never does.
    private func ask(_ port: String, until line: String) async throws -> String {
        var answer: String?
        for _ in 0..<100 {
            answer = try await ask(port)
            if let answer, answer.contains(line) { return answer }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("there is no \(line) in \(answer ?? "nothing")")
        return answer ?? ""
    }

    @Test func `what a second identity and a reload tell is in the metrics`() async throws {
        let site = try Site()
        let port = try await Self.freePort()
        try configure(site, file: "one.prom", listen: port)
        let daemon = try site.startDaemon()
        #expect(await daemon.hasWritten("app is healthy"))
        let first = try await ask(port, until: "credwatch_profile_healthy{profile=\"app\"} 1\n")
        #expect(
            first.contains("credwatch_profile_key_created_timestamp_seconds{profile=\"app\"} NaN\n")
        )
        #expect(first.contains("credwatch_config_last_reload_successful 1\n"))
        // The daily look comes with the signal as well.
        daemon.send(signal: SIGUSR1)
        _ = try await ask(
            port, until: "credwatch_profile_key_created_timestamp_seconds{profile=\"app\"} 1")

        // A refused config ends nothing, and is told.
        try configure(site, file: "one.prom", listen: port, more: "nonsense: 1")
        let refused = try await site.run("reload", "--socket", site.path("control.sock"))
        #expect(refused.ending != .exited(0))
        let second = try await ask(port, until: "credwatch_config_last_reload_successful 0\n")
        #expect(second.contains("credwatch_checks_total{verdict=\"good\"} "))
        #expect(second.contains("credwatch_checks_total{verdict=\"bad\"} 0\n"))

        // Another file and nobody to listen: the old file goes, the new one comes.
        #expect(fileExists(site.path("one.prom")))
        try configure(site, file: "two.prom")
        let taken = try await site.run("reload", "--socket", site.path("control.sock"))
        #expect(taken.ending == .exited(0), "\(taken.errorText)")
        for _ in 0..<100
        where fileExists(site.path("one.prom")) || !fileExists(site.path("two.prom")) {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(!fileExists(site.path("one.prom")))
        let file = readText(site.path("two.prom"))
        #expect(file.contains("credwatch_config_last_reload_successful 1\n"))
        #expect(
            file.contains("credwatch_profile_key_created_timestamp_seconds{profile=\"app\"} 1"))
        #expect(try await ask(port) == nil)
        daemon.send(signal: SIGTERM)
        let outcome = await daemon.outcome()
        #expect(outcome.ending == .exited(0), "\(outcome.errorText)")
    }
}
