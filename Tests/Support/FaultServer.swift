import Glibc
package import Model
import Synchronization

/// An HTTP server on a free port of 127.0.0.1 that fails in a chosen way.
///
///     let server = try FaultServer(.invalidClientTokenID)
///     probe(server.url)
///     server.set(.identity)
///     #expect(server.requests.count == 1)
///
/// It checks no signatures. It ends with its last reference, or ``close()``.
package final class FaultServer: Sendable {
    private let listener: Listener
    private let core: Core
    private let certificates: TestCertificates?

    /// Starts a server; with `tls`, one that shows a certificate, good or bad.
    package init(
        _ fault: Fault = .identity, identity: CallerIdentity = .example, tls: TestCertificate? = nil
    ) throws {
        listener = try Listener()
        core = Core(fault: fault, identity: identity)
        certificates = try tls.map(TestCertificates.init)
        listener.start { [core, certificates] descriptor in
            guard let connection = ServerConnection(descriptor, certificates) else { return }
            core.serve(connection)
        }
    }

    deinit { listener.close() }

    /// `http://127.0.0.1:PORT`, or `https` with a certificate.
    package var url: String {
        "\(certificates == nil ? "http" : "https")://127.0.0.1:\(listener.port)"
    }

    package var port: Int { listener.port }

    /// The server as an endpoint for region us-east-1.
    package var endpoint: Endpoint {
        Endpoint(url: url, signingRegion: "us-east-1", partition: "aws")
    }

    /// The file with the certificate authority that clients should trust; nil without TLS.
    package var caBundle: String? { certificates?.authorityFile }

    /// Changes what the server does from the next request on, for all keys without a fault of their own.
    package func set(_ fault: Fault) {
        core.state.withLock { $0.fault = fault }
    }

    /// Changes what the server does with requests of one access key id; nil treats it as all others.
    package func set(_ fault: Fault?, forKey accessKeyID: String) {
        core.state.withLock { $0.faultsOfKeys[accessKeyID] = fault }
    }

    /// Changes who a key belongs to.
    package func set(_ identity: CallerIdentity, forKey accessKeyID: String) {
        core.state.withLock { $0.identities[accessKeyID] = identity }
    }

    /// The last 1,000 requests, oldest first.
    package var requests: [ReceivedRequest] { core.state.withLock { $0.requests } }

    /// How many requests have come in.
    package var requestCount: Int { core.state.withLock { $0.count } }

    /// How many connections were accepted.
    package var connectionCount: Int { listener.accepted }

    /// Waits until as many requests have come in, at most 10 seconds; returns whether they have.
    package func waitForRequests(_ count: Int) -> Bool {
        core.waitForRequests(count)
    }

    /// Closes the connections that are open, as a server does with idle ones.
    package func dropConnections() {
        listener.dropConnections()
    }

    /// Refuses connections from now on, and ends those that are open.
    package func close() {
        listener.close()
    }
}

extension CallerIdentity {
    /// Who the fault server says that everybody is.
    package static let example = CallerIdentity(
        account: "028075177508", arn: "arn:aws:iam::028075177508:user/app",
        userID: "AIDAQNCLJGYSAZAAN74CX")
}

/// What the threads of a server share.
private final class Core: Sendable {
    struct State {
        var fault: Fault
        var identity: CallerIdentity
        var faultsOfKeys: [String: Fault] = [:]
        var identities: [String: CallerIdentity] = [:]
        var requests: [ReceivedRequest] = []
        var count = 0
    }

    let state: Mutex<State>
    /// Counts up once for each request, so that a test can wait for it.
    private let arrivals: Arrivals

    init(fault: Fault, identity: CallerIdentity) {
        state = Mutex(State(fault: fault, identity: identity))
        arrivals = Arrivals()
    }

    func waitForRequests(_ count: Int) -> Bool {
        arrivals.wait(for: count)
    }

    func serve(_ connection: ServerConnection) {
        while let request = connection.readRequest() {
            let (fault, identity, number) = state.withLock { state in
                state.count += 1
                state.requests.append(request)
                if state.requests.count > 1_000 { state.requests.removeFirst() }
                let key = request.accessKeyID ?? ""
                return (
                    state.faultsOfKeys[key] ?? state.fault,
                    state.identities[key] ?? state.identity, state.count
                )
            }
            arrivals.add()
            let answer = fault.answer(
                to: request, number: number, identity: identity,
                now: WallTime(seconds: Int64(time(nil))))
            guard connection.perform(answer) else { return }
        }
    }
}

/// A count that threads can wait for.
private final class Arrivals: @unchecked Sendable {
    // Unchecked: a condition variable must stay at one address, which Swift cannot express otherwise.
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var count = 0

    init() {
        pthread_mutex_init(lock, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(lock)
        condition.deallocate()
        lock.deallocate()
    }

    func add() {
        pthread_mutex_lock(lock)
        count += 1
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(lock)
    }

    func wait(for wanted: Int) -> Bool {
        var limit = timespec()
        clock_gettime(CLOCK_REALTIME, &limit)
        limit.tv_sec += 10
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while count < wanted {
            guard pthread_cond_timedwait(condition, lock, &limit) == 0 else { return false }
        }
        return true
    }
}
