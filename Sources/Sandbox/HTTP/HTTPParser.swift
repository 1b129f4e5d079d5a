/// An incremental parser of requests: bytes in, whole requests out, in any slicing.
struct HTTPParser: Sendable {
    enum Step: Sendable, Hashable {
        case needsMore
        /// The client waits for `100 Continue` before it sends the body; said once per request.
        case continueExpected
        case request(HTTPRequest)
    }

    private enum State {
        case head
        case body(HTTPHead, remaining: Int)
        case chunked(HTTPHead, ChunkedBody)
    }

    private let limits: HTTPLimits
    private var buffer: [UInt8] = []
    private var start = 0
    /// How far the search for the end of the head has come.
    private var searched = 0
    private var state = State.head
    private var announced = false

    init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
    }

    /// True when no byte of a next request has come.
    var isBetweenRequests: Bool {
        if case .head = state { return start == buffer.count }
        return false
    }

    mutating func append(_ bytes: some Collection<UInt8>) {
        if start == buffer.count {
            buffer.removeAll(keepingCapacity: buffer.capacity <= 65_536)
            start = 0
            searched = 0
        } else if start > 65_536 {
            buffer.removeFirst(start)
            searched = max(0, searched - start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// Takes the next step; after an error the connection is of no more use.
    mutating func next() throws(HTTPFailure) -> Step {
        if case .head = state {
            guard let head = try takeHead() else { return .needsMore }
            announced = false
            switch head.framing {
            case .length(let length): state = .body(head, remaining: length)
            case .chunked: state = .chunked(head, ChunkedBody(limits: limits))
            }
        }
        switch state {
        case .head:
            return .needsMore
        case .body(let head, let remaining):
            guard buffer.count - start >= remaining else { return announce(head) }
            var request = head.request
            request.body = Array(buffer[start..<(start + remaining)])
            start += remaining
            return finish(request)
        case .chunked(let head, var body):
            // The body's only reference, or each append would copy what came before.
            state = .head
            let isWhole = try body.consume(buffer, from: &start)
            guard isWhole else {
                state = .chunked(head, body)
                return announce(head)
            }
            var request = head.request
            request.body = body.bytes
            return finish(request)
        }
    }

    private mutating func finish(_ request: HTTPRequest) -> Step {
        state = .head
        searched = start
        return .request(request)
    }

    private mutating func announce(_ head: HTTPHead) -> Step {
        guard head.expectsContinue, !announced, buffer.count == start else { return .needsMore }
        announced = true
        return .continueExpected
    }

    private mutating func takeHead() throws(HTTPFailure) -> HTTPHead? {
        // Empty lines before a request line are forgiven, as RFC 9112 asks.
        while start + 1 < buffer.count, buffer[start] == 0x0D, buffer[start + 1] == 0x0A {
            start += 2
        }
        var index = max(searched, start)
        while index + 3 < buffer.count {
            if buffer[index] == 0x0D, buffer[index + 1] == 0x0A, buffer[index + 2] == 0x0D,
                buffer[index + 3] == 0x0A
            {
                guard index - start <= limits.head else { throw .headTooLarge }
                let head = try HTTPHead(
                    parsing: buffer[start..<(index + 2)].dropLast(), limits: limits)
                start = index + 4
                return head
            }
            index += 1
        }
        searched = index
        guard buffer.count - start <= limits.head else { throw .headTooLarge }
        return nil
    }
}
