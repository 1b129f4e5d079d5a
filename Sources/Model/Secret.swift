/// A secret text: a secret access key or a session token.
///
/// Nothing that prints, dumps or encodes values can show it: description and mirror are redacted,
/// and it is not `Codable`. The bytes leave it only through ``withBytes(_:)`` and ``reveal()``, so a
/// search for these two finds every use.
package struct Secret: Sendable, Hashable {
    private let bytes: [UInt8]

    /// Wraps the UTF-8 bytes of a text.
    package init(_ text: some StringProtocol) {
        bytes = Array(text.utf8)
    }

    /// Wraps raw bytes, valid UTF-8 or not.
    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Hashes all bytes at once; byte by byte, as arrays do it, costs more than signing.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(bytes.count)
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }

    package var isEmpty: Bool { bytes.isEmpty }

    /// The length in bytes.
    package var count: Int { bytes.count }

    /// Lends the bytes to a closure.
    package func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows
        -> Result
    {
        try bytes.withUnsafeBufferPointer(body)
    }

    /// Returns the secret as text; only signing and `credwatch credentials` have a reason to.
    package func reveal() -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
