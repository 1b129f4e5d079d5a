import Model
import Reporting
import Support
import Testing

/// The files of packaging/monitoring, held to what the agents document and to what the program has.
@Suite(.timeLimit(.minutes(1)))
struct MonitoringFilesSystemTests {
    private static let root =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")

    private static let needs = "python3 has no modules yaml and tomllib"

    private static func hasPython() async -> Bool {
        (try? await Subprocess.run("python3", ["-c", "import yaml, tomllib"]))?.ending
            == .exited(0)
    }

    /// Judges a folder of such files.
    private func check(_ folder: String, _ site: Site) async throws -> Subprocess.Outcome {
        let now = WallTime(seconds: 1_795_356_190)
        let document = StatusDocument(
            generatedAt: now, validUntil: now, overall: .healthy,
            daemon: DaemonStatus(version: "0.1.0", pid: 1, startedAt: now, host: "web1"),
            profiles: [ProfileStatus(name: "a", state: .healthy)],
            groups: [
                GroupStatus(
                    name: "a", primary: "a", backups: ["b"], active: "a", state: .ready)
            ])
        try site.write(
            "metrics", mode: 0o644,
            String(decoding: renderMetrics(document, DaemonMetrics(startedAt: now)), as: UTF8.self))
        let help = try await site.run("status", "--help").outputText
        let options = help.split { !"abcdefghijklmnopqrstuvwxyz-".contains($0) }
            .filter { $0.hasPrefix("--") }
        return try await Subprocess.run(
            "python3",
            [
                "\(Self.root)/Tests/Monitoring/check", folder, "--metrics", site.path("metrics"),
                "--options=" + options.joined(separator: ","),
            ])
    }

    @Test(.enabled(Comment(rawValue: needs)) { await hasPython() })
    func `the files have nothing that an agent or the program does not know`() async throws {
        let outcome = try await check("\(Self.root)/packaging/monitoring", Site())
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
    }

    @Test(
        .enabled(Comment(rawValue: needs)) { await hasPython() },
        arguments: [
            ("zabbix/credwatch_template.yaml", "lld_macro_paths", "lld_paths"),
            ("zabbix/credwatch_template.yaml", "key: 'credwatch.plugin'", "key: 'credwatch.plug'"),
            ("zabbix/credwatch_template.yaml", ".consecutive_failures.", ".failures."),
            ("zabbix/credwatch_template.yaml", "$.valid_until", "$.valid_til"),
            (
                "zabbix/credwatch_template.yaml", "name: 'Group {#GROUP}: the failover failed'",
                "name: 'Group {#GROUP}: failed'"
            ),
            (
                "zabbix/credwatch.conf", "UserParameter=credwatch.status,",
                "UserParameter=credwatch.state,"
            ),
            ("telegraf/credwatch.conf", "included_keys", "include_keys"),
            ("telegraf/credwatch.conf", "latency_ms", "latency"),
            ("telegraf/credwatch.conf", "#  metric_version", "#  version"),
            ("datadog/conf.yaml", "credwatch_profile_healthy", "credwatch_profile_health"),
            ("datadog/conf.yaml", "openmetrics_endpoint", "prometheus_url"),
            ("sensu/credwatch.yml", "  subscriptions:", "  subscribers:"),
            ("checkmk/mrpe.cfg", "AWS%20credentials /", "AWS credentials /"),
            ("nrpe/credwatch.cfg", "command[check_credwatch]", "command(check_credwatch)"),
            (
                "nagios/credwatch.cfg", "check_command           check_credwatch",
                "check_command           check_creds"
            ),
            ("icinga2/credwatch.conf", "--max-age", "--maximum-age"),
            (
                "collectd/credwatch-collectd", "credwatch status --plugin --profile",
                "credwatch status --plugin --profiles"
            ),
            ("monit/credwatch", "Goes to", "Somewhere"),
        ])
    func `a fault in one of them is found`(file: String, text: String, other: String) async throws {
        let site = try Site()
        _ = try await Subprocess.run(
            "cp", ["-R", "\(Self.root)/packaging/monitoring", site.path("monitoring")])
        let place = "monitoring/\(file)"
        let whole = readText(site.path(place))
        try #require(whole.contains(text))
        try site.write(place, mode: 0o644, whole.replacing(text, with: other, maxReplacements: 1))
        let outcome = try await check(site.path("monitoring"), site)
        #expect(outcome.ending == .exited(1), "\(outcome.errorText)")
        #expect(outcome.outputText != "")
    }
}
