import Dispatch
import Model
import Switching

/// Whoever writes keys into files; every call blocks.
protocol KeyWriter: Sendable {
    /// Looks, without changing anything, whether a place could be written; returns the key id there.
    func inspect(_ place: SwitchPlace) throws(SwitchProblem) -> String?
    func write(_ keys: WrittenKeys, to place: SwitchPlace, now: WallTime) throws(SwitchProblem)
        -> SwitchedFile
    /// Puts back what stood there before.
    func restore(_ file: SwitchedFile) throws(SwitchProblem)
}

extension FileSwitcher: KeyWriter {}

/// A thread for the calls of one move that block, each for a limited time.
struct BlockingLine: Sendable {
    private let queue = DispatchQueue(label: "credwatch.move")

    /// Does work on the thread; nil when it takes longer than the limit, and goes on alone.
    func run<Value: Sendable>(
        within limit: Duration, _ work: @escaping @Sendable () -> Value
    ) async -> Value? {
        await race(within: limit) { race in
            queue.async { race.end(with: work()) }
            return {}
        }
    }
}
