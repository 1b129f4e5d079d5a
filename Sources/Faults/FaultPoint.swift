import Glibc

/// Ends the process here, as `kill -9` would, where `CREDWATCH_FAULT_POINT` names this point; `name:3` means
/// the third time that it is reached.
///
/// Only debug builds look: tests crash them between the steps that have to survive it.
@inline(__always)
package func faultPoint(_ name: StaticString) {
    #if DEBUG
        FaultPlan.shared?.reached(name.description)
    #endif
}

#if DEBUG
    import Synchronization

    final class FaultPlan: Sendable {
        static let shared = FaultPlan(getenv("CREDWATCH_FAULT_POINT").map { String(cString: $0) })

        private let name: String
        private let left: Mutex<Int>

        /// Reads `name` or `name:count`; nil without a name.
        init?(_ text: String?) {
            guard let text, !text.isEmpty else { return nil }
            let parts = text.split(separator: ":", maxSplits: 1)
            guard let first = parts.first else { return nil }
            name = String(first)
            left = Mutex(parts.count == 2 ? Int(parts[1]) ?? 1 : 1)
        }

        /// Counts, and tells whether this is the time that was meant.
        func isDue(_ point: String) -> Bool {
            guard point == name else { return false }
            return left.withLock {
                $0 -= 1
                return $0 == 0
            }
        }

        func reached(_ point: String) {
            if isDue(point) { kill(getpid(), SIGKILL) }
        }
    }
#endif
