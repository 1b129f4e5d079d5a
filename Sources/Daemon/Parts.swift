import Dispatch
import FailingOver
import HTTP
import Model
import Obtaining
import Probing
import Reporting
import Synchronization

/// What the engine works with: the stages' effects, made by the start-up.
struct Parts: Sendable {
    var configurationFile: String
    var transport: CurlTransport
    var journal: any Journal
    var service: ServiceManager
    var store: StateStore
    var hookRunner: HookRunner
    /// One for the whole life: what it keeps outlives a reload.
    var obtainer: Obtainer
    var host: String
    var processID: Int32
    /// One queue for each file, so that neither waits for the other's disk.
    let statusQueue = DispatchQueue(label: "credwatch.status")
    let stateQueue = DispatchQueue(label: "credwatch.state")
    /// Who uses a key: asked here, or of somebody with more rights.
    var findKeyUsers: @Sendable (KeyUsersQuestion) async -> KeyUsersReport = askKeyUsers
    /// From CREDWATCH_BENCH_LATENESS; nil outside of a benchmark.
    var latenessFile: String?
}

/// A value that workers read while the engine may put another in its place.
final class Current<Value: Sendable>: Sendable {
    private let box: Mutex<Value>

    init(_ value: Value) {
        box = Mutex(value)
    }

    var value: Value {
        get { box.withLock(\.self) }
        set { box.withLock { $0 = newValue } }
    }
}

/// Whether the thread that carries the checks still turns, asked from one watchdog ping to the next.
struct Pulse {
    let isAnswered = Answer()
    var isAsked = false

    final class Answer: Sendable {
        private let value = Atomic<Bool>(true)

        func set(_ new: Bool) {
            value.store(new, ordering: .sequentiallyConsistent)
        }

        var isSet: Bool { value.load(ordering: .sequentiallyConsistent) }
    }
}

/// Notices clocks that jump and time that was slept through.
struct ClockWatch {
    private var offset: Duration
    private var suspended: Duration

    init(at now: Instant, suspended: Duration) {
        offset = Self.offset(now)
        self.suspended = suspended
    }

    enum Change: Hashable {
        case jumped(by: Duration)
        case slept(for: Duration)
    }

    /// Looks at the clocks again; a second and more is worth a word.
    mutating func look(at now: Instant, suspended newSuspended: Duration) -> [Change] {
        var changes: [Change] = []
        let slept = newSuspended - suspended
        let jump = Self.offset(now) - offset
        if slept > .seconds(1) { changes.append(.slept(for: slept)) }
        if jump.magnitude > .seconds(1) { changes.append(.jumped(by: jump)) }
        suspended = newSuspended
        offset = Self.offset(now)
        return changes
    }

    private static func offset(_ now: Instant) -> Duration {
        .nanoseconds(now.wall.nanoseconds - now.moment.nanoseconds)
    }
}
