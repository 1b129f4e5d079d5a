import Model

/// Writes the families of the failover groups.
func writeGroups(
    _ groups: [GroupStatus], _ daemon: DaemonMetrics, profiles: [String: String],
    to writer: inout MetricsWriter
) {
    let names = distinctNames(of: groups.map(\.name))
    let labels = groups.map { MetricsLabels("group", names[$0.name] ?? $0.name) }
    func shown(_ profile: String) -> String { profiles[profile] ?? profile }
    func each(
        _ kind: MetricsWriter.Kind, _ name: StaticString, _ help: StaticString,
        _ body: (inout MetricsWriter, GroupStatus, MetricsLabels) -> Void
    ) {
        writer.family(kind, name, help) { writer in
            for (group, labels) in zip(groups, labels) { body(&writer, group, labels) }
        }
    }
    each(.info, "credwatch_failover_active", "The profile that applications should use.") {
        $0.sample($2.and("profile", shown($1.active)), 1)
    }
    each(.gauge, "credwatch_failover_on_backup", "1 while the active profile is not the primary.") {
        $0.sample($2, $1.active == $1.primary ? 0 : 1)
    }
    each(
        .info, "credwatch_failover_member", "1 for each profile of a group, with its role in it."
    ) {
        $0.sample($2.and("profile", shown($1.primary)).and("role", "primary"), 1)
        for backup in $1.backups {
            $0.sample($2.and("profile", shown(backup)).and("role", "backup"), 1)
        }
    }
    each(.gauge, "credwatch_failover_state", "Where the group stands: 1 for the state it is in.") {
        for state in GroupState.allCases {
            $0.sample($2.and("state", state.rawValue), $1.state == state ? 1 : 0)
        }
    }
    each(
        .gauge, "credwatch_failover_hook_last_exit_code",
        "How the last attempt to move the applications ended: the hook's exit code, 0 for a switch that succeeded, -1 for any other failure; NaN before the first."
    ) {
        let code: Double =
            switch $1.hook?.result {
            case .exited(let code)?: Double(code)
            case .killed?, .timedOut?, .notStarted?, .interrupted?, .switchFailed?, .incomplete?: -1
            case nil: .nan
            }
        $0.sample($2, code)
    }
    each(
        .gauge, "credwatch_failover_hook_last_run_timestamp_seconds",
        "When the last attempt to move the applications began; 0 before the first."
    ) { $0.sample($2, seconds($1.hook?.startedAt) ?? 0) }
    each(
        .counter, "credwatch_failover_hook_runs",
        "Runs of the group's switch or hook since the daemon's start, by how they ended."
    ) {
        let runs = daemon.hookRuns[$1.name] ?? DaemonMetrics.HookRuns()
        $0.sample($2.and("result", "succeeded"), Double(runs.succeeded))
        $0.sample($2.and("result", "failed"), Double(runs.failed))
    }
    each(
        .counter, "credwatch_failover_credential_requests",
        "Requests for the group's credential since the daemon's start, by what they came to."
    ) {
        let handouts = daemon.handouts[$1.name] ?? DaemonMetrics.Handouts()
        $0.sample($2.and("result", "served"), Double(handouts.served))
        $0.sample($2.and("result", "unavailable"), Double(handouts.unavailable))
    }
    each(
        .gauge, "credwatch_failover_stale_users",
        "Running processes that still use the key of before the last move, as far as they can be seen."
    ) { $0.sample($2, Double($1.staleUsers?.report.count ?? 0)) }
    each(
        .gauge, "credwatch_failover_last_drill_timestamp_seconds",
        "When the last drill of the group began; 0 before the first."
    ) { $0.sample($2, seconds($1.drill?.startedAt) ?? 0) }
    each(
        .gauge, "credwatch_failover_last_drill_success",
        "1 when the last drill went there and back, 0 when something could not be moved; NaN before the end of the first, and when a failure in earnest overtook it."
    ) {
        let outcome = $1.drill?.finishedAt == nil ? nil : $1.drill?.outcome
        let value: Double =
            switch outcome {
            case .succeeded?: 1
            case .failed?: 0
            case .stayed?, nil: .nan
            }
        $0.sample($2, value)
    }
    each(.gauge, "credwatch_failover_warnings", "How many warnings there are about the group.") {
        $0.sample($2, Double($1.advisories.count))
    }
    each(.info, "credwatch_failover_warning", "1 for each warning about a group.") {
        for advisory in $1.advisories {
            $0.sample($2.and("code", advisory.kind.rawValue), 1)
        }
    }
}
