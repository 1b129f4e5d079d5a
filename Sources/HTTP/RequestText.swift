import Model

/// A request as it goes on the wire, in memory that is used again for the next one.
final class RequestText {
    private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1_024, alignment: 16)
    private var count = 0
    /// What comes before the headers: the same for all requests to a place.
    private let opening: [UInt8]

    private static let closing: StaticString =
        "Accept: */*\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "

    /// Prepares for a place; nil where the URL is none that can be taken apart.
    init?(url: String) {
        guard let address = try? EndpointAddress(url) else {
            buffer.deallocate()
            return nil
        }
        opening = Array("POST \(address.path) HTTP/1.1\r\n".utf8)
    }

    deinit { buffer.deallocate() }

    /// Whether a request can be laid out here: a form that is posted, with headers of those names that are
    /// signed for a check, its `Host` the first.
    static func isPlain(_ request: HTTPRequest) -> Bool {
        guard request.method == .post, request.headers.first?.name == "Host" else { return false }
        for header in request.headers {
            switch header.name {
            case "Host", "User-Agent", "X-Amz-Date", "Authorization", "X-Amz-Security-Token":
                guard HeaderLines.isSendable(header.value) else { return false }
            default: return false
            }
        }
        return true
    }

    /// Lays a request out, and returns its bytes, which are valid until the next call.
    func lay(_ request: HTTPRequest) -> UnsafeRawBufferPointer {
        // Each header has a colon, a space and a line end; the length of the body has 20 digits at most.
        makeRoom(
            request.headers.reduce(
                opening.count + Self.closing.utf8CodeUnitCount + request.body.count + 24
            ) { $0 + $1.name.utf8.count + $1.value.count + 4 })
        count = 0
        opening.withUnsafeBytes { append($0) }
        for header in request.headers {
            var name = header.name
            name.withUTF8 { append(UnsafeRawBufferPointer($0)) }
            append(0x3A, 0x20)
            header.value.withUnsafeBytes { append($0) }
            append(0x0D, 0x0A)
        }
        Self.closing.withUTF8Buffer { append(UnsafeRawBufferPointer($0)) }
        append(decimal: request.body.count)
        append(0x0D, 0x0A)
        append(0x0D, 0x0A)
        request.body.withUnsafeBytes { append($0) }
        return UnsafeRawBufferPointer(rebasing: buffer[..<count])
    }

    private func makeRoom(_ bytes: Int) {
        guard buffer.count < bytes else { return }
        buffer.deallocate()
        buffer = .allocate(byteCount: bytes * 2, alignment: 16)
    }

    private func append(_ bytes: UnsafeRawBufferPointer) {
        UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    private func append(_ first: UInt8, _ second: UInt8) {
        buffer[count] = first
        buffer[count + 1] = second
        count += 2
    }

    private func append(decimal number: Int) {
        if number >= 10 { append(decimal: number / 10) }
        buffer[count] = 0x30 + UInt8(number % 10)
        count += 1
    }
}
