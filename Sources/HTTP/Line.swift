import CClock
import CCurl
import Glibc
import Model

/// A connection that libcurl has made, proxy and TLS included, and that requests go over without its
/// engine for HTTP.
///
/// A request of libcurl's own costs it sixteen microseconds of work, half of what a check may cost. What is
/// not as plain as the answers of STS is not read here: the request, which may be repeated, goes to libcurl.
/// Belongs to the thread of its ``CurlDriver``.
final class Line {
    /// Holds the connection; libcurl finds it by this handle, which stays in the multi handle.
    let exchange: Exchange
    let socket: curl_socket_t
    /// Where it leads: requests to the same URL under the same terms may use it.
    let url: String
    let usesProxy: Bool
    let pinnedAddress: String?
    private(set) var usedAt: Int64
    private(set) var isUsedAgain = false

    /// The request under way; nil when the line is idle.
    private(set) var request: HTTPRequest?
    private(set) var id: UInt64 = 0
    private(set) var continuation: Exchange.Continuation?
    /// On the monotonic clock, in nanoseconds.
    private(set) var startedAt: Int64 = 0
    private(set) var deadline: Int64 = 0
    private var sentAt: Int64 = 0
    private var firstByteAt: Int64?

    private let text: RequestText
    private var answer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_096, alignment: 16)
    private var filled = 0

    /// Takes over the connection that an exchange has made for a request.
    init?(_ exchange: Exchange, for request: HTTPRequest) {
        let socket = exchange.activeSocket
        guard socket >= 0, let text = RequestText(url: request.url) else { return nil }
        self.exchange = exchange
        self.socket = socket
        self.text = text
        url = request.url
        usesProxy = request.usesProxy
        pinnedAddress = request.pinnedAddress
        usedAt = monotonicNow()
    }

    deinit { answer.deallocate() }

    /// Whether a request may go over it.
    func fits(_ request: HTTPRequest) -> Bool {
        url == request.url && usesProxy == request.usesProxy
            && pinnedAddress == request.pinnedAddress
    }

    /// Sends a request that began at a time; false when it did not go out whole.
    func send(
        _ request: HTTPRequest, id: UInt64, continuation: Exchange.Continuation,
        startedAt: Int64
    ) -> Bool {
        self.request = request
        self.id = id
        self.continuation = continuation
        self.startedAt = startedAt
        deadline = startedAt + request.timeout.nanoseconds
        sentAt = monotonicNow()
        firstByteAt = nil
        filled = 0
        let bytes = text.lay(request)
        var sent = 0
        let code = curl_easy_send(exchange.easy, bytes.baseAddress, bytes.count, &sent)
        return code == CURLE_OK && sent == bytes.count
    }

    /// What a look at the connection has shown.
    enum Progress {
        case waiting
        case done(HTTPResponse, mayBeUsedAgain: Bool)
        /// The connection is gone, or the answer is none to be read here.
        case lost(isIrregular: Bool)
    }

    /// Takes what has come.
    func receive(largestAnswer: Int) -> Progress {
        while true {
            if filled == answer.count, !grow(to: largestAnswer) { return .lost(isIrregular: true) }
            var count = 0
            let room = UnsafeMutableRawBufferPointer(rebasing: answer[filled...])
            let code = curl_easy_recv(exchange.easy, room.baseAddress, room.count, &count)
            if code == CURLE_AGAIN { return .waiting }
            guard code == CURLE_OK, count > 0 else {
                // A connection that was idle is closed by its server as a matter of course.
                return .lost(isIrregular: filled > 0 || !isUsedAgain)
            }
            if firstByteAt == nil { firstByteAt = monotonicNow() }
            filled += count
            let bytes = UnsafeRawBufferPointer(rebasing: answer[..<filled])
            switch AnswerText.read(bytes, largestBody: largestAnswer) {
            case .unfinished: continue
            case .irregular: return .lost(isIrregular: true)
            case .whole(let found):
                return .done(response(found, bytes), mayBeUsedAgain: !found.isLast)
            }
        }
    }

    /// Makes room for more; false when that would be more than anybody wants to read.
    private func grow(to largestAnswer: Int) -> Bool {
        guard answer.count < largestAnswer + AnswerText.largestHead else { return false }
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: answer.count * 4, alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(answer))
        answer.deallocate()
        answer = larger
        return true
    }

    private func response(
        _ found: AnswerText.Answer, _ bytes: UnsafeRawBufferPointer
    ) -> HTTPResponse {
        let now = monotonicNow()
        func text(_ range: Range<Int>?) -> String? {
            // A longer one is nothing that anybody shows.
            guard let range, range.count < 1_024 else { return nil }
            return String(decoding: bytes[range], as: UTF8.self)
        }
        let status = found.status
        let requestID = text(found.requestID)
        return HTTPResponse(
            status: status, body: Array(bytes[found.body]), date: text(found.date),
            age: text(found.age),
            location: (300..<400).contains(status) ? text(found.location) : nil,
            requestID: requestID,
            storageRequestID: requestID == nil ? text(found.storageRequestID) : nil,
            errorType: status >= 400 ? text(found.errorType) : nil,
            sentAfter: .nanoseconds(sentAt - startedAt),
            answeredAfter: .nanoseconds((firstByteAt ?? now) - startedAt),
            latency: .nanoseconds(now - startedAt))
    }

    /// Why there is no answer, when we gave up on it.
    func failure(
        _ code: CURLcode, trust: TrustStore, mayUseProxy: Bool, reason: String? = nil
    ) -> TransportFailure {
        let now = monotonicNow()
        return exchange.failure(
            code, trust: trust, mayUseProxy: mayUseProxy, reason: reason,
            reached: Exchange.Reached(
                sending: (sentAt - startedAt) / 1_000,
                firstByte: firstByteAt.map { ($0 - startedAt) / 1_000 } ?? 0,
                total: (now - startedAt) / 1_000))
    }

    /// Ends the request: gives the continuation away, and the line is idle.
    func end() -> Exchange.Continuation? {
        defer { continuation = nil }
        request = nil
        isUsedAgain = true
        usedAt = monotonicNow()
        if answer.count > 4_096 {
            answer.deallocate()
            answer = .allocate(byteCount: 4_096, alignment: 16)
        }
        return continuation
    }
}

/// The monotonic clock, in nanoseconds.
func monotonicNow() -> Int64 {
    credwatch_clock(CLOCK_MONOTONIC)
}
