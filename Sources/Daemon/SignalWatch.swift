import Dispatch
import Glibc

/// The signals that steer the daemon, delivered on its queue.
final class SignalWatch {
    enum Signal: CaseIterable, Sendable {
        case terminate, interrupt, reload, checkNow

        var number: Int32 {
            switch self {
            case .terminate: SIGTERM
            case .interrupt: SIGINT
            case .reload: SIGHUP
            case .checkNow: SIGUSR1
            }
        }
    }

    private var sources: [any DispatchSourceSignal] = []

    /// Keeps signals that do not mean to end the daemon from doing so before they are watched.
    ///
    /// Nothing is lost: a start reads the config and checks everything anyway.
    static func survive() {
        for kind in [Signal.reload, .checkNow] { signal(kind.number, SIG_IGN) }
        signal(SIGPIPE, SIG_IGN)
    }

    /// Takes the signals over from their default actions, and calls `handler` for each.
    ///
    /// A burst of one signal is one call: the kernel and Dispatch join what comes while a call waits.
    init(queue: DispatchQueue, handler: @escaping @Sendable (Signal) -> Void) {
        signal(SIGPIPE, SIG_IGN)
        for kind in Signal.allCases {
            signal(kind.number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: kind.number, queue: queue)
            source.setEventHandler { handler(kind) }
            source.activate()
            sources.append(source)
        }
    }

    func cancel() {
        for source in sources { source.cancel() }
    }
}
