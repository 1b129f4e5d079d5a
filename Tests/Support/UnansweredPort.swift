import Glibc

/// A port of 127.0.0.1 on which connecting gets no answer: the queue of its listener is full.
package final class UnansweredPort: Sendable {
    private let listener: Int32
    private let waiting: [Int32]
    private let port: Int

    package init() throws {
        (listener, port) = try LoopbackSocket.listen(backlog: 0)
        waiting = (0..<4).compactMap { [port] _ in
            LoopbackSocket.connect(port: port, isBlocking: false)
        }
    }

    deinit {
        for descriptor in waiting { close(descriptor) }
        close(listener)
    }

    /// `http://127.0.0.1:PORT`.
    package var url: String { "http://127.0.0.1:\(port)" }
}
