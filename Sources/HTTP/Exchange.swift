import CCurl
import Glibc
package import Model

/// One easy handle of libcurl, with the request that it carries at the moment.
///
/// Used again for request after request: options that stay the same are set once. Belongs to the
/// thread of its ``CurlDriver``.
final class Exchange {
    typealias Continuation = UnsafeContinuation<Result<HTTPResponse, TransportFailure>, Never>

    let easy: UnsafeMutableRawPointer
    /// The id of the current request.
    private(set) var id: UInt64 = 0
    /// Who waits for the answer; nil when the handle is idle.
    private(set) var continuation: Continuation?
    /// The URL taken apart: libcurl would do so again for every request.
    let parsed: OpaquePointer
    let words: UnsafeMutablePointer<CChar>
    private let lines = HeaderLines()
    let options: CurlOptions
    let connectTo: UnsafeMutablePointer<curl_slist>?
    /// The rule for ``HTTPRequest/pinnedAddress``; libcurl reads it where it lies.
    var pin: UnsafeMutablePointer<curl_slist>?
    private var answer: [UInt8] = []
    private var isTooLarge = false
    /// The request whose settings the handle has, without its headers.
    var settings = HTTPRequest(
        method: .get, url: "", headers: [], connectTimeout: .zero, timeout: .zero)
    var cacheSeconds = 0
    /// What is to be sent once there is a connection, by a ``Line``; nil when libcurl sends it itself.
    private(set) var awaiting: HTTPRequest?
    /// On the monotonic clock, in nanoseconds; of the first try where this is another.
    private(set) var startedAt: Int64 = 0
    /// How long an earlier try took.
    private var delay: Int64 = 0
    private(set) var trust: TrustStore

    init?(options: CurlOptions, trust: TrustStore) {
        guard let easy = curl_easy_init() else { return nil }
        guard let parsed = curl_url() else {
            curl_easy_cleanup(easy)
            return nil
        }
        self.easy = easy
        self.parsed = parsed
        self.options = options
        self.trust = trust
        words = .allocate(capacity: Int(CURL_ERROR_SIZE))
        words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        connectTo = options.connectTo.reduce(nil) { curl_slist_append($0, $1) }
        setUp()
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_url_cleanup(parsed)
        curl_slist_free_all(connectTo)
        curl_slist_free_all(pin)
        words.deallocate()
    }

    /// Takes on a request.
    ///
    /// Throws why it cannot be sent. `cacheSeconds` is how long libcurl may trust the certificates that it has
    /// read. With `connectsOnly` it ends when there is a connection; `delay` is what an earlier try took.
    func begin(
        _ request: HTTPRequest, id: UInt64, continuation: Continuation, cacheSeconds: Int,
        connectsOnly: Bool = false, delay: Int64 = 0
    ) throws(TransportFailure) {
        guard !request.url.utf8.contains(0) else {
            throw .setup("the URL holds a zero byte")
        }
        if !connectsOnly {
            do {
                let list = try lines.lay(request.headers)
                credwatch_curl_set_list(easy, CURLOPT_HTTPHEADER, list)
            } catch {
                throw .setup("the header \(error.name) holds a character that HTTP does not allow")
            }
        }
        if connectsOnly != (awaiting != nil) { set(CURLOPT_CONNECT_ONLY, connectsOnly ? 1 : 0) }
        awaiting = connectsOnly ? request : nil
        self.delay = delay
        startedAt = monotonicNow() - delay
        apply(request, cacheSeconds: cacheSeconds)
        words.pointee = 0
        answer = []
        isTooLarge = false
        self.id = id
        self.continuation = continuation
    }

    /// Verifies servers by a store from now on; false when it does so already.
    @discardableResult
    func use(_ store: TrustStore) -> Bool {
        guard store != trust else { return false }
        trust = store
        setTrust()
        return true
    }

    /// Gives the request what is left of its time, for another try; false when that is nothing.
    func useTimeLeft() -> Bool {
        let left = settings.timeout - time(CURLINFO_TOTAL_TIME_T)
        guard left > .milliseconds(1) else { return false }
        set(CURLOPT_TIMEOUT_MS, Self.milliseconds(left))
        // The next request sets its own.
        settings.timeout = .zero
        return true
    }

    /// The socket of the connection that was made; -1 when there is none.
    var activeSocket: curl_socket_t { credwatch_curl_get_socket(easy, CURLINFO_ACTIVESOCKET) }

    /// Ends the request: gives the continuation away, and the handle is idle.
    func end() -> Continuation? {
        defer { continuation = nil }
        return continuation
    }

