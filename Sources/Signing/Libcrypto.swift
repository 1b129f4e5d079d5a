import CCrypto

/// SHA-256 and HMAC-SHA-256 by libcrypto.
enum Libcrypto {
    /// Hashes bytes with SHA-256.
    static func sha256(_ bytes: UnsafeBufferPointer<UInt8>) -> Digest {
        var result = Digest()
        result.withUnsafeMutableBytes { output in
            credwatch_sha256(
                bytes.baseAddress, bytes.count,
                output.baseAddress?.assumingMemoryBound(to: UInt8.self))
        }
        return result
    }

    /// Authenticates bytes with HMAC-SHA-256.
    static func hmac(
        key: UnsafeBufferPointer<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> Digest {
        var result = Digest()
        result.withUnsafeMutableBytes { output in
            credwatch_hmac_sha256(
                key.baseAddress, key.count, bytes.baseAddress, bytes.count,
                output.baseAddress?.assumingMemoryBound(to: UInt8.self))
        }
        return result
    }
}

/// The 32 bytes that SHA-256 gives; they may be key material, so nothing prints them by accident.
struct Digest: Hashable, CustomStringConvertible, CustomReflectable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    static func == (left: Digest, right: Digest) -> Bool {
        left.words == right.words
    }

    func hash(into hasher: inout Hasher) {
        // Any word of a digest is as good as the whole.
        hasher.combine(words.0)
    }

    mutating func withUnsafeMutableBytes<Result>(
        _ body: (UnsafeMutableRawBufferPointer) -> Result
    ) -> Result {
        Swift.withUnsafeMutableBytes(of: &words, body)
    }

    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        withUnsafeBytes(of: words) { $0.withMemoryRebound(to: UInt8.self, body) }
    }

    /// Appends the 64 small hexadecimal digits.
    func appendHex(to output: inout [UInt8]) {
        var digits: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
            (0, 0, 0, 0, 0, 0, 0, 0)
        withBytes { bytes in
            Swift.withUnsafeMutableBytes(of: &digits) { digits in
                for (index, byte) in bytes.enumerated() {
                    digits[2 * index] = Self.hexDigit(byte >> 4)
                    digits[2 * index + 1] = Self.hexDigit(byte & 15)
                }
                output.append(contentsOf: digits)
            }
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x61 + value - 10
    }

    var description: String { "<digest>" }
    var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
