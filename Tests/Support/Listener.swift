import Glibc
import Synchronization

/// A listening socket with a thread for each connection, which all end when it is closed.
final class Listener: Sendable {
    let port: Int
    private let descriptor: Int32
    private let state = Mutex(State())

    private struct State {
        var isClosed = false
        var open: Set<Int32> = []
        var accepted = 0
    }

    init() throws {
        (descriptor, port) = try LoopbackSocket.listen()
    }

    deinit { Glibc.close(descriptor) }

    /// The number of connections that were accepted so far.
    var accepted: Int { state.withLock { $0.accepted } }

    /// Starts to accept; `serve` runs on a thread of its own for each connection, which is closed after it.
    func start(_ serve: @escaping @Sendable (Int32) -> Void) {
        LoopbackSocket.startThread { [self] in
            while let connection = LoopbackSocket.accept(descriptor) {
                let isWelcome = state.withLock { state in
                    guard !state.isClosed else { return false }
                    state.accepted += 1
                    state.open.insert(connection)
                    return true
                }
                guard isWelcome else {
                    Glibc.close(connection)
                    return
                }
                LoopbackSocket.startThread { [self] in
                    serve(connection)
                    state.withLock {
                        _ = $0.open.remove(connection)
                        // Within the lock, so that close() cannot shut down another's descriptor.
                        _ = Glibc.close(connection)
                    }
                }
            }
        }
    }

    /// Ends all connections, and accepts no more.
    func close() {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.isClosed = true
            shutdown(descriptor, Int32(SHUT_RDWR))
            for connection in state.open { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    /// Ends the connections that are open at the moment.
    func dropConnections() {
        state.withLock { state in
            for connection in state.open { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }
}
