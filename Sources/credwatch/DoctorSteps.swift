import Daemon
import Glibc
import Model
import Synchronization

/// Lines on standard error that say what a report is about to find out, with a tick once that is done; only
/// on a terminal.
final class DoctorSteps: Sendable {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let isOpen = Mutex(false)

    func show(_ progress: DoctorProgress) {
        guard isTerminal else { return }
        switch progress {
        case .began(let part):
            isOpen.withLock { $0 = true }
            write("\r\u{1B}[K… \(part.activity)", to: STDERR_FILENO)
        case .ended(let part, let state):
            isOpen.withLock { $0 = false }
            write("\r\u{1B}[K\(mark(state)) \(part.activity)\n", to: STDERR_FILENO)
        }
    }

    /// Removes a line that is not finished.
    func clear() {
        guard isTerminal, isOpen.withLock(\.self) else { return }
        write("\r\u{1B}[K", to: STDERR_FILENO)
    }

    private func mark(_ state: DoctorState) -> String {
        switch state {
        case .ok: "✓"
        case .warning: "!"
        case .problem: "✗"
        case .unknown: "?"
        case .notAsked: "-"
        }
    }
}
