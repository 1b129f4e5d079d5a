import Glibc
import Model

/// One connection: its socket, its parser, and where it stands between request and answer.
struct HTTPConnection: ~Copyable {
    enum State: Equatable {
        case reading
        /// A request is answered, but the answer is held back.
        case holding
        case writing
        /// The answer is out and the connection is to end: what still comes in is thrown away, as
        /// closing with unread bytes would reset the connection and could take the answer with it.
        case draining
    }

    /// What is to be done after bytes were moved.
    enum Progress: Equatable {
        case wait
        case requestReady
        case closed
    }

    let descriptor: Int32
    var state = State.reading
    /// When bytes last moved.
    var lastProgress: Moment
    var parser = HTTPParser()
    private var output: [UInt8] = []
    private var written = 0
    private var closesAfterwards = false
    private var drained = 0

    static let drainLimit = 1_048_576

    init(descriptor: Int32, now: Moment) {
        self.descriptor = descriptor
        lastProgress = now
    }

    deinit {
        close(descriptor)
    }

    /// Queues bytes; `last` ends the connection after them.
    mutating func queue(_ bytes: [UInt8], last: Bool) {
        output += bytes
        closesAfterwards = closesAfterwards || last
    }

    /// Reads what there is into the parser; `.closed` at the end of input or on failure.
    mutating func read(into scratch: UnsafeMutableRawBufferPointer, now: Moment) -> Progress {
        let count = recv(descriptor, scratch.baseAddress, scratch.count, 0)
        if count < 0 { return errno == EAGAIN || errno == EINTR ? .wait : .closed }
        guard count > 0 else { return .closed }
        lastProgress = now
        if state == .draining {
            drained += count
            return drained > Self.drainLimit ? .closed : .wait
        }
        parser.append(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
        return .requestReady
    }

    /// Sends what is queued; afterwards the state is `.writing`, `.reading` or `.draining`.
    mutating func flush(now: Moment) -> Progress {
        while written < output.count {
            let count = output.withUnsafeBytes { bytes in
                send(
                    descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written,
                    Int32(MSG_NOSIGNAL))
            }
            if count < 0 {
                if errno == EINTR { continue }
                guard errno == EAGAIN else { return .closed }
                state = .writing
                return .wait
            }
            lastProgress = now
            written += count
        }
        output.removeAll(keepingCapacity: true)
        written = 0
        guard closesAfterwards else {
            state = .reading
            return .requestReady
        }
        shutdown(descriptor, Int32(SHUT_WR))
        state = .draining
        return .wait
    }
}
