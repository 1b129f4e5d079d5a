import CCurl
import Glibc
import Model

/// The lines of a ``CurlDriver``: those that wait for an answer, and those that are kept for the next request.
final class LinePool {
    /// In the order of ``descriptors``.
    private var busy: [Line] = []
    private var idle: [Line] = []
    private var descriptors: UnsafeMutableBufferPointer<curl_waitfd>
    /// The URLs whose answers were none to be read here, until when.
    private var irregular: [(url: String, until: Int64)] = []
    /// Whether ``descriptors`` tell what the last wait has seen.
    private var hasNews = false

    private let limit: Int
    private let carriesPlain: Bool
    private let isOff: Bool

    /// As long as libcurl keeps a connection that nobody uses.
    private static let longestIdleness: Int64 = 118_000_000_000
    private static let irregularFor: Int64 = 600_000_000_000

    /// Makes an empty pool that keeps so many; `carriesPlain` is whether it takes requests without TLS.
    init(limit: Int, carriesPlain: Bool, isOff: Bool) {
        self.limit = limit
        self.carriesPlain = carriesPlain
        self.isOff = isOff
        descriptors = .allocate(capacity: 16)
    }

    deinit { descriptors.deallocate() }

    /// Whether a request may go over a line, one that is there or one to be made.
    func mayCarry(_ request: HTTPRequest) -> Bool {
        guard request.isRepeatable, !isOff, carriesPlain || request.url.hasPrefix("https:"),
            RequestText.isPlain(request)
        else { return false }
        return irregular.isEmpty || !isIrregular(request.url)
    }

    private func isIrregular(_ url: String) -> Bool {
        let now = monotonicNow()
        irregular.removeAll { $0.until < now }
        return irregular.contains { $0.url == url }
    }

    /// Sends a request over a line that is idle; false when none is.
    func send(
        _ request: HTTPRequest, id: UInt64, _ continuation: Exchange.Continuation,
        _ driver: CurlDriver
    ) -> Bool {
        let now = monotonicNow()
        while let first = idle.first, now - first.usedAt > Self.longestIdleness {
            close(idle.removeFirst(), driver.multi)
        }
        while let index = idle.lastIndex(where: { $0.fits(request) }) {
            let line = idle.remove(at: index)
            if line.send(request, id: id, continuation: continuation, startedAt: now) {
                add(line)
                return true
            }
            _ = line.end()
            close(line, driver.multi)
        }
        return false
    }

    /// Takes over a connection that was made for a request, and sends it.
    func open(
        _ exchange: Exchange, for request: HTTPRequest, id: UInt64,
        _ continuation: Exchange.Continuation, startedAt: Int64, _ driver: CurlDriver
    ) {
        guard let line = Line(exchange, for: request) else {
            curl_multi_remove_handle(driver.multi, exchange.easy)
            return driver.start(
                request, id: id, continuation: continuation, connectsOnly: false)
        }
        let isSent = line.send(
            request, id: id, continuation: continuation, startedAt: startedAt)
        add(line)
        if !isSent { giveUp(busy.count - 1, isIrregular: true, driver) }
    }

    private func add(_ line: Line) {
        if busy.count == descriptors.count {
            let larger = UnsafeMutableBufferPointer<curl_waitfd>.allocate(
                capacity: descriptors.count * 2)
            for index in 0..<busy.count { larger[index] = descriptors[index] }
            descriptors.deallocate()
            descriptors = larger
        }
        descriptors[busy.count] = curl_waitfd(
            fd: line.socket, events: Int16(CURL_WAIT_POLLIN), revents: 0)
        busy.append(line)
    }

    /// Takes a line out of those that wait.
    private func take(_ index: Int) -> Line {
        let last = busy.count - 1
        busy.swapAt(index, last)
        descriptors[index] = descriptors[last]
        return busy.removeLast()
    }

