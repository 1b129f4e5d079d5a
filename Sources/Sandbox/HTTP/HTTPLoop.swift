import CClock
import Glibc
import Model

/// The server's loop: it owns every connection, on the one thread that runs it.
struct HTTPLoop: ~Copyable {
    typealias Handler = @Sendable (HTTPRequest) -> HTTPReply

    private let poll: EventPoll
    private let listener: Int32
    private let limit: Int
    private let handler: Handler
    private var connections: [UInt64: Box] = [:]
    private var nextID: UInt64 = 1
    private var isAccepting = true
    /// Connections whose answer is held back, the earliest last.
    private var held: [(due: Moment, id: UInt64)] = []
    private var nextSweep: Moment
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)

    /// A connection in a dictionary, which cannot hold a noncopyable value itself.
    private final class Box {
        var connection: HTTPConnection
        init(_ connection: consuming HTTPConnection) {
            self.connection = connection
        }
    }

    static let listenerID: UInt64 = 0
    static let idleLimit = Duration.seconds(60)
    static let drainLimit = Duration.seconds(2)
    private static let sweepInterval = Duration.seconds(1)

    init(poll: EventPoll, listener: Int32, connectionLimit: Int, handler: @escaping Handler) {
        self.poll = poll
        self.listener = listener
        limit = connectionLimit
        self.handler = handler
        nextSweep = .now
        poll.add(listener, id: Self.listenerID, .reading)
    }

    deinit {
        scratch.deallocate()
    }

    /// Runs until `isStopped` says so after a wake-up; all connections are closed then.
    mutating func run(until isStopped: () -> Bool) {
        while !isStopped() {
            for event in poll.wait(milliseconds: timeout()) {
                if event.id == EventPoll.wakeID { continue }
                if event.id == Self.listenerID {
                    accept()
                } else if event.isBroken, !event.isReadable {
                    close(event.id)
                } else {
                    serve(event)
                }
            }
            releaseHeld()
            sweep()
        }
        connections.removeAll()
    }

    private func timeout() -> Int32 {
        var due = connections.isEmpty && isAccepting ? nil : nextSweep
        if let first = held.last?.due { due = min(first, due ?? first) }
        guard let due else { return -1 }
        let milliseconds = (due - .now).inMilliseconds.rounded(.up)
        return Int32(max(0, min(milliseconds, 60_000)))
    }

    private mutating func accept() {
        while connections.count < limit {
            switch Sockets.accept(listener) {
            case .connection(let descriptor):
                let id = nextID
                nextID += 1
                let box = Box(HTTPConnection(descriptor: descriptor, now: .now))
                if poll.add(descriptor, id: id, .reading) { connections[id] = box }
            case .none:
                return
            case .exhausted:
                return pauseAccepting()
            }
        }
        pauseAccepting()
    }

    /// Leaves new connections in the backlog until one is closed, or until the next sweep.
    private mutating func pauseAccepting() {
        isAccepting = false
        nextSweep = .now + Self.sweepInterval
        poll.change(listener, id: Self.listenerID, .nothing)
    }

    private mutating func resumeAccepting() {
        guard !isAccepting, connections.count < limit else { return }
        isAccepting = true
        poll.change(listener, id: Self.listenerID, .reading)
    }

    private mutating func serve(_ event: EventPoll.Event) {
        guard let box = connections[event.id] else { return }
        let progress: HTTPConnection.Progress
        switch box.connection.state {
        case .reading, .draining: progress = box.connection.read(into: scratch, now: .now)
        case .writing: progress = box.connection.flush(now: .now)
        case .holding: progress = event.isBroken ? .closed : .wait
        }
        advance(event.id, box, progress)
    }

    /// Answers requests that are whole, until the connection has to wait for something.
    private mutating func advance(_ id: UInt64, _ box: Box, _ first: HTTPConnection.Progress) {
        var progress = first
        while progress == .requestReady {
            progress = step(id, box)
        }
        if progress == .closed { return close(id) }
        let interest: EventPoll.Interest =
            switch box.connection.state {
            case .reading, .draining: .reading
            case .writing: .writing
            case .holding: .nothing
            }
        poll.change(box.connection.descriptor, id: id, interest)
    }

    private mutating func step(_ id: UInt64, _ box: Box) -> HTTPConnection.Progress {
        do throws(HTTPFailure) {
            switch try box.connection.parser.next() {
            case .needsMore:
                return .wait
            case .continueExpected:
                box.connection.queue(HTTPResponse.continueBytes, last: false)
            case .request(let request):
                let reply = handler(request)
                let bytes = reply.response.serialized(
                    keepAlive: request.keepsAlive, headOnly: request.method == "HEAD")
                box.connection.queue(bytes, last: !request.keepsAlive)
                if reply.delay > .zero {
                    hold(id, box, until: .now + reply.delay)
                    return .wait
                }
            }
        } catch {
            let bytes = error.response.serialized(keepAlive: false, headOnly: false)
            box.connection.queue(bytes, last: true)
        }
        return box.connection.flush(now: .now)
    }

    private mutating func hold(_ id: UInt64, _ box: Box, until due: Moment) {
        box.connection.state = .holding
        let index = held.firstIndex { $0.due <= due } ?? held.endIndex
        held.insert((due, id), at: index)
    }

    private mutating func releaseHeld() {
        while let first = held.last, first.due <= .now {
            held.removeLast()
            guard let box = connections[first.id] else { continue }
            advance(first.id, box, box.connection.flush(now: .now))
        }
    }

    private mutating func sweep() {
        let now = Moment.now
        guard now >= nextSweep else { return }
        nextSweep = now + Self.sweepInterval
        for (id, box) in connections where box.connection.state != .holding {
            let limit = box.connection.state == .draining ? Self.drainLimit : Self.idleLimit
            if now - box.connection.lastProgress > limit { close(id) }
        }
        resumeAccepting()
    }

    private mutating func close(_ id: UInt64) {
        connections[id] = nil
        resumeAccepting()
    }
}

extension Moment {
    static var now: Moment {
        Moment(nanoseconds: credwatch_clock(CLOCK_BOOTTIME))
    }
}
