import HTTP
import Model
import Support
import Synchronization

/// All of AWS and the machine's agents, as far as a case has recorded it: one server, and a transport that
/// asks it in place of everybody else.
final class RecordedWorld: Transport {
    /// Carries the scheme and the host that were asked for to the server.
    private static let mark = "X-Recorded-Host"

    private let answers: [RecordedAnswer]
    private let state: Shared
    private let server: ScriptedServer
    private let transport: CurlTransport

    private final class Shared: Sendable {
        let value = Mutex(State())
    }

    private struct State {
        /// How often each answer was given.
        var counts: [Int: Int] = [:]
        var unexpected: [String] = []
    }

    init(_ answers: [RecordedAnswer]) throws {
        let state = Shared()
        self.answers = answers
        self.state = state
        server = try ScriptedServer { [answers] request, _ in
            let host = request.header(Self.mark) ?? ""
            return state.value.withLock { state in
                let index = answers.indices.first {
                    answers[$0].matches(request, of: host)
                        && state.counts[$0, default: 0] < answers[$0].times
                }
                guard let index else {
                    let fields = RecordedAnswer.fields(of: request.body)
                        .filter { !$0.key.lowercased().contains("token") }.sorted {
                            $0.key < $1.key
                        }
                    state.unexpected.append(
                        "\(request.method) \(host)\(request.target) by \(request.accessKeyID ?? "nobody") "
                            + fields.map { "\($0.key)=\($0.value)" }.joined(separator: "&"))
                    return .http(501, "nothing was recorded for this")
                }
                state.counts[index, default: 0] += 1
                return answers[index].reply
            }
        }
        transport = try CurlTransport(CurlOptions(proxy: .none))
    }

    /// What was asked and not recorded, and what was recorded and not asked.
    var complaints: [String] {
        state.value.withLock { state in
            state.unexpected.map { "not recorded: \($0)" }
                + answers.indices.compactMap { index in
                    let count = state.counts[index, default: 0]
                    let answer = answers[index]
                    return count == answer.times
                        ? nil
                        : "asked \(count) times in place of \(answer.times): "
                            + "\(answer.method) \(answer.url)"
                }
        }
    }

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        var request = request
        let scheme = request.url.firstRange(of: "://")?.upperBound ?? request.url.startIndex
        let end = request.url[scheme...].firstIndex(of: "/") ?? request.url.endIndex
        let host = String(request.url[..<end])
        let absent = answers.indices.first {
            (answers[$0].isAbsent || answers[$0].isUnknown) && answers[$0].url == request.url
        }
        if let absent {
            state.value.withLock { $0.counts[absent, default: 0] += 1 }
            guard !answers[absent].isUnknown else {
                throw TransportFailure(
                    phase: .lookup, timedOut: false, reason: "could not resolve the host",
                    latency: .zero)
            }
            request.url = "http://127.0.0.1:9"
            return try await transport.send(request)
        }
        request.headers.append(HeaderField(Self.mark, host))
        request.url = server.url + request.url[end...]
        request.pinnedAddress = nil
        return try await transport.send(request)
    }
}
