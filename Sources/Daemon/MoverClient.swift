import Glibc
import Model
import Scheduling

/// The daemon's end of the privileged half: who asks it, and hears its steps. Blocks.
struct MoverClient: Sendable {
    var path: String
    /// How long all of a move may take.
    static let usualPatience = Duration.seconds(300)
    var patience = Self.usualPatience

    /// Opens a connection; nil when nobody is there, or nobody for us.
    func connect() -> Int32? {
        try? UnixSocket.connect(to: path)
    }

    /// Asks for a move on a connection, which is closed afterwards.
    ///
    /// When the other end goes without an answer, what it has reported decides: with a file written the
    /// move is incomplete, else nothing is changed.
    func carryOut(
        _ request: MoveRequest, on socket: Int32, report: (MoveStep) -> Void
    ) -> MoveOutcome {
        defer { close(socket) }
        var hasWritten = false
        func cut(_ reason: String) -> MoveOutcome {
            MoveOutcome(hasWritten ? .incomplete(reason) : .failed(reason))
        }
        let end = SystemClock.moment() + patience
        guard UnixSocket.sendAll(request.line, to: socket) else {
            return cut("the privileged half at \(path) takes no request")
        }
        var reader = LineReader(socket, longest: MoverProtocol.longestLine)
        for _ in 0..<MoverProtocol.mostLines {
            switch reader.next(until: end) {
            case .line(let line):
                switch MoverProtocol.Answer(line: line) {
                case .step(let step)?:
                    switch step.kind {
                    case .written: hasWritten = true
                    case .restored: hasWritten = false
                    default: break
                    }
                    report(step)
                case .end(let outcome)?: return outcome
                case nil: return cut("the privileged half at \(path) answered something else")
                }
            case .tooLong: return cut("the privileged half at \(path) answered something else")
            case .late: return cut("the privileged half did not end within \(patience.rough)")
            case .ended:
                return cut("the privileged half ended before it was done; see its journal")
            }
        }
        return cut("the privileged half at \(path) does not come to an end")
    }
}

/// A reader of lines from a descriptor, bounded in length and time.
struct LineReader {
    enum Result: Sendable, Hashable {
        /// Without its line feed.
        case line([UInt8])
        case ended, late, tooLong
    }

    private let descriptor: Int32
    private let longest: Int
    private var bytes: [UInt8] = []

    init(_ descriptor: Int32, longest: Int) {
        self.descriptor = descriptor
        self.longest = longest
    }

    /// Reads the next line; blocks until the moment at most.
    mutating func next(until end: Moment) -> Result {
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            if let feed = bytes.firstIndex(of: 0x0A) {
                let line = Array(bytes[..<feed])
                bytes.removeSubrange(...feed)
                return line.count <= longest ? .line(line) : .tooLong
            }
            if bytes.count > longest { return .tooLong }
            let left = (end - SystemClock.moment()).nanoseconds / 1_000_000
            guard left > 0 else { return .late }
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&wait, 1, Int32(clamping: left))
            if ready < 0, errno == EINTR { continue }
            guard ready >= 0 else { return .ended }
            if ready == 0 { continue }
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return .ended }
            bytes += chunk[..<count]
        }
    }
}
