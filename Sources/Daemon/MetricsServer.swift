import EventLoops
import Model
import Serving
import Synchronization

/// The daemon's end of the metrics' port.
final class MetricsServer: Sendable {
    typealias Patience = HTTPServer.Patience

    static let maxConnections = 16

    let server: HTTPServer
    private let pages: MetricsPages

    /// `mostHeld` is how many bytes of different renderings are kept for clients that read slowly.
    init?(
        patience: Patience = Patience(), mostHeld: Int = 64 << 20,
        asking engine: @escaping SnapshotSource.Engine,
        onChange: @escaping @Sendable (SocketProblem?) -> Void
    ) {
        guard let loop = EventLoop() else { return nil }
        pages = MetricsPages(SnapshotSource(loop, asking: engine))
        server = HTTPServer(
            loop, patience: patience, maxConnections: Self.maxConnections, mostHeld: mostHeld,
            service: pages, onChange: onChange)
    }

    /// Listens where it is wanted from now on; what is being answered is answered.
    func serve(_ listener: MetricsListener) {
        pages.allowsRemote.store(listener.allowsRemote, ordering: .relaxed)
        server.serve(on: listener.address)
    }

    /// The port that is listened on.
    var port: UInt16? { get async { await server.port } }

    /// Closes everything.
    func stop() async { await server.stop() }
}

/// The pages of the metrics' port.
private final class MetricsPages: HTTPService {
    /// Whether it may be asked by any name.
    let allowsRemote = Atomic(false)
    private let snapshots: SnapshotSource

    init(_ snapshots: SnapshotSource) {
        self.snapshots = snapshots
    }

    func answer(_ request: RequestHead, _ reply: @escaping Reply) {
        let allowsRemote = allowsRemote.load(ordering: .relaxed)
        switch page(for: request, allowsRemote: allowsRemote) {
        case .failure(let refusal): reply(answer(to: refusal), nil)
        case .success(.index): reply(.index, nil)
        case .success(let page):
            snapshots.ask { [snapshots] in
                let (answer, rendering) = snapshots.answer(to: page)
                reply(answer, rendering)
            }
        }
    }

    func answer(to refusal: Refusal) -> ServedAnswer { .refusal(refusal) }
}
