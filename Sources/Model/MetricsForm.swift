/// The forms in which Prometheus and its kin read metrics.
package enum MetricsForm: Sendable, Hashable, CaseIterable {
    /// Prometheus' text format 0.0.4, which node_exporter's textfile collector reads as well.
    case text
    /// OpenMetrics 1.0.
    case openMetrics

    /// The media type of the form, as HTTP names it.
    package var contentType: String {
        switch self {
        case .text: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }
}
