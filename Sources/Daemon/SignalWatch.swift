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

    /// Lets signals wait until they are watched; to be called on the main thread.
    ///
    /// Ignored or left alone until then, one that comes early would be lost, or end the process. The
    /// main thread is the only one that takes signals: all others block them.
    static func hold(_ kinds: [Signal]) {
        var set = sigset_t()
        sigemptyset(&set)
        for kind in kinds { sigaddset(&set, kind.number) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Takes the signals over from their default actions, and calls `handler` for each.
    ///
    /// A burst of one signal is one call: the kernel and Dispatch join what comes while a call waits.
    init(queue: DispatchQueue, handler: @escaping @Sendable (Signal) -> Void) {
        for kind in Signal.allCases {
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
