import Model

/// Writes the families of the profiles whose keys the daemon rotates; `names` has the text of each name's
/// label.
func writeRotations(
    _ rotations: [String: DaemonMetrics.Rotation], _ names: [String: String],
    to writer: inout MetricsWriter
) {
    let rows = rotations.sorted { $0.key < $1.key }.map { name, rotation in
        (MetricsLabels("profile", names[name] ?? name), rotation)
    }
    writer.family(
        .gauge, "credwatch_rotation_last_run_timestamp_seconds",
        "When the daemon last looked whether the key is to be rotated, or went on with that; 0 before the first time, and nothing without `rotate`."
    ) {
        for (labels, rotation) in rows { $0.sample(labels, seconds(rotation.lastRunAt) ?? 0) }
    }
    writer.family(
        .gauge, "credwatch_rotation_failing",
        "1 while that has failed, or has left both keys active; NaN before the first time, and nothing without `rotate`."
    ) {
        for (labels, rotation) in rows {
            $0.sample(labels, rotation.isFailing.map { $0 ? 1 : 0 } ?? .nan)
        }
    }
}
