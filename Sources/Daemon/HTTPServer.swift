import CLinux
import EventLoops
import Glibc
import Model
import Scheduling
import Serving

/// Answers the requests that come to a server.
protocol HTTPService: Sendable {
    /// Takes an answer; of a text that many clients share, with the number of its rendering.
    typealias Reply = @Sendable (_ answer: ServedAnswer, _ rendering: Int?) -> Void

    /// Answers a request, at once or later, from any thread. It is called on the server's loop.
    func answer(_ request: RequestHead, _ reply: @escaping Reply)

    /// The answer to what is no request, or comes to nothing.
    func answer(to refusal: Refusal) -> ServedAnswer
}

/// A server of HTTP on a port of its own: strangers may ask, and cannot hold anything up.
///
/// It lives on an event loop of its own. A connection carries one request and one answer; how large the
/// request may be, how long each step may take and how many connections there are at a time is bounded.
/// With nobody asking it sleeps and keeps nothing.
actor HTTPServer {
    /// How long a client, or the engine, may take.
    struct Patience: Sendable {
        /// For the request to come in.
        var request = Duration.seconds(5)
        /// For the engine to say how things stand.
        var engine = Duration.seconds(5)
        /// For the client to take the answer.
        var answer = Duration.seconds(30)
        /// For the client to hang up behind the answer.
        var farewell = Duration.seconds(1)
        /// For a connection to keep its place, however many others want it.
        var place = Duration.milliseconds(100)
        /// From one try to listen to the next; twice as long each time, up to a minute.
        var retry = Duration.seconds(2)
    }

    struct Connection {
        enum Phase {
            case asking, waiting, sending, ending

            /// The place of the phase among those in which a connection is dropped for another one.
            var worth: Int {
                switch self {
                case .ending: 0
                case .asking: 1
                case .waiting, .sending: 2
                }
            }
        }

        let id: Int
        let acceptedAt: Moment
        var phase = Phase.asking
        var request: [UInt8] = []
        var output: [ArraySlice<UInt8>] = []
        var isHead = false
        var timer: UInt64 = 0
        /// What was thrown away behind the request.
        var thrown = 0
        /// Which rendering is being sent, and how many bytes that has.
        var rendering: (number: Int, size: Int)?
    }

    let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let patience: Patience
    /// Called on the loop when listening fails, with the reason, and when it succeeds again.
    private let onChange: @Sendable (SocketProblem?) -> Void
    let service: any HTTPService
    private var wanted: ListenAddress?
    private var listener: Int32?
    private var retry: UInt64 = 0
    private var wait = Duration.zero
    private var problem: SocketProblem?
    var connections: [Int32: Connection] = [:]
    private var lastID = 0

    private let maxConnections: Int
    /// Whether somebody waits for a place.
    private var isCrowded = false

    /// How many bytes of different renderings are kept for clients that read slowly.
    private let mostHeld: Int

    /// Makes a server that does not listen yet, on a loop that is for it alone.
    init(
        _ loop: EventLoop, patience: Patience, maxConnections: Int, mostHeld: Int = 64 << 20,
        service: any HTTPService, onChange: @escaping @Sendable (SocketProblem?) -> Void
    ) {
        self.loop = loop
        self.patience = patience
        self.maxConnections = maxConnections
        self.mostHeld = mostHeld
        self.service = service
        self.onChange = onChange
    }

    // MARK: - Listening

    /// Listens where it is wanted from now on; what is being answered is answered.
    nonisolated func serve(on address: ListenAddress) {
        loop.async { self.assumeIsolated { $0.change(to: address) } }
    }

    private func change(to new: ListenAddress) {
        let isSame = listener != nil && wanted == new
        wanted = new
        guard !isSame else { return }
        // First, since the new address may be the old one and more.
        endListening()
        wait = patience.retry
        tryToListen()
    }

    private func tryToListen() {
        guard let wanted, listener == nil else { return }
        do throws(SocketProblem) {
            let socket = try InternetSocket.listen(on: wanted)
            listener = socket
            watch(socket)
            tell(nil)
        } catch {
            tell(error)
            retry = loop.after(wait) { [weak self] in
                self?.assumeIsolated { $0.tryToListen() }
            }
            wait = min(wait * 2, .seconds(60))
        }
    }

    private func tell(_ new: SocketProblem?) {
        guard new != problem else { return }
        problem = new
        onChange(new)
    }

    /// The port that is listened on.
    var port: UInt16? { listener.flatMap { InternetSocket.port(of: $0) } }

    /// Closes everything.
    func stop() {
        wanted = nil
        endListening()
        for descriptor in Array(connections.keys) { drop(descriptor) }
    }

    private func endListening() {
        loop.cancel(timer: retry)
        guard let listener else { return }
        loop.unwatch(listener)
        close(listener)
        self.listener = nil
    }

    private func watch(_ socket: Int32) {
        loop.watch(socket) { [weak self] in self?.assumeIsolated { $0.accept(from: socket) } }
    }

    // MARK: - Connections

    /// Accepts those for whom there is a place, or else one: who is there already is read in between.
    private func accept(from socket: Int32) {
        for _ in 0..<max(1, maxConnections - connections.count) {
            if connections.count >= maxConnections, !makesRoom() {
                isCrowded = true
                return rest(from: socket, for: patience.place)
            }
            let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            let descriptor = accept4(socket, nil, nil, flags)
            guard descriptor >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                if errno != EAGAIN { rest(from: socket, for: .seconds(1)) }
                return
            }
            lastID += 1
            connections[descriptor] = Connection(id: lastID, acceptedAt: SystemClock.moment())
            limit(descriptor, to: patience.request)
            loop.watch(descriptor) { [weak self] in self?.assumeIsolated { $0.read(descriptor) } }
        }
    }

    /// Drops who has its answer, or else who has not asked yet, or else anybody; the oldest of them.
    ///
    /// Who came first has had the most time: idle clients keep no place that others want. False when
    /// nobody has had any time yet, as in a crowd that comes at the same moment.
    private func makesRoom() -> Bool {
        let least = connections.min { left, right in
            let (one, other) = (left.value, right.value)
            return (one.phase.worth, one.id) < (other.phase.worth, other.id)
        }
        guard let (descriptor, connection) = least else { return true }
        if case .ending = connection.phase {
        } else if SystemClock.moment() - connection.acceptedAt < patience.place {
            return false
        }
        drop(descriptor)
        return true
    }

    /// Accepts again, now that there is a place or somebody who can be dropped for one.
    func noteRoom() {
        guard isCrowded, let listener else { return }
        isCrowded = false
        watch(listener)
    }

    /// Drops who still reads the oldest rendering, as long as all of them together are too large.
    ///
    /// One is made each second at most and shared by all who ask in it, but sixteen clients that begin in
    /// sixteen seconds and take nothing would keep sixteen.
    func keepFew() {
        while true {
            let held = connections.values.compactMap(\.rendering)
            let sizes = Dictionary(held.map { ($0.number, $0.size) }) { first, _ in first }
            guard sizes.count > 1, sizes.values.reduce(0, +) > mostHeld,
                let oldest = sizes.keys.min()
            else { return }
            for (descriptor, connection) in connections
            where connection.rendering?.number == oldest { drop(descriptor) }
        }
    }

    /// Accepts nothing for a while: a client that waits while no descriptor or place is left would
    /// otherwise wake the loop again and again.
    private func rest(from socket: Int32, for time: Duration) {
        loop.unwatch(socket)
        loop.after(time) { [weak self] in
            self?.assumeIsolated { if $0.listener == socket { $0.watch(socket) } }
        }
    }

    /// Gives a connection this long for its next step.
    func limit(_ descriptor: Int32, to time: Duration) {
        guard let connection = connections[descriptor] else { return }
        loop.cancel(timer: connection.timer)
        let id = connection.id
        connections[descriptor]?.timer = loop.after(time) { [weak self] in
            self?.assumeIsolated { $0.timeIsOver(descriptor, id) }
        }
    }

    private func timeIsOver(_ descriptor: Int32, _ id: Int) {
        guard let connection = connections[descriptor], connection.id == id else { return }
        switch connection.phase {
        case .asking where !connection.request.isEmpty:
            answer(descriptor, service.answer(to: .timeout))
        case .waiting: answer(descriptor, service.answer(to: .unavailable))
        case .asking, .sending, .ending: drop(descriptor)
        }
    }

    func drop(_ descriptor: Int32) {
        guard let connection = connections.removeValue(forKey: descriptor) else { return }
        loop.cancel(timer: connection.timer)
        loop.unwatch(descriptor)
        close(descriptor)
        noteRoom()
    }
}
