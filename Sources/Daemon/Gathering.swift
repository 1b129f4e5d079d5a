import Synchronization

/// What a piece of work reports, in order, gathered from whichever thread reports it: the steps of a move, the
/// sentences of a rotation.
final class Gathering<Report: Sendable>: Sendable {
    private let reports = Mutex<[Report]>([])

    func add(_ report: Report) {
        reports.withLock { $0.append(report) }
    }

    var all: [Report] { reports.withLock(\.self) }
}
