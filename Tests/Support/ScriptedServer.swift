import Synchronization

/// An HTTP server on a free port of 127.0.0.1 whose answers a test writes itself.
package final class ScriptedServer: Sendable {
    package struct Reply: Sendable {
        fileprivate var answer: FaultAnswer

        /// A whole answer; each header is a line.
        package static func http(
            _ status: Int, _ body: String = "", headers: [String] = []
        ) -> Reply {
            let lines = ["HTTP/1.1 \(status) -", "Content-Length: \(body.utf8.count)"] + headers
            let head = (lines + ["", ""]).joined(separator: "\r\n")
            return Reply(answer: .bytes(Array((head + body).utf8)))
        }

        /// Fewer bytes than announced, and then the connection ends.
        package static func cutOff(_ body: String) -> Reply {
            let head = "HTTP/1.1 200 -\r\nContent-Length: \(body.utf8.count + 100)\r\n\r\n"
            return Reply(answer: .bytes(Array((head + body).utf8), thenClose: true))
        }

        /// A whole answer, 20 ms for each of its bytes.
        package static func slowly(_ status: Int, _ body: String) -> Reply {
            let head = "HTTP/1.1 \(status) -\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
            return Reply(answer: .drip(Array((head + body).utf8)))
        }

        /// Connected and read, and never answered.
        package static let hang = Reply(answer: .hang)
        /// The connection is closed in place of an answer.
        package static let close = Reply(answer: .close)
    }

    private let listener: Listener
    private let log = Log()

    private final class Log: Sendable {
        let requests = Mutex<[ReceivedRequest]>([])
    }

    /// Starts a server; `answer` gets each request with its number, counted from 1.
    package init(_ answer: @escaping @Sendable (ReceivedRequest, Int) -> Reply) throws {
        listener = try Listener()
        listener.start { [log] descriptor in
            guard let connection = ServerConnection(descriptor) else { return }
            while let request = connection.readRequest() {
                let number = log.requests.withLock { requests in
                    requests.append(request)
                    return requests.count
                }
                guard connection.perform(answer(request, number).answer) else { return }
            }
        }
    }

    deinit { listener.close() }

    package var port: Int { listener.port }

    /// `http://127.0.0.1:PORT`.
    package var url: String { "http://127.0.0.1:\(listener.port)" }

    /// All requests, oldest first.
    package var requests: [ReceivedRequest] { log.requests.withLock { $0 } }
}
