import Glibc
import Synchronization

/// Where the handler writes; the only thing that it may use.
private let signalEnd = Atomic<Int32>(-1)

private func noteSignal(_ number: Int32) {
    let code = errno
    var byte = UInt8(truncatingIfNeeded: number)
    _ = write(signalEnd.load(ordering: .relaxed), &byte, 1)
    errno = code
}

/// Signals as bytes of a pipe, for a loop that waits in `poll`. There is one of them at most.
struct SignalPipe {
    /// Becomes readable when a signal has come.
    let descriptor: Int32

    /// Takes over signals, apart from those that whoever started us wants to be ignored.
    init(_ numbers: [Int32]) {
        var ends: [Int32] = [-1, -1]
        _ = pipe(&ends)
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        descriptor = ends[0]
        signalEnd.store(ends[1], ordering: .relaxed)
        for number in numbers {
            var before = sigaction()
            sigaction(number, nil, &before)
            let isIgnored = before.__sigaction_handler.sa_handler.map {
                unsafeBitCast($0, to: Int.self) == 1
            }
            // As nohup does.
            if isIgnored != true { signal(number, noteSignal) }
        }
    }

    /// Returns the signals that have come.
    func take() -> [Int32] {
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &buffer, buffer.count)
        return buffer.prefix(max(0, count)).map(Int32.init)
    }

    /// Lets a signal do what it would have done by itself; returns when it was to stop us and we go on.
    func raise(_ number: Int32) {
        signal(number, SIG_DFL)
        Glibc.raise(number)
        signal(number, noteSignal)
    }
}
