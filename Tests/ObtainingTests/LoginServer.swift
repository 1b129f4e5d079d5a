import Model
import Synchronization

@testable import Sandbox

/// A portal, token service and sign-in on one port of 127.0.0.1, which answer what a test tells them.
final class LoginServer: Sendable {
    struct Reply: Sendable {
        var status = 200
        var body = ""
        /// `x-amzn-ErrorType`.
        var errorType: String?
        var delay: Duration = .zero
        /// What happens while the request is under way.
        var meanwhile: @Sendable () -> Void = {}
    }

    struct Request: Sendable {
        var target: String
        var headers: [String: String]
        var body: String
    }

    static let portal = "/federation/credentials"
    static let oidc = "/token"
    static let signIn = "/v1/token"

    private let state: Shared
    private let server: HTTPServer

    private final class Shared: Sendable {
        let value = Mutex(State())
    }

    private struct State {
        var replies: [String: [Reply]] = [:]
        var requests: [String: [Request]] = [:]
    }

    init() throws {
        let state = Shared()
        self.state = state
        server = try HTTPServer(port: 0) { request, _ in
            let path = String(decoding: request.path, as: UTF8.self)
            let query = request.query.map { "?" + String(decoding: $0, as: UTF8.self) } ?? ""
            let reply = state.value.withLock { state in
                state.requests[path, default: []].append(
                    Request(
                        target: path + query,
                        headers: Dictionary(
                            request.headers.map {
                                ($0.name, String(decoding: $0.value, as: UTF8.self))
                            },
                            uniquingKeysWith: { first, _ in first }),
                        body: String(decoding: request.body, as: UTF8.self)))
                let replies = state.replies[path] ?? [Reply(status: 404)]
                if replies.count > 1 { state.replies[path]?.removeFirst() }
                return replies[0]
            }
            reply.meanwhile()
            var response = HTTPResponse(
                status: reply.status,
                headers: [
                    ("Content-Type", "application/json"),
                    ("x-amzn-RequestId", "01234567-89ab-cdef-0123-456789abcdef"),
                ], body: Array(reply.body.utf8))
            if let type = reply.errorType { response.headers.append(("x-amzn-ErrorType", type)) }
            return HTTPReply(response: response, delay: reply.delay)
        }
    }

    var url: String { "http://127.0.0.1:\(server.port)" }

    /// Sets the answers to the next requests of a path; the last one stays.
    func set(_ path: String, _ replies: Reply...) {
        state.value.withLock { $0.replies[path] = replies }
    }

    func requests(_ path: String) -> [Request] {
        state.value.withLock { $0.requests[path] ?? [] }
    }
}
