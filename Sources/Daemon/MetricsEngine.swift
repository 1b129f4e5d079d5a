import Dispatch
import FailingOver
import Model
import Reporting
import Scheduling

/// Serving the metrics by HTTP, and what only they tell.
extension Engine {
    /// Brings the server to what the config wants: started, moved, stopped, or left alone.
    func serveMetrics() {
        guard let wanted = configuration.metricsListener else {
            if let server = metricsServer {
                Task.detached(executorPreference: parts.transport) { await server.stop() }
            }
            metricsServer = nil
            metricsProblem = nil
            return
        }
        metricsServer = metricsServer ?? makeMetricsServer()
        guard let metricsServer else {
            return parts.journal.write(
                JournalEntry(
                    .metricsUnserved, .warning,
                    "The metrics are not served by HTTP: no thread or descriptor is left for it."))
        }
        metricsServer.serve(wanted)
    }

    private func makeMetricsServer() -> MetricsServer? {
        MetricsServer(
            asking: { [weak self] reply in
                guard let self else { return }
                queue.async { self.assumeIsolated { $0.tellMetrics(reply) } }
            },
            onChange: { [weak self] problem in
                guard let self else { return }
                queue.async { self.assumeIsolated { $0.listeningChanged(problem) } }
            })
    }

    private func tellMetrics(_ reply: @Sendable (MetricsSnapshot) -> Void) {
        guard !isStopping else { return }
        let now = SystemClock.now()
        reply(
            MetricsSnapshot(
                document: document(at: now), daemon: daemonMetrics,
                isValid: publication.validUntil.map { now.wall <= $0 } ?? false))
    }

    /// Tells once that nobody can ask, and once that everybody can again.
    private func listeningChanged(_ problem: SocketProblem?) {
        // A server that is not wanted any more may have the last word.
        guard !isStopping, let listener = configuration.metricsListener else { return }
        let before = metricsProblem
        metricsProblem = problem
        if let problem, before == nil {
            parts.journal.write(
                JournalEntry(
                    .metricsUnserved, .warning,
                    "The metrics are not served by HTTP: \(problem). It is tried again.",
                    [.init("ERRNO", String(problem.code))]))
        } else if problem == nil, before != nil {
            parts.journal.write(
                JournalEntry(
                    .metricsServed, .notice,
                    "The metrics are served on \(listener.address) again."))
        }
        publication.markDirty(urgent: true)
        turn()
    }

    /// The daemon's own figures, as of now.
    var daemonMetrics: DaemonMetrics {
        var metrics = counters
        metrics.rotations = rotations.profiles.reduce(into: [:]) {
            $0[$1] = counters.rotations[$1] ?? .init()
        }
        metrics.isStatusFileFailing = publication.troubles[.status] != nil
        metrics.isStateFileFailing = keeping.problem != nil
        return metrics
    }

    /// What is the matter with the daemon's own outputs, for the line of `systemctl status`.
    var outputClauses: [String] {
        publication.clauses
            + [
                refusal, keeping.problem?.clause,
                metricsProblem.map { "metrics not served: \($0.reason)" },
                handout.isTroubled ? "credentials not served, see the journal" : nil,
            ].compactMap(\.self)
    }
}
