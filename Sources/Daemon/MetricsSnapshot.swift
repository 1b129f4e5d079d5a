import EventLoops
import Model
import Reporting
import Serving
import Synchronization

/// How things stand, as the metrics tell it.
struct MetricsSnapshot: Sendable {
    var document: StatusDocument
    var daemon: DaemonMetrics
    /// Whether the status file says so as well, and is not out of date.
    var isValid: Bool
}

/// Where a server gets its snapshots from: the engine, at most once a second, and for all who ask at the
/// same time together.
///
/// All of it belongs to the loop of the server, except the engine's answer. What was rendered is kept for
/// that second and no longer.
final class SnapshotSource: Sendable {
    /// Asks the engine, which answers later, or never when it stops.
    typealias Engine = @Sendable (@escaping @Sendable (MetricsSnapshot) -> Void) -> Void

    private struct State: Sendable {
        var snapshot: MetricsSnapshot?
        var rendered: [MetricsForm: (number: Int, bytes: [UInt8])] = [:]
        var lastNumber = 0
        var waiting: [EventLoop.Handler] = []
        var isAsked = false
    }

    private let engine: Engine
    private weak let loop: EventLoop?
    private let state = Mutex(State())

    init(_ loop: EventLoop, asking engine: @escaping Engine) {
        self.loop = loop
        self.engine = engine
    }

    /// Calls a handler on the loop when there is a snapshot, at once when there is one.
    func ask(_ handler: @escaping EventLoop.Handler) {
        let (isThere, mustAsk) = state.withLock { state in
            if state.snapshot != nil { return (true, false) }
            state.waiting.append(handler)
            defer { state.isAsked = true }
            return (false, !state.isAsked)
        }
        if isThere { return handler() }
        guard mustAsk else { return }
        engine { [weak self] snapshot in
            guard let self, let loop else { return }
            loop.async { self.take(snapshot) }
        }
    }

    private func take(_ snapshot: MetricsSnapshot) {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            state.snapshot = snapshot
            state.isAsked = false
            return state.waiting
        }
        for handler in waiting { handler() }
        loop?.after(.seconds(1)) { [weak self] in
            self?.state.withLock { state in
                state.snapshot = nil
                state.rendered = [:]
            }
        }
    }

    /// Makes the answer with the snapshot at hand; with the number of the rendering that it is, if it is one.
    func answer(to page: ServedPage) -> (answer: ServedAnswer, rendering: Int?) {
        guard let snapshot = state.withLock({ $0.snapshot }) else {
            return (.refusal(.unavailable), nil)
        }
        switch page {
        case .index: return (.index, nil)
        case .health: return (.health(isValid: snapshot.isValid), nil)
        case .metrics(let form):
            if let (number, bytes) = state.withLock({ $0.rendered[form] }) {
                return (.metrics(bytes, form), number)
            }
            let bytes = renderMetrics(snapshot.document, snapshot.daemon, as: form)
            let number = state.withLock { state in
                state.lastNumber += 1
                state.rendered[form] = (state.lastNumber, bytes)
                return state.lastNumber
            }
            return (.metrics(bytes, form), number)
        }
    }
}