    /// Waits as ``CurlDriver/wait()`` does.
    func wait(_ driver: CurlDriver) {
        guard !busy.isEmpty else {
            curl_multi_poll(driver.multi, nil, 0, .max, nil)
            return
        }
        var deadline = Int64.max
        for line in busy { deadline = min(deadline, line.deadline) }
        let left = max(0, deadline - monotonicNow()) / 1_000_000 + 1
        curl_multi_poll(
            driver.multi, descriptors.baseAddress, UInt32(busy.count),
            Int32(min(left, 86_400_000)), nil)
        hasNews = true
    }

    /// Takes what has come on lines, and gives up what has no time left.
    func receive(_ driver: CurlDriver) {
        guard hasNews else { return }
        hasNews = false
        var now: Int64 = 0
        // From the end, for who takes a line out puts the last one in its place.
        for index in stride(from: busy.count - 1, through: 0, by: -1) {
            let line = busy[index]
            if descriptors[index].revents != 0 {
                descriptors[index].revents = 0
                switch line.receive(largestAnswer: driver.options.largestAnswer) {
                case .waiting: break
                case .done(let response, let mayBeUsedAgain):
                    _ = take(index)
                    let continuation = line.end()
                    if mayBeUsedAgain { keep(line, driver) } else { close(line, driver.multi) }
                    continuation?.resume(returning: .success(response))
                    continue
                case .lost(let isIrregular):
                    giveUp(index, isIrregular: isIrregular, driver)
                    continue
                }
            }
            if now == 0 { now = monotonicNow() }
            if line.deadline <= now { fail(index, CURLE_OPERATION_TIMEDOUT, nil, driver) }
        }
    }

    private func keep(_ line: Line, _ driver: CurlDriver) {
        if idle.count >= limit { close(idle.removeFirst(), driver.multi) }
        idle.append(line)
    }

    /// Sends the request of a line that is of no use over a new one, or lets libcurl carry it.
    private func giveUp(_ index: Int, isIrregular: Bool, _ driver: CurlDriver) {
        let line = take(index)
        guard var request = line.request else { return }
        let now = monotonicNow()
        let (id, spent) = (line.id, now - line.startedAt)
        guard spent < request.timeout.nanoseconds - 1_000_000 else {
            add(line)
            return fail(busy.count - 1, CURLE_OPERATION_TIMEDOUT, nil, driver)
        }
        let continuation = line.end()
        close(line, driver.multi)
        if isIrregular, irregular.count < 64 {
            irregular.append((request.url, now + Self.irregularFor))
        }
        request.timeout -= .nanoseconds(spent)
        guard let continuation else { return }
        // A fresh line that is lost as well is irregular, so this comes to an end.
        driver.start(
            request, id: id, continuation: continuation, connectsOnly: !isIrregular, delay: spent)
    }

    private func fail(
        _ index: Int, _ code: CURLcode, _ reason: String?, _ driver: CurlDriver
    ) {
        let line = take(index)
        let failure = line.failure(
            code, trust: driver.trust, mayUseProxy: driver.mayUseProxy, reason: reason)
        let continuation = line.end()
        close(line, driver.multi)
        continuation?.resume(returning: .failure(failure))
    }

    /// Ends the request with an id; false when no line carries it.
    func cancel(_ id: UInt64, reason: String, _ driver: CurlDriver) -> Bool {
        guard let index = busy.firstIndex(where: { $0.id == id }) else { return false }
        fail(index, CURLE_ABORTED_BY_CALLBACK, reason, driver)
        return true
    }

    func cancelAll(reason: String, _ driver: CurlDriver) {
        while !busy.isEmpty { fail(busy.count - 1, CURLE_ABORTED_BY_CALLBACK, reason, driver) }
    }

    /// Closes every line; for the end of the driver.
    func closeAll(_ multi: UnsafeMutableRawPointer) {
        for line in busy + idle { close(line, multi) }
        busy = []
        idle = []
    }

    private func close(_ line: Line, _ multi: UnsafeMutableRawPointer) {
        curl_multi_remove_handle(multi, line.exchange.easy)
    }
}
