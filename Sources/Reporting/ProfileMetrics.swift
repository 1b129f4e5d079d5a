import Model

/// Writes the families of the profiles; `names` has the text of each name's label.
func writeProfiles(
    _ profiles: [ProfileStatus], _ names: [String: String], to writer: inout MetricsWriter
) {
    // Once for all families: to make a text safe takes longer than the rest of a sample.
    let labels = profiles.map { MetricsLabels("profile", names[$0.name] ?? $0.name) }
    func each(
        _ kind: MetricsWriter.Kind, _ name: StaticString, _ help: StaticString,
        _ body: (inout MetricsWriter, ProfileStatus, MetricsLabels) -> Void
    ) {
        writer.family(kind, name, help) { writer in
            for index in profiles.indices { body(&writer, profiles[index], labels[index]) }
        }
    }
    func value(
        _ name: StaticString, _ help: StaticString, _ value: (ProfileStatus) -> Double
    ) {
        each(.gauge, name, help) { $0.sample($2, value($1)) }
    }
    value("credwatch_profile_healthy", "1 when the last check found the credential good.") {
        $0.state == .healthy ? 1 : 0
    }
    each(.gauge, "credwatch_profile_state", "The state of the profile: 1 for the one it is in.") {
        for state in ProfileState.allCases {
            $0.sample($2.and("state", state.rawValue), $1.state == state ? 1 : 0)
        }
    }
    value(
        "credwatch_profile_state_since_timestamp_seconds",
        "Since when the profile is in its state; NaN before the first check."
    ) { seconds($0.since) ?? .nan }
    each(
        .info, "credwatch_profile_failure",
        "What the last check found: its cause, ok when there is nothing to find, and how sure it is."
    ) {
        $0.sample(
            $2.and("cause", $1.diagnosis?.cause.rawValue ?? "")
                .and("confidence", $1.diagnosis?.confidence.rawValue ?? ""), 1)
    }
    value(
        "credwatch_profile_last_check_timestamp_seconds",
        "When the last check began; 0 before the first."
    ) { seconds($0.lastAttemptAt) ?? 0 }
    value(
        "credwatch_profile_last_success_timestamp_seconds",
        "When the credential was last seen good; 0 when it never was."
    ) { seconds($0.lastSuccessAt) ?? 0 }
    value(
        "credwatch_profile_consecutive_failures", "How many checks in a row did not end well."
    ) { Double($0.consecutiveFailures) }
    value(
        "credwatch_profile_check_duration_seconds",
        "How long AWS took to answer the last check; NaN when nothing was sent."
    ) { $0.latency?.inSeconds ?? .nan }
    value(
        "credwatch_profile_credential_expiry_timestamp_seconds",
        "When the session ends, as its source says; +Inf when it does not."
    ) { seconds($0.expiresAt) ?? .infinity }
    value(
        "credwatch_profile_login_expiry_timestamp_seconds",
        "When a person has to put in new credentials, or log in, at the latest; +Inf for never."
    ) { seconds($0.endsForGood) ?? .infinity }
    value(
        "credwatch_profile_key_created_timestamp_seconds",
        "When the access key was made, as IAM told a second identity; NaN while nobody has."
    ) { seconds($0.keyCreatedAt) ?? .nan }
    value("credwatch_profile_warnings", "How many warnings there are about the profile.") {
        Double($0.advisories.count)
    }
    each(.info, "credwatch_profile_warning", "1 for each warning about a profile.") {
        for advisory in $1.advisories {
            $0.sample($2.and("code", advisory.kind.rawValue), 1)
        }
    }
}
