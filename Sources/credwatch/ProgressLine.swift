import Dispatch
import Glibc
import Synchronization

/// A line on standard error that says how far a check is, when that takes longer than a second and
/// standard error is a terminal.
final class ProgressLine: Sendable {
    private struct State {
        var finished = 0
        var isShown = false
        var isOver = false
    }

    private let total: Int
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let state = Mutex(State())

    init(total: Int) {
        self.total = total
        guard isTerminal else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + 1) { [weak self] in
            self?.state.withLock { state in
                guard !state.isOver else { return }
                state.isShown = true
                self?.draw(state)
            }
        }
    }

    func show(finished: Int) {
        guard isTerminal else { return }
        state.withLock { state in
            state.finished = max(state.finished, finished)
            if state.isShown { draw(state) }
        }
    }

    func clear() {
        guard isTerminal else { return }
        state.withLock { state in
            if state.isShown { write("\r\u{1B}[K", to: STDERR_FILENO) }
            state.isShown = false
            state.isOver = true
        }
    }

    private func draw(_ state: State) {
        write("\r\u{1B}[Kchecked \(state.finished) of \(total) …", to: STDERR_FILENO)
    }
}
