package import Model

/// Renders what the status file says as metrics, for node_exporter's textfile collector or for those who
/// ask by HTTP.
///
/// Every series of a configured profile or group is there as long as it is configured, whatever its
/// state: a failing profile makes none vanish. No sample has a time stamp of its own. What is not known
/// is `NaN`, what never happened is 0, what never ends is `+Inf`.
package func renderMetrics(
    _ document: StatusDocument, _ daemon: DaemonMetrics, as form: MetricsForm = .text
) -> [UInt8] {
    var writer = MetricsWriter(form, capacity: 2_048 * (document.profiles.count + 4))
    writeDaemon(document, daemon, to: &writer)
    writeSurroundings(document, to: &writer)
    let names = distinctNames(of: document.profiles.map(\.name))
    writeProfiles(document.profiles, names, to: &writer)
    writeRotations(daemon.rotations, names, to: &writer)
    writeGroups(document.groups, daemon, profiles: names, to: &writer)
    writer.finish()
    return writer.bytes
}

private func writeDaemon(
    _ document: StatusDocument, _ daemon: DaemonMetrics, to writer: inout MetricsWriter
) {
    writer.family(.info, "credwatch_build", "The version of credwatch.") {
        $0.sample(MetricsLabels("version", document.daemon.version), 1)
    }
    writer.family(.gauge, "credwatch_start_timestamp_seconds", "When the daemon started.") {
        $0.sample(document.daemon.startedAt)
    }
    writer.family(
        .gauge, "credwatch_status_generated_timestamp_seconds",
        "When these metrics were put together."
    ) { $0.sample(document.generatedAt) }
    writer.family(
        .gauge, "credwatch_status_valid_until_timestamp_seconds",
        "After this every state is to be taken as unknown: the daemon has stopped or hangs."
    ) { $0.sample(document.validUntil) }
    writer.family(
        .gauge, "credwatch_overall_state", "The sum of all profiles and groups: 1 for its state."
    ) {
        for state in Overall.allCases {
            $0.sample(
                MetricsLabels("state", state.rawValue), document.overall == state ? 1 : 0)
        }
    }
    writer.family(
        .gauge, "credwatch_clock_skew_seconds",
        "AWS's clock minus this machine's, as the latest answers agree on; NaN before the first."
    ) {
        $0.sample(document.clock.map(\.skew.inSeconds) ?? .nan)
    }
    writer.family(.info, "credwatch_warning", "1 for each warning about this machine.") {
        for advisory in document.advisories {
            $0.sample(MetricsLabels("code", advisory.kind.rawValue), 1)
        }
    }
    writer.family(
        .counter, "credwatch_checks", "Checks since the start, by their verdict."
    ) {
        $0.sample(MetricsLabels("verdict", "good"), Double(daemon.checks.good))
        $0.sample(MetricsLabels("verdict", "bad"), Double(daemon.checks.bad))
        $0.sample(MetricsLabels("verdict", "unknown"), Double(daemon.checks.unknown))
    }
    writer.family(
        .gauge, "credwatch_config_last_reload_successful",
        "1 while the config that was read last is in force, 0 when it was refused."
    ) { $0.sample(daemon.isReloadSuccessful ? 1 : 0) }
    writer.family(
        .gauge, "credwatch_config_last_reload_success_timestamp_seconds",
        "When the config in force was read."
    ) { $0.sample(daemon.reloadedAt) }
    writer.family(
        .gauge, "credwatch_file_failing", "1 while one of the daemon's own files cannot be written."
    ) {
        $0.sample(MetricsLabels("file", "status"), daemon.isStatusFileFailing ? 1 : 0)
        $0.sample(MetricsLabels("file", "state"), daemon.isStateFileFailing ? 1 : 0)
    }
}

func seconds(_ time: WallTime?) -> Double? {
    time.map { Double($0.seconds) }
}

/// Gives each name the text that stands for it in a label.
///
/// Two names that are the same without what looks like a secret get a number: of a file in which a series
/// is there twice, node_exporter takes nothing.
func distinctNames(of names: [String]) -> [String: String] {
    var texts: [String: String] = [:]
    var taken: Set<String> = []
    for name in names {
        let first = visible(redacted(name))
        var text = first
        var number = 2
        while !taken.insert(text).inserted {
            text = "\(first) \(number)"
            number += 1
        }
        texts[name] = text
    }
    return texts
}
