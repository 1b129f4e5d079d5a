import CCurl
import Model

/// The header lines of one request in the form that libcurl reads: a linked list of C strings.
///
/// All lines and nodes lie in two blocks of memory that are used again for the next request, so that a
/// request costs no allocation for its headers.
final class HeaderLines {
    private var text: UnsafeMutableBufferPointer<CChar>
    private var nodes: UnsafeMutableBufferPointer<curl_slist>

    init() {
        text = .allocate(capacity: 1_024)
        nodes = .allocate(capacity: 8)
    }

    deinit {
        text.deallocate()
        nodes.deallocate()
    }

    /// A header that cannot be sent, for it holds a byte that HTTP does not allow.
    struct Refusal: Error {
        var name: String
    }

    /// Lays the headers out, and returns the list, which is valid until the next call.
    func lay(_ headers: [HeaderField]) throws(Refusal) -> UnsafeMutablePointer<curl_slist>? {
        for header in headers where !Self.isSendable(header) { throw Refusal(name: header.name) }
        // The name, ": ", the value and the zero at the end.
        makeRoom(
            bytes: headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.count + 3 },
            lines: headers.count)
        let bytes = UnsafeMutableRawBufferPointer(text)
        var end = 0
        for (index, header) in headers.enumerated() {
            let start = end
            end += Self.copy(header.name, to: bytes, at: end)
            // libcurl's own notation: a colon and nothing would take the header away.
            bytes[end] = header.value.isEmpty ? UInt8(ascii: ";") : UInt8(ascii: ":")
            bytes[end + 1] = header.value.isEmpty ? 0 : UInt8(ascii: " ")
            end += 2
            header.value.withUnsafeBytes { value in
                UnsafeMutableRawBufferPointer(rebasing: bytes[end...]).copyMemory(from: value)
            }
            end += header.value.count
            bytes[end] = 0
            end += 1
            nodes[index] = curl_slist(
                data: text.baseAddress?.advanced(by: start),
                next: index + 1 < headers.count
                    ? nodes.baseAddress?.advanced(by: index + 1) : nil)
        }
        return headers.isEmpty ? nil : nodes.baseAddress
    }

    private static func copy(
        _ name: String, to bytes: UnsafeMutableRawBufferPointer, at start: Int
    ) -> Int {
        var name = name
        return name.withUTF8 { name in
            UnsafeMutableRawBufferPointer(rebasing: bytes[start...]).copyMemory(
                from: UnsafeRawBufferPointer(name))
            return name.count
        }
    }

    private func makeRoom(bytes: Int, lines: Int) {
        if text.count < bytes {
            text.deallocate()
            text = .allocate(capacity: bytes)
        }
        if nodes.count < lines {
            nodes.deallocate()
            nodes = .allocate(capacity: lines)
        }
    }

    /// Whether a header holds only bytes that HTTP allows.
    static func isSendable(_ header: HeaderField) -> Bool {
        guard !header.name.isEmpty,
            header.name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") })
        else { return false }
        return isSendable(header.value)
    }

    /// Whether a header's value holds only bytes that HTTP allows.
    static func isSendable(_ value: [UInt8]) -> Bool {
        // Without a way out in the middle, so that many bytes are looked at in one step.
        value.withUnsafeBufferPointer { value in
            var bad: UInt8 = 0
            for index in 0..<value.count {
                let byte = value[index]
                bad |= (byte < 0x20 ? 1 : 0) & (byte == 0x09 ? 0 : 1) | (byte == 0x7F ? 1 : 0)
            }
            return bad == 0
        }
    }
}
