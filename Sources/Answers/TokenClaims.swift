package import Model

/// What a JSON web token says about itself, read without verifying it: good for a sentence only.
package struct TokenClaims: Sendable, Hashable {
    /// Who signed it: a URL.
    package var issuer: String?
    package var audiences: [String]
    package var expiresAt: WallTime?

    /// The largest part of a token that is read, in bytes.
    private static let longestPart = 32_768

    /// Reads a token; nil when it is none.
    package init?(_ token: Secret) {
        let payload = token.withBytes { bytes -> [UInt8]? in
            let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            guard parts.count == 3, parts[1].count <= Self.longestPart else { return nil }
            return Self.decoded(parts[1])
        }
        guard let payload, let claims = JSONValue(parsing: payload), claims.isObject else {
            return nil
        }
        issuer = claims["iss"]?.text.flatMap { plainText($0.utf8, limit: 256) }
        if case .array(let values)? = claims["aud"] {
            audiences = values.prefix(4).compactMap { $0.text }
        } else {
            audiences = claims["aud"]?.text.map { [$0] } ?? []
        }
        audiences = audiences.compactMap { plainText($0.utf8, limit: 256) }
        expiresAt = claims["exp"]?.integer.map { WallTime(seconds: $0) }
    }

    /// Decodes base64url; nil when it is none.
    private static func decoded(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var output: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in text {
            let value: UInt8
            switch byte {
            case 0x41...0x5A: value = byte - 0x41
            case 0x61...0x7A: value = byte - 0x61 + 26
            case 0x30...0x39: value = byte - 0x30 + 52
            case UInt8(ascii: "-"), UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "_"), UInt8(ascii: "/"): value = 63
            case UInt8(ascii: "="): continue
            default: return nil
            }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                output.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return output
    }
}
