package import Model

/// Renders what the status file says as metrics in Prometheus' text format, for the textfile collector of
/// node_exporter.
///
/// Every series of a configured profile or group is there as long as it is configured, whatever its
/// state: a failing profile makes none vanish. No sample has a time stamp of its own. What is not known
/// is `NaN`, what never happened is 0, what never ends is `+Inf`.
package func renderMetrics(_ document: StatusDocument) -> [UInt8] {
    var writer = MetricsWriter(capacity: 2_048 * (document.profiles.count + 2))
    writeDaemon(document, to: &writer)
    writeSurroundings(document, to: &writer)
    writeProfiles(document.profiles, to: &writer)
    writeGroups(document.groups, to: &writer)
    return writer.bytes
}

private func writeDaemon(_ document: StatusDocument, to writer: inout MetricsWriter) {
    writer.family("credwatch_build_info", "The version of credwatch.") {
        $0.sample([("version", document.daemon.version)], 1)
    }
    writer.family("credwatch_start_timestamp_seconds", "When the daemon started.") {
        $0.sample([], document.daemon.startedAt)
    }
    writer.family(
        "credwatch_status_generated_timestamp_seconds", "When these metrics were put together."
    ) { $0.sample([], document.generatedAt) }
    writer.family(
        "credwatch_status_valid_until_timestamp_seconds",
        "After this every state is to be taken as unknown: the daemon has stopped or hangs."
    ) { $0.sample([], document.validUntil) }
    writer.family("credwatch_overall_state", "The sum of all profiles and groups: 1 for its state.")
    {
        for state in Overall.allCases {
            $0.sample([("state", state.rawValue)], document.overall == state ? 1 : 0)
        }
    }
    writer.family(
        "credwatch_clock_skew_seconds",
        "AWS's clock minus this machine's, as the latest answers agree on; NaN before the first."
    ) {
        $0.sample([], document.clock.map { $0.skew.inMilliseconds / 1_000 } ?? .nan)
    }
    writer.family("credwatch_warning_info", "1 for each warning about this machine.") {
        for advisory in document.advisories { $0.sample([("code", advisory.kind.rawValue)], 1) }
    }
}

private func writeProfiles(_ profiles: [ProfileStatus], to writer: inout MetricsWriter) {
    func each(
        _ name: StaticString, _ help: StaticString, _ value: (ProfileStatus) -> Double
    ) {
        writer.family(name, help) { writer in
            for profile in profiles { writer.sample([("profile", profile.name)], value(profile)) }
        }
    }
    each("credwatch_profile_healthy", "1 when the last check found the credential good.") {
        $0.state == .healthy ? 1 : 0
    }
    writer.family("credwatch_profile_state", "The state of the profile: 1 for the one it is in.") {
        for profile in profiles {
            for state in ProfileState.allCases {
                $0.sample(
                    [("profile", profile.name), ("state", state.rawValue)],
                    profile.state == state ? 1 : 0)
            }
        }
    }
    writer.family(
        "credwatch_profile_failure_info",
        "What the last check found: its cause, ok when there is nothing to find, and how sure it is."
    ) {
        for profile in profiles {
            $0.sample(
                [
                    ("profile", profile.name),
                    ("cause", profile.diagnosis?.cause.rawValue ?? ""),
                    ("confidence", profile.diagnosis?.confidence.rawValue ?? ""),
                ], 1)
        }
    }
    each(
        "credwatch_profile_last_check_timestamp_seconds",
        "When the last check began; 0 before the first."
    ) { seconds($0.lastAttemptAt) ?? 0 }
    each(
        "credwatch_profile_last_success_timestamp_seconds",
        "When the credential was last seen good; 0 when it never was."
    ) { seconds($0.lastSuccessAt) ?? 0 }
    each(
        "credwatch_profile_consecutive_failures", "How many checks in a row did not end well."
    ) { Double($0.consecutiveFailures) }
    each(
        "credwatch_profile_check_duration_seconds",
        "How long AWS took to answer the last check; NaN when nothing was sent."
    ) { $0.latency.map { $0.inMilliseconds / 1_000 } ?? .nan }
    each(
        "credwatch_profile_credential_expiry_timestamp_seconds",
        "When the session ends, as its source says; +Inf when it does not."
    ) { seconds($0.expiresAt) ?? .infinity }
    each(
        "credwatch_profile_login_expiry_timestamp_seconds",
        "When a person has to put in new credentials, or log in, at the latest; +Inf for never."
    ) { seconds($0.endsForGood) ?? .infinity }
    each("credwatch_profile_warnings", "How many warnings there are about the profile.") {
        Double($0.advisories.count)
    }
    writer.family("credwatch_profile_warning_info", "1 for each warning about a profile.") {
        for profile in profiles {
            for advisory in profile.advisories {
                $0.sample(
                    [("profile", profile.name), ("code", advisory.kind.rawValue)], 1)
            }
        }
    }
}

private func writeGroups(_ groups: [GroupStatus], to writer: inout MetricsWriter) {
    func each(_ name: StaticString, _ help: StaticString, _ value: (GroupStatus) -> Double) {
        writer.family(name, help) { writer in
            for group in groups { writer.sample([("group", group.name)], value(group)) }
        }
    }
    writer.family("credwatch_failover_active_info", "The profile that applications should use.") {
        for group in groups {
            $0.sample([("group", group.name), ("profile", group.active)], 1)
        }
    }
    each("credwatch_failover_on_backup", "1 while the active profile is not the primary.") {
        $0.active == $0.primary ? 0 : 1
    }
    writer.family("credwatch_failover_state", "Where the group stands: 1 for the state it is in.") {
        for group in groups {
            for state in GroupState.allCases {
                $0.sample(
                    [("group", group.name), ("state", state.rawValue)],
                    group.state == state ? 1 : 0)
            }
        }
    }
    each(
        "credwatch_failover_hook_last_exit_code",
        "The exit code of the hook's last run, -1 when it did not come to one; NaN when none ran."
    ) { group in
        switch group.hook?.result {
        case .exited(let code)?: Double(code)
        case .killed?, .timedOut?, .notStarted?, .interrupted?: -1
        case nil: .nan
        }
    }
    each("credwatch_failover_warnings", "How many warnings there are about the group.") {
        Double($0.advisories.count)
    }
    writer.family("credwatch_failover_warning_info", "1 for each warning about a group.") {
        for group in groups {
            for advisory in group.advisories {
                $0.sample([("group", group.name), ("code", advisory.kind.rawValue)], 1)
            }
        }
    }
}

private func seconds(_ time: WallTime?) -> Double? {
    time.map { Double($0.seconds) }
}
