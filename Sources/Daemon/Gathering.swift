import Model
import Synchronization

/// The steps of a move, gathered from whichever thread reports them.
final class StepList: Sendable {
    private let steps = Mutex<[MoveStep]>([])

    func add(_ step: MoveStep) {
        steps.withLock { $0.append(step) }
    }

    var all: [MoveStep] { steps.withLock(\.self) }
}
