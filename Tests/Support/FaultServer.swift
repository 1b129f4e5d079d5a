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
    private let authority: TestAuthority?

    /// Starts a server; with `tls`, one that shows a certificate, good or bad.
    package convenience init(
        _ fault: Fault = .identity, identity: CallerIdentity = .example, tls: TestCertificate? = nil
    ) throws {
        let authority = try tls.map { _ in try TestAuthority() }
        try self.init(fault, identity: identity, tls: tls, authority: authority)
    }

    /// Starts a server with TLS that clients trust who trust another server.
    package convenience init(
        _ fault: Fault = .identity, identity: CallerIdentity = .example,
        trustedLike other: FaultServer
    ) throws {
        try self.init(fault, identity: identity, tls: .valid, authority: other.authority)
    }

    private init(
        _ fault: Fault, identity: CallerIdentity, tls: TestCertificate?, authority: TestAuthority?
    ) throws {
        listener = try Listener()
        core = Core(fault: fault, identity: identity)
        self.authority = authority
        certificates = try tls.flatMap { kind in
            try authority.map { try TestCertificates(kind, of: $0) }
        }
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
    package var caBundle: String? { authority?.file }

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

    /// Waits until as many requests have come in; returns false if the task is cancelled before.
    package func waitForRequests(_ count: Int) async -> Bool {
        await core.arrivals.wait(for: count)
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
    let arrivals = Arrivals()

    init(fault: Fault, identity: CallerIdentity) {
        state = Mutex(State(fault: fault, identity: identity))
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