    /// Takes bytes of the answer; false when it grows too large.
    fileprivate func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard answer.count + bytes.count <= options.largestAnswer else {
            isTooLarge = true
            return false
        }
        answer.append(contentsOf: bytes)
        return true
    }

    /// The answer, once libcurl has said that all of it is there.
    func response() -> HTTPResponse {
        let status = credwatch_curl_get_long(easy, CURLINFO_RESPONSE_CODE)
        let requestID = header("x-amzn-requestid")
        return HTTPResponse(
            status: status, body: answer, date: header("date"), age: header("age"),
            location: (300..<400).contains(status) ? header("location") : nil,
            requestID: requestID,
            storageRequestID: requestID == nil ? header("x-amz-request-id") : nil,
            errorType: status >= 400 ? header("x-amzn-errortype") : nil,
            sentAfter: time(CURLINFO_PRETRANSFER_TIME_T) + .nanoseconds(delay),
            answeredAfter: time(CURLINFO_STARTTRANSFER_TIME_T) + .nanoseconds(delay),
            latency: time(CURLINFO_TOTAL_TIME_T) + .nanoseconds(delay),
            phases: options.measuresPhases ? phases : nil)
    }

    private var phases: ConnectionPhases {
        let handshake = time(CURLINFO_APPCONNECT_TIME_T)
        return ConnectionPhases(
            lookedUpAfter: time(CURLINFO_NAMELOOKUP_TIME_T),
            connectedAfter: time(CURLINFO_CONNECT_TIME_T),
            securedAfter: handshake > .zero ? handshake : nil,
            isNewConnection: credwatch_curl_get_long(easy, CURLINFO_NUM_CONNECTS) > 0)
    }

    /// Whether a request ended only because its answer is larger than anybody wants to read it.
    func isCut(_ code: CURLcode) -> Bool {
        settings.mayBeCut && (code == CURLE_FILESIZE_EXCEEDED || isTooLarge)
            && credwatch_curl_get_long(easy, CURLINFO_RESPONSE_CODE) != 0
    }

    /// When a ``Line`` got how far, in microseconds from the start; 0 for what was not reached.
    struct Reached {
        var sending: Int64
        var firstByte: Int64
        var total: Int64
    }

    /// What went wrong, by libcurl's code, or why we gave up in its stead.
    func failure(
        _ code: CURLcode, trust: TrustStore, mayUseProxy: Bool, reason: String? = nil,
        reached: Reached? = nil
    ) -> TransportFailure {
        let known = CurlFailure(
            code: code, message: String(cString: words),
            address: try? EndpointAddress(String(settings.url.prefix { $0 != "?" && $0 != "#" })),
            lookup: microseconds(CURLINFO_NAMELOOKUP_TIME_T),
            connect: microseconds(CURLINFO_CONNECT_TIME_T),
            handshake: microseconds(CURLINFO_APPCONNECT_TIME_T),
            sending: reached.map { max($0.sending, 1) } ?? untilSending,
            firstByte: reached?.firstByte ?? microseconds(CURLINFO_STARTTRANSFER_TIME_T),
            total: reached?.total ?? microseconds(CURLINFO_TOTAL_TIME_T) + delay / 1_000,
            systemError: Int32(
                truncatingIfNeeded: credwatch_curl_get_long(easy, CURLINFO_OS_ERRNO)),
            proxyStatus: credwatch_curl_get_long(easy, CURLINFO_HTTP_CONNECTCODE),
            peerPort: credwatch_curl_get_long(easy, CURLINFO_PRIMARY_PORT),
            mayUseProxy: mayUseProxy && settings.usesProxy, trust: trust,
            largestAnswer: options.largestAnswer)
        var failure = known.asTransportFailure
        if let reason { failure.reason = reason }
        return failure
    }

    /// A connection that is all that was asked for is no request that went out.
    private var untilSending: Int64 {
        awaiting == nil ? microseconds(CURLINFO_PRETRANSFER_TIME_T) : 0
    }

    private func microseconds(_ info: CURLINFO) -> Int64 {
        Int64(credwatch_curl_get_offset(easy, info))
    }

    private func time(_ info: CURLINFO) -> Duration {
        .microseconds(microseconds(info))
    }

    private func header(_ name: StaticString) -> String? {
        var found: UnsafeMutablePointer<curl_header>?
        let code = name.withUTF8Buffer { name in
            name.withMemoryRebound(to: CChar.self) {
                curl_easy_header(easy, $0.baseAddress, 0, UInt32(CURLH_HEADER), -1, &found)
            }
        }
        guard code == CURLHE_OK, let value = found?.pointee.value else { return nil }
        return strnlen(value, 1_024) < 1_024 ? String(cString: value) : nil
    }
}

extension TransportFailure {
    /// A request that could not even begin.
    package static func setup(_ reason: String) -> TransportFailure {
        TransportFailure(phase: .setup, timedOut: false, reason: reason, latency: .zero)
    }
}

/// Hands bytes of an answer to its exchange; taking fewer than given makes libcurl give up.
func receiveBytes(
    bytes: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    let length = size * count
    return exchange.receive(UnsafeRawBufferPointer(start: bytes, count: length)) ? length : 0
}
