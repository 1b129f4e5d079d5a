/// An incremental decoder of the transfer coding `chunked`.
struct ChunkedBody: Sendable {
    private enum State {
        case size
        case data(Int)
        case dataEnd
        case trailers
    }

    private(set) var bytes: [UInt8] = []
    private let limits: HTTPLimits
    private var state = State.size
    private var trailerBytes = 0

    init(limits: HTTPLimits) {
        self.limits = limits
    }

    /// Consumes what it can of a buffer from `start` on, and says whether the body is whole.
    mutating func consume(
        _ buffer: [UInt8], from start: inout Int
    ) throws(HTTPFailure) -> Bool {
        while true {
            switch state {
            case .size:
                guard let line = try line(buffer, &start) else { return false }
                let size = try Self.size(line, limit: limits.body)
                guard bytes.count + size <= limits.body else { throw .bodyTooLarge }
                state = size == 0 ? .trailers : .data(size)
            case .data(let remaining):
                let count = min(remaining, buffer.count - start)
                bytes.append(contentsOf: buffer[start..<(start + count)])
                start += count
                guard count == remaining else {
                    state = .data(remaining - count)
                    return false
                }
                state = .dataEnd
            case .dataEnd:
                guard buffer.count - start >= 2 else { return false }
                guard buffer[start] == 0x0D, buffer[start + 1] == 0x0A else {
                    throw .malformed("A chunk is longer than it says.")
                }
                start += 2
                state = .size
            case .trailers:
                guard let line = try line(buffer, &start) else { return false }
                if line.isEmpty { return true }
                trailerBytes += line.count
                guard trailerBytes <= limits.chunkLine else { throw .headTooLarge }
            }
        }
    }

    /// Takes a line that ends in CR LF; nil when it is not whole yet.
    private mutating func line(
        _ buffer: [UInt8], _ start: inout Int
    ) throws(HTTPFailure) -> ArraySlice<UInt8>? {
        guard let end = buffer[start...].firstIndex(of: 0x0A) else {
            guard buffer.count - start <= limits.chunkLine else { throw .headTooLarge }
            return nil
        }
        guard end > start, buffer[end - 1] == 0x0D, end - start <= limits.chunkLine else {
            throw .malformed("A chunk's line does not end in CR LF, or is too long.")
        }
        defer { start = end + 1 }
        return buffer[start..<(end - 1)]
    }

    private static func size(_ line: ArraySlice<UInt8>, limit: Int) throws(HTTPFailure) -> Int {
        let digits = HTTPHead.trimmed(line.prefix { $0 != 0x3B })
        guard !digits.isEmpty else { throw .malformed("A chunk has no size.") }
        var size = 0
        for byte in digits {
            guard let digit = hexValue(byte) else {
                throw .malformed("A chunk's size is no number.")
            }
            size = size * 16 + digit
            guard size <= limit else { throw .bodyTooLarge }
        }
        return size
    }
}
