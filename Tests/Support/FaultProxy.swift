import Glibc
import Synchronization

/// An HTTP proxy on a free port of 127.0.0.1, for requests and for tunnels by CONNECT.
package final class FaultProxy: Sendable {
    /// What the proxy does with its clients.
    package enum Behavior: Sendable {
        /// Tunnels every CONNECT to this port of 127.0.0.1, whatever host it asked for.
        case forward(toPort: Int)
        /// Tunnels a CONNECT for a host to its port of 127.0.0.1, and answers 502 for all other hosts.
        case route([String: Int])
        /// Refuses everything with an HTTP status, like 407.
        case refuse(status: Int)
        /// Never answers.
        case hang
    }

    private let listener: Listener
    private let log = RequestLog()

    package init(_ behavior: Behavior) throws {
        listener = try Listener()
        listener.start { [log] descriptor in
            guard let connection = ServerConnection(descriptor),
                let request = connection.readRequest()
            else { return }
            log.requests.withLock { $0.append(request) }
            switch behavior {
            case .hang: _ = connection.perform(.hang)
            case .refuse(let status): Self.refuse(connection, status)
            case .forward(let port): Self.tunnel(connection, descriptor, toPort: port)
            case .route(let ports):
                let host = request.target.split(separator: ":").first.map(String.init)
                guard let port = host.flatMap({ ports[$0] }) else {
                    return Self.refuse(connection, 502)
                }
                Self.tunnel(connection, descriptor, toPort: port)
            }
        }
    }

    deinit { listener.close() }

    /// `http://127.0.0.1:PORT`.
    package var url: String { "http://127.0.0.1:\(listener.port)" }

    package var port: Int { listener.port }

    /// The hosts that tunnels were asked for, in their order.
    package var hosts: [String] {
        requests.map { String($0.target.prefix { $0 != ":" }) }
    }

    /// The requests to the proxy itself, not those within tunnels.
    package var requests: [ReceivedRequest] { log.requests.withLock { $0 } }

    private static func refuse(_ connection: ServerConnection, _ status: Int) {
        let head = "HTTP/1.1 \(status) -\r\nContent-Length: 0\r\n\r\n"
        _ = connection.perform(.bytes(Array(head.utf8), thenClose: true))
    }

    private static func tunnel(
        _ connection: ServerConnection, _ descriptor: Int32, toPort port: Int
    ) {
        guard let target = LoopbackSocket.connect(port: port) else { return }
        defer { close(target) }
        let head = "HTTP/1.1 200 Connection established\r\n\r\n"
        guard connection.perform(.bytes(Array(head.utf8))) else { return }
        relay(descriptor, target)
    }

    /// Copies bytes both ways until one side ends.
    private static func relay(_ left: Int32, _ right: Int32) {
        var watched = [
            pollfd(fd: left, events: Int16(POLLIN), revents: 0),
            pollfd(fd: right, events: Int16(POLLIN), revents: 0),
        ]
        while poll(&watched, 2, -1) > 0 {
            for (index, other) in [(0, right), (1, left)] where watched[index].revents != 0 {
                guard let bytes = LoopbackSocket.read(watched[index].fd),
                    LoopbackSocket.write(other, bytes)
                else { return }
            }
        }
    }

    private final class RequestLog: Sendable {
        let requests = Mutex<[ReceivedRequest]>([])
    }
}
