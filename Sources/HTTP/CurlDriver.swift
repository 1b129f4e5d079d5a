import CClock
import CCurl
import Glibc
import Model

/// The multi handle of libcurl with all its exchanges; belongs to one thread, but for ``wake()``.
///
/// Requests that may be repeated go over lines, in CurlDriverLines.swift.
final class CurlDriver {
    let multi: UnsafeMutableRawPointer
    let options: CurlOptions
    private(set) var trust: TrustStore
    /// Where to look on for an authority that ``trust`` does not know; used once, for good.
    private var furtherTrust: TrustStore?
    let mayUseProxy: Bool
    /// Every exchange there is, under way or idle.
    private var exchanges: [Exchange] = []
    private var idle: [Exchange] = []
    /// How many requests are under way.
    private(set) var active = 0
    let lines: LinePool
    /// Set while servers' certificates are refused, so that a bundle is read again once it is mended.
    private var distrustsCache = false
    private var lookedAtTrust: (second: Int64, obstacle: String?)?

    init?(options: CurlOptions) {
        guard Self.isInitialized, let multi = curl_multi_init() else { return nil }
        self.multi = multi
        var options = options
        // An environment that names no proxy need not be searched again for each request.
        if options.proxy == .environment, !Self.environmentNamesProxy { options.proxy = .none }
        self.options = options
        let stores = TrustStore.choose(caBundle: options.caBundle, system: options.systemTrust)
        trust = stores[0]
        furtherTrust = stores.count > 1 ? stores[1] : nil
        mayUseProxy =
            switch options.proxy {
            case .none: false
            case .url, .environment: options.connectTo.isEmpty
            }
        lines = LinePool(
            limit: options.idleConnections,
            // A proxy for http is sent whole URLs, and whoever wants phases wants libcurl's.
            carriesPlain: !mayUseProxy, isOff: options.measuresPhases)
        credwatch_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, options.idleConnections)
    }

    deinit {
        for exchange in exchanges where exchange.continuation != nil {
            curl_multi_remove_handle(multi, exchange.easy)
        }
        lines.closeAll(multi)
        exchanges = []
        idle = []
        curl_multi_cleanup(multi)
    }

    /// Starts a request, or fails it at once.
    func start(_ request: HTTPRequest, id: UInt64, continuation: Exchange.Continuation) {
        let mayTakeLine = lines.mayCarry(request)
        if mayTakeLine, lines.send(request, id: id, continuation, self) { return }
        start(request, id: id, continuation: continuation, connectsOnly: mayTakeLine)
    }

    /// Lets libcurl carry a request, or with `connectsOnly` make the connection for it; `delay` is what an
    /// earlier try took, in nanoseconds.
    func start(
        _ request: HTTPRequest, id: UInt64, continuation: Exchange.Continuation,
        connectsOnly: Bool, delay: Int64 = 0
    ) {
        if options.caBundle != nil, request.url.hasPrefix("https:"), let reason = obstacle() {
            continuation.resume(returning: .failure(.setup(reason)))
            return
        }
        guard let exchange = idle.popLast() ?? makeExchange() else {
            continuation.resume(returning: .failure(.setup("libcurl has no memory left")))
            return
        }
        do {
            exchange.use(trust)
            try exchange.begin(
                request, id: id, continuation: continuation,
                cacheSeconds: distrustsCache ? 1 : 3_600, connectsOnly: connectsOnly, delay: delay)
        } catch {
            release(exchange)
            continuation.resume(returning: .failure(error))
            return
        }
        let code = curl_multi_add_handle(multi, exchange.easy)
        guard code == CURLM_OK else {
            let words = String(cString: curl_multi_strerror(code))
            _ = exchange.end()
            release(exchange)
            continuation.resume(returning: .failure(.setup(CurlFailure.clause(words))))
            return
        }
        active += 1
    }

    /// What stands in the way of reading the chosen certificates, looked at once a second at most.
    private func obstacle() -> String? {
        let second = credwatch_clock(CLOCK_MONOTONIC_COARSE) / 1_000_000_000
        if let known = lookedAtTrust, known.second == second { return known.obstacle }
        let obstacle = trust.obstacle
        lookedAtTrust = (second, obstacle)
        return obstacle
    }

    /// Ends the request with an id, if it is still under way.
    func cancel(_ id: UInt64, reason: String) {
        if lines.cancel(id, reason: reason, self) { return }
        guard
            let exchange = exchanges.first(where: { $0.continuation != nil && $0.id == id })
        else { return }
        abort(exchange, reason: reason)
    }

    /// Ends every request that is under way.
    func cancelAll(reason: String) {
        lines.cancelAll(reason: reason, self)
        for exchange in exchanges where exchange.continuation != nil {
            abort(exchange, reason: reason)
        }
    }

    /// Lets libcurl do what it can without waiting, and completes the requests that came to an end.
    func perform() {
        lines.receive(self)
        guard active > 0 else { return }
        var running: Int32 = 0
        curl_multi_perform(multi, &running)
        guard Int(running) < active else { return }
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE,
                let context = credwatch_curl_get_private(message.pointee.easy_handle)
            else { continue }
            complete(
                Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue(),
                message.pointee.data.result)
        }
    }

    /// Waits until a connection has something to do, or ``wake()`` is called.
    ///
    /// libcurl shortens the wait to its own timers; with nothing under way there are none.
    func wait() {
        lines.wait(self)
    }

    /// Ends ``wait()``, from any thread.
    func wake() {
        curl_multi_wakeup(multi)
    }

    private func complete(_ exchange: Exchange, _ code: CURLcode) {
        let result: Result<HTTPResponse, TransportFailure>
        if code == CURLE_OK, let request = exchange.awaiting {
            distrustsCache = false
            return connected(exchange, for: request)
        } else if code == CURLE_OK || exchange.isCut(code) {
            distrustsCache = false
            result = .success(exchange.response())
        } else if Self.mayBeDistrust(code), goOn(exchange) {
            return
        } else {
            let failure = exchange.failure(code, trust: trust, mayUseProxy: mayUseProxy)
            if failure.phase == .tls { distrustsCache = true }
            result = .failure(failure)
        }
        finish(exchange, result)
    }

    /// Whether the server's certificate may be at fault; an authority that has kept its name and changed its
    /// key is told of as any failure of the handshake is.
    private static func mayBeDistrust(_ code: CURLcode) -> Bool {
        code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR
    }

    /// Begins a request once more that was not sent, since its server's authority stands in the other store
    /// perhaps; false when there is none, or no time.
    private func goOn(_ exchange: Exchange) -> Bool {
        if let further = furtherTrust {
            trust = further
            furtherTrust = nil
        }
        guard exchange.use(trust), exchange.useTimeLeft() else { return false }
        curl_multi_remove_handle(multi, exchange.easy)
        // The handle that was let go a moment ago is taken back.
        return curl_multi_add_handle(multi, exchange.easy) == CURLM_OK
    }

    /// Sends a request over the connection that was made for it; the exchange is the line's from here on.
    private func connected(_ exchange: Exchange, for request: HTTPRequest) {
        active -= 1
        let (id, startedAt) = (exchange.id, exchange.startedAt)
        guard let continuation = exchange.end() else { return }
        if let index = exchanges.firstIndex(where: { $0 === exchange }) {
            exchanges.swapAt(index, exchanges.count - 1)
            exchanges.removeLast()
        }
        lines.open(
            exchange, for: request, id: id, continuation, startedAt: startedAt, self)
    }

    private func abort(_ exchange: Exchange, reason: String) {
        finish(
            exchange,
            .failure(
                exchange.failure(
                    CURLE_ABORTED_BY_CALLBACK, trust: trust, mayUseProxy: mayUseProxy,
                    reason: reason)))
    }

    private func finish(_ exchange: Exchange, _ result: Result<HTTPResponse, TransportFailure>) {
        curl_multi_remove_handle(multi, exchange.easy)
        active -= 1
        let continuation = exchange.end()
        release(exchange)
        continuation?.resume(returning: result)
    }

    private func makeExchange() -> Exchange? {
        guard let exchange = Exchange(options: options, trust: trust) else { return nil }
        exchanges.append(exchange)
        return exchange
    }

    /// Keeps an exchange for the next request, or lets go of it when there are plenty.
    private func release(_ exchange: Exchange) {
        if idle.count < options.idleConnections {
            idle.append(exchange)
        } else if let index = exchanges.firstIndex(where: { $0 === exchange }) {
            exchanges.swapAt(index, exchanges.count - 1)
            exchanges.removeLast()
        }
    }

    private static let isInitialized = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private static var environmentNamesProxy: Bool {
        let names: [String] = [
            "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
        ]
        return names.contains { name in
            getenv(name).map { $0.pointee != 0 } ?? false
        }
    }
}
