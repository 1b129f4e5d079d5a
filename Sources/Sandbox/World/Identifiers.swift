import Model

/// Makers of the ids and secrets that AWS hands out, in their present layout.
enum Identifiers {
    private static let base32 = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
    private static let base64 = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Makes an access key id: a prefix like `AKIA` and 16 characters that hold the account.
    ///
    /// `account` is its number, below 2 to the 40th; bits above are dropped.
    static func accessKeyID(
        prefix: String, account: UInt64, using entropy: inout Entropy
    ) -> String {
        let low = UInt64.random(in: 0...0x7F, using: &entropy)
        let head = 1 << 47 | (account & 0xFF_FFFF_FFFF) << 7 | low
        let bytes = (0..<6).map { UInt8(truncatingIfNeeded: head >> (40 - 8 * $0)) }
        return prefix + base32Text(bytes + entropy.bytes(4))
    }

    /// Reads the account out of an access key id; nil for a form from before 2019 and for no key id.
    static func account(inAccessKeyID id: String) -> String? {
        let characters = Array(id.utf8)
        guard characters.count == 20 else { return nil }
        var bits: UInt64 = 0
        for character in characters[4..<14] {
            guard let value = base32.firstIndex(of: character) else { return nil }
            bits = bits << 5 | UInt64(value)
        }
        // Ten characters are 50 bits, two more than the six bytes that count.
        let head = bits >> 2
        guard head >> 47 & 1 == 1 else { return nil }
        let number = head >> 7 & 0xFF_FFFF_FFFF
        guard number <= 999_999_999_999 else { return nil }
        let digits = String(number)
        return String(repeating: "0", count: 12 - digits.utf8.count) + digits
    }

    /// Makes the id of a resource: a prefix like `AIDA` and 17 characters that hold the account.
    static func resourceID(
        prefix: String, account: UInt64, using entropy: inout Entropy
    ) -> String {
        accessKeyID(prefix: prefix, account: account, using: &entropy)
            + base32Text(entropy.bytes(1)).prefix(1)
    }

    /// Makes a secret access key: 40 characters of `A-Za-z0-9/+`.
    static func secret(using entropy: inout Entropy) -> Secret {
        Secret(base64Text(entropy.bytes(30)))
    }

    /// Makes a session token: about 300 characters with a trailing `=`, as they come.
    static func sessionToken(using entropy: inout Entropy) -> Secret {
        Secret("IQoJb3JpZ2luX2Vj" + base64Text(entropy.bytes(212)) + "=")
    }

    /// Makes a UUID, the form of a request id.
    static func requestID(using entropy: inout Entropy) -> String {
        var bytes = entropy.bytes(16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = String(decoding: Digest.hex(bytes), as: UTF8.self)
        var result = ""
        for (index, character) in hex.enumerated() {
            if [8, 12, 16, 20].contains(index) { result.append("-") }
            result.append(character)
        }
        return result
    }

    /// Makes a token of 32 hexadecimal digits.
    static func adminToken(using entropy: inout Entropy) -> Secret {
        Secret(bytes: Digest.hex(entropy.bytes(16)))
    }

    private static func base32Text(_ bytes: [UInt8]) -> String {
        digits(bytes, width: 5, alphabet: base32)
    }

    private static func base64Text(_ bytes: [UInt8]) -> String {
        digits(bytes, width: 6, alphabet: base64)
    }

    /// Cuts bytes into groups of bits; the last group is filled up with zeros.
    private static func digits(_ bytes: [UInt8], width: Int, alphabet: [UInt8]) -> String {
        var result: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= width {
                count -= width
                result.append(alphabet[Int(bits >> UInt32(count)) & (1 << width - 1)])
                bits &= 1 << UInt32(count) - 1
            }
        }
        if count > 0 {
            result.append(alphabet[Int(bits << UInt32(width - count)) & (1 << width - 1)])
        }
        return String(decoding: result, as: UTF8.self)
    }
}
